"""`python -m serving doctor`: whether what a server needs stands ready, from the release to the port."""

import errno
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from models.domain.errors import HoldfastError
from models.domain.findings import Finding, exit_code, note, of_error, told, well, wrong
from models.domain.instants import DAY, from_micros, iso, to_micros
from serving.access.api_keys import ApiKey
from serving.access.hosts import is_loopback
from serving.access.key_store import read_keys
from serving.access.scopes import Scope
from serving.loading import load_snapshot
from serving.settings import Settings

SOON_DAYS = 14
FORGOTTEN_DAYS = 90
OLD_DAYS = 3
FILE = "sqlite:///"


def run(settings: Settings, now: int) -> int:
    """Print what was found; 1 when something is wrong. now: microseconds."""
    findings = list(examined(settings, now))
    sys.stdout.write("".join(f"{line}\n" for line in told(findings)))
    return exit_code(findings)


def examined(settings: Settings, now: int) -> Iterator[Finding]:
    """Everything that a server needs, one finding after the other."""
    yield _release(settings.serving_dir, now)
    try:
        keys = read_keys(settings.keys_url)
    except HoldfastError as error:
        yield of_error("keys", error)
    else:
        yield from _keys(list(keys.values()), settings, now)
    yield _audit(settings.audit_dir)
    yield _ledger(settings.ledger_url)
    yield _port(settings)


def _release(folder: Path, now: int) -> Finding:
    try:
        snapshot = load_snapshot(folder)
    except HoldfastError as error:
        return of_error("release", error)
    as_of = to_micros(snapshot.as_of)
    words = f"{snapshot.release_id}, {len(snapshot.scores):,} customers, data until {iso(as_of)}"
    if now - as_of > OLD_DAYS * DAY:
        return note(
            "release", f"{words}: {(now - as_of) // DAY} days ago", "Run `make nightly` with newer data."
        )
    return well("release", words)


def _keys(keys: list[ApiKey], settings: Settings, now: int) -> Iterator[Finding]:
    """Keys that end soon or that nobody uses, and whether anybody gets in without one."""
    good = [key for key in keys if key.state(now) == "valid"]
    if not keys and not is_loopback(settings.host):
        yield wrong("keys", "there are none", "`python -m serving keys create` makes the first one.")
    elif not keys:
        remedy = "`python -m serving keys create` makes the first one, and closes that door."
        yield note("keys", "there are none: every program on this machine may ask", remedy)
    elif not any(Scope.ADMIN in key.scopes for key in good):
        yield note("keys", f"{len(good)} valid, none of an admin", "Make one if you miss /metrics.")
    else:
        yield well("keys", f"{len(good)} valid of {len(keys)}")
    for key in good:
        named = f"key {key.key_id} ({key.name})"
        if key.expires_at is not None and key.expires_at - now < SOON_DAYS * DAY:
            yield note(named, f"it ends at {iso(key.expires_at)}", f"`… keys rotate {key.key_id}`")
        if _unused_days(key, now) > FORGOTTEN_DAYS:
            yield note(named, f"nobody used it for {FORGOTTEN_DAYS} days", f"`… keys revoke {key.key_id}`")


def _unused_days(key: ApiKey, now: int) -> int:
    """Days since a key was used, or made where it never was."""
    since = from_micros(key.created_at).date() if key.last_used_on is None else key.last_used_on
    return (from_micros(now).date() - since).days


def _audit(folder: Path) -> Finding:
    """Whether reads of customers can be written down; where not, they are refused."""
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
        return wrong("audit", f"{folder} cannot be written", "Correct its rights, or HOLDFAST_AUDIT_DIR.")
    size = sum(file.stat().st_size for file in folder.glob("*.jsonl")) if folder.is_dir() else 0
    return well("audit", f"{folder} holds {size / 1e6:.1f} MB")


def _ledger(url: str) -> Finding:
    """Whether a ledger is there, and whether a process holds it."""
    if not url.startswith(FILE):
        return well("ledger", "in PostgreSQL; `… ledger verify` reads it")
    path = Path(url.removeprefix(FILE))
    if not path.is_file():
        return well("ledger", "there is none yet")
    lock = path.with_name(f"{path.name}.lock")
    if not lock.is_file():
        return well("ledger", f"{path}, which nobody holds")
    with lock.open("r", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return well("ledger", f"{path}, held by process {held.read(20).strip()}")
    return well("ledger", f"{path}, which nobody holds")


def _port(settings: Settings) -> Finding:
    """Whether the port is free, or this very server answers on it."""
    where = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE and _answers(settings):
                return well("port", f"a server answers on {where}")
            remedy = "Stop what holds it, or set HOLDFAST_PORT."
            return wrong("port", f"{where} cannot be had: {error.strerror}", remedy)
    return well("port", f"{where} is free")


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104 # compared, not bound
    address = f"http://[{host}]" if ":" in host else f"http://{host}"
    try:
        with urlopen(f"{address}:{settings.port}/healthz", timeout=5) as answer:  # noqa: S310 # our own address
            return b'"up"' in answer.read(200)
    except (URLError, OSError):
        return False
