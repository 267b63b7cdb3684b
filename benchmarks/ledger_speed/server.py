"""The ledger in PostgreSQL: one row that everybody waits for, shards of it, and the statement alone."""

import json
import subprocess
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Any

import psycopg

from benchmarks.ledger_speed.reservations import AMOUNT, CAMPAIGN, command, reserving, write
from benchmarks.ledger_speed.timing import Round, timed
from models.domain.ledger.commands import Write
from serving.ledger import reads
from serving.ledger.postgres.connections import connected
from serving.ledger.postgres.ledger import PostgresLedger, as_json, open_postgres

BUDGET = f"campaign:{CAMPAIGN}"
TABLES = "entry, account, reservation, budget, budget_change, idempotency, anchor, redemption"
STATEMENT = "SELECT how, answer FROM ledger_write(%s::jsonb)"


@dataclass(frozen=True)
class Dry:
    """A race for a budget that is too small: reservations granted, and money left that nobody got."""

    round: Round
    granted: int
    left_minor: int


def ledger(url: str, shards: int, calls: range, clients: int) -> Round:
    """The ledger, one hot campaign with a limit, its budget in so many shards."""
    opened = _opened(url, shards, clients, 10**12)
    found = timed(calls, clients, reserving(opened))
    opened.close()
    return found


def statement_alone(url: str, shards: int, calls: range, clients: int) -> Round:
    """The same statement by psycopg with its text made beforehand: what the database takes."""
    opened = _opened(url, shards, clients, 10**12)
    texts = {number: as_json(write(number)) for number in calls}

    def execute(number: int) -> Any:
        with connected(opened.pool) as connection:
            return connection.execute(STATEMENT, (texts[number],), prepare=True).fetchone()

    found = timed(calls, clients, execute)
    opened.close()
    return found


def by_pgbench(url: str, shards: int, seconds: int, clients: int, pgbench: str) -> float:
    """The same statement by PostgreSQL's own load generator, a second: no Python at all."""
    _opened(url, shards, clients, 10**12).close()
    told = json.loads(as_json(write(0)))
    drawn = {"key": "k", "customer_id": "C", "reservation_id": "r"}
    fields = ", ".join(
        f"'{name}'::text, " + (f"('{drawn[name]}' || :n::text)" if name in drawn else _literal(value))
        for name, value in told.items()
    )
    draw = "\\set n random(1, 1000000000000)"
    script = f"{draw}\nSELECT how, answer FROM ledger_write(jsonb_build_object({fields}))"
    with NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        words = ["-n", "-M", "prepared", "-c", str(clients), "-T", str(seconds), "-f", file.name, url]
        said = subprocess.run([pgbench, *words], capture_output=True, text=True, check=True).stdout
    return float(said.split("tps = ")[1].split()[0])


def _literal(value: object) -> str:
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)  # as SQL writes them too
    return "'" + str(value).replace("'", "''") + "'::text"


def running_dry(url: str, shards: int, calls: range, clients: int) -> Dry:
    """Two ask for what one can have: in the end nothing may be left in any shard."""
    opened = _opened(url, shards, clients, len(calls) // 2 * AMOUNT)
    found = timed(calls, clients, reserving(opened))
    with opened.snapshot() as rows:
        standing = reads.budget_standing(rows, BUDGET)
    opened.close()
    if standing is None or standing.free_minor is None:
        raise AssertionError(BUDGET)
    return Dry(found, standing.held_minor // AMOUNT, standing.free_minor)


def settings(url: str) -> str:
    """What commits wait for."""
    with psycopg.connect(url, autocommit=True) as connection:
        names = ("server_version", "fsync", "synchronous_commit", "wal_sync_method")
        found = {name: connection.execute(f"SHOW {name}").fetchone() for name in names}
    return ", ".join(f"{name} {value[0]}" for name, value in found.items() if value)


def _opened(url: str, shards: int, clients: int, limit: int) -> PostgresLedger:
    """An empty ledger whose connections are open and warm."""
    opened = open_postgres(url, "EUR", shards=shards, at_once=clients)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET session_replication_role = replica; TRUNCATE {TABLES}")
        connection.execute("UPDATE ledger_setting SET value = %s WHERE name = 'shards'", (str(shards),))
    opened.set_limit(BUDGET, limit, actor="bench", reason="")

    def warm(number: int) -> None:
        other = command(-number - 1)
        opened.preview(other)
        opened.write(Write(client="warm", key=f"w{number}", command=type(other)(**_elsewhere(other))))

    timed(range(clients * 6), clients, warm)
    return opened


def _elsewhere(made: Any) -> dict[str, Any]:
    """A reservation that takes nothing of the hot campaign."""
    return {**vars(made), "campaign": "warm"}


def emptied(url: str) -> str:
    """The URL of a database without a ledger, in the same server."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE over_http")
    return url.replace("/postgres?", "/over_http?", 1)
