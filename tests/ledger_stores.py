"""Stores of the ledger for tests: new and empty, with a clock that the test sets."""

import shutil
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import psycopg

from models.domain.instants import DAY
from models.domain.ledger.replay import replay
from serving.ledger import reads
from serving.ledger.backups import restore
from serving.ledger.migrate import migrate
from serving.ledger.postgres.ledger import open_postgres
from serving.ledger.sqlite.ledger import open_sqlite, system_clock

NOON = 20_000 * DAY
TABLES = "entry, account, reservation, budget, budget_change, idempotency, anchor, redemption"


class SqliteStores:
    """Ledgers in files of a folder, each a copy of an empty one."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.empty = folder / "empty.db"
        migrate(f"sqlite:///{self.empty}")
        self.number = 0
        self.now = NOON

    def new(self):
        self.number += 1
        self.path = self.folder / f"ledger-{self.number}.db"
        shutil.copy(self.empty, self.path)
        return self.again()

    def again(self):
        return open_sqlite(self.path, "EUR", clock=lambda: self.now or system_clock())

    @property
    def address(self):
        return f"sqlite:///{self.path}"

    def restored(self, backup):
        """A new ledger out of a backup."""
        self.number += 1
        self.path = self.folder / f"ledger-{self.number}.db"
        restore(backup, f"sqlite:///{self.path}")
        return self.again()

    def set_clock(self, now):
        self.now = now

    def alter(self, sql):
        """Change the store behind the ledger's back."""
        with self._connected() as connection:
            for name in ("update", "delete"):
                connection.execute(f"DROP TRIGGER IF EXISTS entry_never_{name}")
            connection.execute(sql)

    def attempt(self, sql):
        """Change the store with the guards that it has."""
        with self._connected() as connection:
            connection.execute(sql)

    @contextmanager
    def _connected(self):
        connection = sqlite3.connect(self.path)
        try:
            with connection:
                yield connection
        finally:
            connection.close()


class PostgresStores:
    """One ledger in a real PostgreSQL, emptied each time."""

    def __init__(self, url, shards=3):
        self.url = self.address = url
        self.shards = shards

    def new(self):
        again = self.again()
        self.alter(f"TRUNCATE {TABLES} RESTART IDENTITY")
        return again

    def again(self):
        return open_postgres(self.url, "EUR", shards=self.shards)

    def restored(self, backup):
        """The emptied ledger out of a backup."""
        self.alter(f"TRUNCATE {TABLES}")
        restore(backup, self.url)
        return self.again()

    def set_clock(self, now):
        clock = "clock_timestamp()" if now is None else f"to_timestamp({now}::numeric / 1000000)"
        body = f"SELECT (extract(epoch FROM {clock}) * 1000000)::bigint"
        self.attempt(
            f"CREATE OR REPLACE FUNCTION ledger_clock() RETURNS bigint LANGUAGE sql VOLATILE AS '{body}'"
        )

    def alter(self, sql):
        self.attempt(f"SET session_replication_role = replica; {sql}")

    def attempt(self, sql):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)


def books(ledger):
    """What the ledger's own entries come to."""
    with ledger.snapshot() as rows:
        return replay(reads.entries(rows), reads.limit_changes(rows), reads.anchors(rows))
