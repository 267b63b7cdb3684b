"""An API key: `hf_<id>_<secret>`, kept as its id and a hash of its secret.

The secret is 256 random bits, so one SHA-256 is enough: nobody can try that many. Slow hashes such as scrypt
are for passwords that people choose, and would cost every request tens of milliseconds.
"""

from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes

from models.domain.instants import iso
from serving.access.scopes import Asks, Need, Scope
from serving.refusals import Unauthenticated

MARK = "hf"
LONGEST_KEY = 200
SECRETS_AT_ONCE = 2

# Compared with where there is no such key, so that a wrong id takes as long as a wrong secret.
_NO_DIGEST = "0" * 64


@dataclass(frozen=True)
class Secret:
    """What is kept of a secret: its SHA-256, and from when to when it counts (µs; None: with the key)."""

    digest: str
    created_at: int
    expires_at: int | None = None


@dataclass(frozen=True)
class ApiKey:
    """Who may call, for what, and how long.

    team: whose authority over money binds it (`policy.authority_minor`); authority_minor: one of its own, the
    most that it may grant at once. requests_per_second: None: what the server allows everybody. Instants are
    microseconds. secrets: the one in use, and for a while the one before.
    """

    key_id: str
    name: str
    scopes: frozenset[Scope]
    created_at: int
    expires_at: int | None
    secrets: tuple[Secret, ...]
    team: str | None = None
    authority_minor: int | None = None
    requests_per_second: float | None = None
    revoked_at: int | None = None
    last_used_on: date | None = None

    def may(self, need: Need) -> bool:
        """Whether its scopes cover what a call asks for."""
        return isinstance(need, Asks) or need in self.scopes or Scope.ADMIN in self.scopes

    def state(self, now: int) -> str:
        """'valid', 'revoked' or 'expired'."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and now >= self.expires_at else "valid"


def new_id() -> str:
    """Eight random letters and digits that name a key; no secret."""
    return _letters(5)


def new_secret() -> str:
    """256 random bits as 52 letters and digits."""
    return _letters(32)


def written(key_id: str, secret: str) -> str:
    """The key as its holder keeps it."""
    return f"{MARK}_{key_id}_{secret}"


def digest_of(secret: str) -> str:
    """The SHA-256 of a secret, hexadecimal."""
    return sha256(secret.encode()).hexdigest()


def key_of(text: str, keys: Mapping[str, ApiKey], now: int) -> ApiKey:
    """The key that a caller presented. Raises `Unauthenticated`, which never repeats what was presented."""
    mark, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    key = keys.get(key_id)
    digest = digest_of(secret[:LONGEST_KEY])
    if mark != MARK or not _fits(digest, key, now) or key is None:
        raise unauthenticated("this is no key of this server")
    state = key.state(now)
    if state != "valid":
        when = key.revoked_at if state == "revoked" else key.expires_at
        raise unauthenticated(f"the key {key.key_id} is {state} since {iso(when or 0)}")
    return key


def unauthenticated(problem: str) -> Unauthenticated:
    """The refusal of a caller whom nobody knows."""
    return Unauthenticated(
        problem,
        remedy="Send `Authorization: Bearer hf_…`, or the key as the password of Basic. "
        "`python -m serving keys create` makes one.",
    )


def _fits(digest: str, key: ApiKey | None, now: int) -> bool:
    """Whether one of the key's secrets has this digest and still counts; every one is compared."""
    found = False
    for secret in key.secrets if key else (Secret(_NO_DIGEST, 0),):
        same = compare_digest(digest, secret.digest)
        found |= same and (secret.expires_at is None or now < secret.expires_at)
    return found


def _letters(count: int) -> str:
    return b32encode(token_bytes(count)).decode().rstrip("=").lower()
