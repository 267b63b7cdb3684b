"""`python -m serving keys …`: what an operator does with keys from a shell."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from models.domain.errors import InvalidSetting, one_of
from models.domain.instants import DAY, iso
from serving.access.api_keys import SECRETS_AT_ONCE, ApiKey, Secret, digest_of, new_id, new_secret, written
from serving.access.key_store import keep_key, read_keys
from serving.access.scopes import Scope

DONE = 0
USUAL_DAYS = 365
MOST_DAYS = 3_650
OVERLAP_DAYS = 7
FIRST = ("admin", "admin")

Options = Mapping[str, str]


def run(url: str, words: Sequence[str], now: int) -> int:
    """Run one command on the keys at a URL; 0. now: microseconds.

    Raises `InvalidSetting` for a command or a value that there is not, and what the store raises.
    """
    name, *rest = words or [""]
    if name not in _COMMANDS:
        raise _no_command(words)
    plain = [word for word in rest if "=" not in word]
    options = dict(word.split("=", 1) for word in rest if "=" in word)
    _COMMANDS[name](url, plain, options, now)
    return DONE


def _create(url: str, words: Sequence[str], options: Options, now: int) -> None:
    name, *scopes = words or ([""] if read_keys(url) else FIRST)
    if not scopes:
        raise _no_command(["create", *words])
    _allow(options, "days", "team", "authority", "rate")
    days = _number(options, "days", USUAL_DAYS, 1, MOST_DAYS)
    secret = new_secret()
    key = ApiKey(
        key_id=new_id(),
        name=name,
        scopes=frozenset(_scope(word) for word in scopes),
        created_at=now,
        expires_at=now + days * DAY,
        secrets=(Secret(digest_of(secret), now),),
        team=options.get("team"),
        authority_minor=_number(options, "authority", 0, 0, 2**53) if "authority" in options else None,
        requests_per_second=_number(options, "rate", 0, 1, 1_000_000) if "rate" in options else None,
    )
    keep_key(url, key)
    _say_secret(key, secret)


def _list(url: str, words: Sequence[str], options: Options, now: int) -> None:
    if words or options:
        raise _no_command(["list", *words, *options])
    for key in read_keys(url).values():
        limits = (
            f"team {key.team}" if key.team else "",
            f"authority {key.authority_minor}" if key.authority_minor is not None else "",
            f"{key.requests_per_second:g} requests/s" if key.requests_per_second else "",
        )
        used = f"last used {key.last_used_on}" if key.last_used_on else "not used yet"
        until = f"until {iso(key.expires_at)}" if key.expires_at else "without end"
        known = (key.key_id, key.name, " ".join(sorted(key.scopes)), key.state(now), until, used)
        _say("  ".join([*known, *filter(None, limits)]))


def _rotate(url: str, words: Sequence[str], options: Options, now: int) -> None:
    key = _named(url, "rotate", words)
    _allow(options, "overlap")
    if key.state(now) != "valid":
        raise InvalidSetting(
            f"the key is {key.state(now)}", given=key.key_id, remedy="Create a new one in its place."
        )
    ends = now + _number(options, "overlap", OVERLAP_DAYS, 0, MOST_DAYS) * DAY
    secret = new_secret()
    before = [replace(one, expires_at=min(ends, one.expires_at or ends)) for one in key.secrets]
    lifetime = (key.expires_at or now) - key.created_at
    renewed = replace(
        key,
        secrets=(*before[1 - SECRETS_AT_ONCE :], Secret(digest_of(secret), now)),
        created_at=now,
        expires_at=None if key.expires_at is None else now + lifetime,
    )
    keep_key(url, renewed)
    _say_secret(renewed, secret)
    _say(f"The secret before it counts until {iso(ends)}.")


def _revoke(url: str, words: Sequence[str], options: Options, now: int) -> None:
    key = _named(url, "revoke", words)
    _allow(options)
    keep_key(url, replace(key, revoked_at=key.revoked_at or now))
    _say(f"{key.key_id} ({key.name}) is revoked; a running server refuses it within two seconds.")


def _named(url: str, command: str, words: Sequence[str]) -> ApiKey:
    if len(words) != 1:
        raise _no_command([command, *words])
    keys = read_keys(url)
    if words[0] not in keys:
        raise InvalidSetting("there is no key of this id", allowed=one_of(keys), given=words[0])
    return keys[words[0]]


def _scope(word: str) -> Scope:
    if word not in set(Scope):
        raise InvalidSetting("this is no scope", allowed=one_of(Scope), given=word)
    return Scope(word)


def _allow(options: Options, *names: str) -> None:
    for name in options.keys() - set(names):
        raise InvalidSetting("this command has no such option", allowed=one_of(names), given=name)


def _number(options: Options, name: str, usual: int, least: int, most: int) -> int:
    text = options.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise InvalidSetting(f"`{name}` must be a whole number", allowed=f"{least} to {most}", given=text)
    return int(text)


def _no_command(words: Sequence[str]) -> InvalidSetting:
    return InvalidSetting(
        "this is no command of the keys",
        allowed=one_of(_USAGE),
        given=" ".join(words) or None,
        remedy=f"Scopes are {one_of(Scope)}.",
    )


def _say_secret(key: ApiKey, secret: str) -> None:
    until = f" until {iso(key.expires_at)}" if key.expires_at else ""
    _say(f"{written(key.key_id, secret)}")
    _say(f"This is shown once. {key.name} may {', '.join(sorted(key.scopes))}{until}.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


_COMMANDS: Mapping[str, Callable[[str, Sequence[str], Options, int], None]] = {
    "create": _create,
    "list": _list,
    "rotate": _rotate,
    "revoke": _revoke,
}
_USAGE = (
    "create NAME SCOPE… [days=365] [team=NAME] [authority=MINOR] [rate=PER_SECOND]",
    "list",
    "rotate ID [overlap=7]",
    "revoke ID",
)
