"""Reservations a second with every commit on the disk, beside what the databases do with plainer code.

Usage: python benchmarks/ledger.py [RESERVATIONS] [CLIENTS] [postgresql://…]; without a URL only SQLite is
measured. Each line: reservations a second, and the longest that anybody waited for one.
"""

import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from models.domain.ledger.commands import Reserve, Write
from models.domain.vocabulary import Purpose
from serving.ledger.postgres.connections import connected
from serving.ledger.postgres.ledger import as_json, open_postgres
from serving.ledger.sqlite.ledger import open_sqlite
from serving.ledger.store import Ledger

TABLES = "entry, account, reservation, budget, budget_change, idempotency, anchor, redemption"


def main(reservations: int = 4_000, clients: int = 32, url: str = "") -> None:
    """Measure and print."""
    print(f"{reservations} reservations by {clients} clients")
    with TemporaryDirectory() as folder:
        naive = Naive(Path(folder) / "naive.db")
        report("SQLite, a transaction for each of many writers", reservations // 8, clients, naive.insert)
        ledger = open_sqlite(Path(folder) / "ledger.db", "EUR")
        report("SQLite, the ledger, one hot campaign", reservations, clients, reserving(ledger))
        ledger.close()
    if url:
        on_postgres(reservations, clients, url)


def on_postgres(reservations: int, clients: int, url: str) -> None:
    """The same for PostgreSQL: one row that all wait for, and the ledger with one shard and with sixteen."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
        print(f"fsync {found[0][0]}, synchronous_commit {found[1][0]}")
    for shards in (1, 16):
        ledger = open_postgres(url, "EUR", shards=shards, at_once=clients)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"SET session_replication_role = replica; TRUNCATE {TABLES}")
            connection.execute("UPDATE ledger_setting SET value = %s WHERE name = 'shards'", (str(shards),))
        ledger.set_limit("campaign:spring", 10**12, actor="bench", reason="")
        report("warming up", clients * 4, clients, reserving(ledger, "warm"))
        report(
            f"PostgreSQL, the ledger, one hot campaign, shards: {shards}",
            reservations,
            clients,
            reserving(ledger),
        )
        if shards == 16:
            statement = repeated(ledger, "SELECT ledger_write(%s::jsonb)")
            report("PostgreSQL, the same statement by psycopg alone", reservations, clients, statement)
            dry = reserving(ledger, "dry")
            ledger.set_limit("campaign:spring", 1, actor="bench", reason="")
            report("PostgreSQL, the ledger, a campaign without money", reservations, clients, dry)
        ledger.close()


def command(number: int) -> Reserve:
    """A reservation for a customer of its own."""
    return Reserve(
        customer_id=f"C{number}", campaign="spring", purpose=Purpose.RETENTION, action="coupon",
        requested_minor=100, currency="EUR", cap_minor=1_000, window_days=90, ttl_seconds=3_600,
    )  # fmt: skip


def reserving(ledger: Ledger, prefix: str = "k") -> Callable[[int], object]:
    """Reserve through the ledger."""
    return lambda n: ledger.write(Write(client="bench", key=f"{prefix}{n}", command=command(n)))


def repeated(ledger: Ledger, sql: str) -> Callable[[int], object]:
    """The ledger's own statement with its text made beforehand: the database's limit for it."""
    numbers = count()

    def run(_: int) -> object:
        number = next(numbers)
        text = as_json(Write(client="raw", key=f"r{number}", command=command(10**6 + number)))
        with connected(ledger.pool) as connection:
            return connection.execute(sql, (text,), prepare=True).fetchone()

    return run


class Naive:
    """A transaction for each insert, from whichever thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE entry (number, customer, amount)")

    def insert(self, number: int) -> None:
        """Connect, insert, and wait for the disk."""
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO entry VALUES (?, ?, 100)", (number, f"C{number}"))
        connection.execute("COMMIT")
        connection.close()


def report(name: str, number: int, clients: int, work: Callable[[int], object]) -> None:
    """Run it and print a line."""

    def timed(one: int) -> float:
        started = time.perf_counter()
        work(one)
        return time.perf_counter() - started

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        waits = list(pool.map(timed, range(number)))
    took = time.perf_counter() - started
    print(f"{name}: {number / took:,.0f} a second, longest wait {max(waits) * 1000:,.0f} ms", flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    main(*(int(word) for word in words[:2]), *words[2:])
