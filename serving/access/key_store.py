"""Where keys are kept: two small tables in SQLite or PostgreSQL, as a URL says. No secret is in them."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from models.domain.errors import InvalidSetting
from serving.access.api_keys import ApiKey, Secret
from serving.access.scopes import Scope
from serving.refusals import KeysUnavailable

FILE = "sqlite:///"
SERVER = "postgresql://"
BUSY_SECONDS = 5.0
CONNECT_SECONDS = 5

Run = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]

_TABLES = (
    """CREATE TABLE IF NOT EXISTS api_keys (
      key_id TEXT PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL, team TEXT, authority_minor BIGINT,
      requests_per_second DOUBLE PRECISION, created_at BIGINT NOT NULL, expires_at BIGINT, revoked_at BIGINT,
      last_used_on TEXT)""",
    """CREATE TABLE IF NOT EXISTS api_key_secrets (
      digest TEXT PRIMARY KEY, key_id TEXT NOT NULL REFERENCES api_keys, created_at BIGINT NOT NULL,
      expires_at BIGINT)""",
)
# Two commands that make the tables at once do so one after the other.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(1215262822, 2)"
_FOUND = {
    True: "SELECT 1 FROM sqlite_schema WHERE name = 'api_key_secrets'",
    False: "SELECT 1 FROM pg_tables WHERE tablename = 'api_key_secrets'",
}
_COLUMNS = (
    "key_id, name, scopes, team, authority_minor, requests_per_second, created_at, expires_at, revoked_at, "
    "last_used_on"
)


def read_keys(url: str) -> dict[str, ApiKey]:
    """Every key by its id; none where nothing is kept yet. Raises `InvalidSetting`, `KeysUnavailable`."""
    if url.startswith(FILE) and not _file(url).is_file():
        return {}
    with _connected(url) as run:
        if not run(_FOUND[url.startswith(FILE)], ()):
            return {}
        # Secrets first: a key made in between has none yet, one dropped in between is not asked for.
        secrets = run("SELECT key_id, digest, created_at, expires_at FROM api_key_secrets", ())
        rows = run(f"SELECT {_COLUMNS} FROM api_keys ORDER BY created_at, key_id", ())  # noqa: S608 # our own names
    of_key: dict[str, list[Secret]] = {}
    for key_id, *secret in sorted(secrets, key=lambda row: (row[2], row[1])):
        of_key.setdefault(key_id, []).append(Secret(*secret))
    return {row[0]: _key(row, of_key.get(row[0], ())) for row in rows}


def keep_key(url: str, key: ApiKey) -> None:
    """Write a key as it now is, its secrets included. Raises `InvalidSetting`, `KeysUnavailable`."""
    fields = (
        *(key.key_id, key.name, " ".join(sorted(key.scopes)), key.team, key.authority_minor),
        *(key.requests_per_second, key.created_at, key.expires_at, key.revoked_at),
        key.last_used_on.isoformat() if key.last_used_on else None,
    )
    with _connected(url) as run:
        if url.startswith(SERVER):
            run(_ONE_AT_A_TIME, ())
        for table in _TABLES:
            run(table, ())
        run("DELETE FROM api_key_secrets WHERE key_id = ?", (key.key_id,))
        run("DELETE FROM api_keys WHERE key_id = ?", (key.key_id,))
        run(f"INSERT INTO api_keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", fields)  # noqa: S608 # as above
        for secret in key.secrets:
            run(
                "INSERT INTO api_key_secrets (digest, key_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
                (secret.digest, key.key_id, secret.created_at, secret.expires_at),
            )


def note_used(url: str, key_ids: Iterable[str], day: date) -> None:
    """Write on which day keys were last used. Raises `InvalidSetting`, `KeysUnavailable`."""
    with _connected(url) as run:
        for key_id in key_ids:
            run("UPDATE api_keys SET last_used_on = ? WHERE key_id = ?", (day.isoformat(), key_id))


def _key(row: Sequence[Any], secrets: Iterable[Secret]) -> ApiKey:
    key_id, name, scopes, team, authority_minor, rate, created_at, expires_at, revoked_at, used_on = row
    plain = ApiKey(
        key_id,
        name,
        frozenset(Scope(word) for word in scopes.split()),
        created_at,
        expires_at,
        tuple(secrets),
    )
    return replace(
        plain,
        team=team,
        authority_minor=authority_minor,
        requests_per_second=rate,
        revoked_at=revoked_at,
        last_used_on=date.fromisoformat(used_on) if used_on else None,
    )


@contextmanager
def _connected(url: str) -> Iterator[Run]:
    """One transaction on the store."""
    if url.startswith(FILE):
        with _in_file(_file(url)) as run:
            yield run
    elif url.startswith(SERVER):
        with _in_server(url) as run:
            yield run
    else:
        raise InvalidSetting(
            "the URL of the keys means no store",
            allowed="sqlite:///path/to/file or postgresql://…",
            given=url.partition("@")[2] or url,  # what stands before an @ may be a password
            remedy="Correct HOLDFAST_KEYS_URL.",
        )


@contextmanager
def _in_file(path: Path) -> Iterator[Run]:
    try:
        _make_file(path)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _unavailable(error) from error
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield lambda sql, values: connection.execute(sql, values).fetchall()
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise _unavailable(error) from error
    finally:
        connection.close()


@contextmanager
def _in_server(url: str) -> Iterator[Run]:
    import psycopg  # noqa: PLC0415 # needs libpq, which few have

    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:

            def run(sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
                done = connection.execute(sql.replace("?", "%s").encode(), values)
                return done.fetchall() if done.description else []

            yield run
    except psycopg.Error as error:
        raise _unavailable(error) from error


def _make_file(path: Path) -> None:
    """Make the file for its owner alone: hashes are no secrets, but whoever can write here can make keys."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _file(url: str) -> Path:
    return Path(url.removeprefix(FILE))


def _unavailable(error: Exception) -> KeysUnavailable:
    return KeysUnavailable(
        "the keys cannot be read", given=type(error).__name__, remedy="See HOLDFAST_KEYS_URL and its disk."
    )
