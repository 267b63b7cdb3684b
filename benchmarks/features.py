"""Features of a log, Parquet to Parquet: ours beside DuckDB's SQL, Polars and pandas, the same columns.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/features.py
    ORDERS=1000000 ROUNDS=5 LONG=0 PYTHONPATH=. .venv/bin/python benchmarks/features.py

Every engine runs as a process of its own, round by round in turn: CPU seconds of user and system, wall
seconds, greatest resident memory; apart from the work the start: imports, and for ours machine code from its
cache. Before anything is timed all engines must agree on every number. ORDERS: how many orders, with a tenth
as many tickets; ROUNDS: how often each is run; LONG: how many orders the long log has that is run once at the
end, 0 for none. The result goes to benchmarks/results/features.md.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.commands.machine import measured_on
from benchmarks.feature_engines.columns import COLUMNS, names
from benchmarks.feature_engines.log import write_log

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "features.md"
ORDERS = int(os.environ.get("ORDERS", "10000000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
LONG = int(os.environ.get("LONG", "50000000"))

ENGINES = {
    "ours": "ours.compute",
    "DuckDB SQL": "duckdb_sql.compute",
    "Polars": "polars_streaming.compute",
    "pandas": "pandas_frames.compute",
    "DuckDB, scan of the columns": "duckdb_sql.scan",
    "DuckDB, scan and one group-by": "duckdb_sql.one_group_by",
}
CHILD = """
import json, sys, time
from pathlib import Path
from benchmarks.feature_engines import {module}
from benchmarks.feature_engines.columns import COLUMNS, snapshots
{module}.start()
folder, columns, count, out = sys.argv[1:]
cpu, wall = time.process_time(), time.perf_counter()
{module}.{function}(Path(folder), COLUMNS[int(columns)], snapshots(int(count)), Path(out))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
spent = time.process_time() - cpu, cpu, time.perf_counter() - wall, int(peak) / 1024
print(json.dumps(spent))
"""
PAGE = """\
# Features from a log

Command: `{command}`.
Machine: {machine}; Python {python}; {versions}.
{orders:,} orders, {tickets:,} tickets, {customers:,} customers; {rounds} rounds, everything in turn.
Parquet to Parquet, each run a process of its own; median (least–most). *Start*: the interpreter, imports, and
for ours machine code from its cache; it is not part of the other columns.
*Ordered*: rows by customer and time, as `ingest` writes them. *As it grew*: by time alone.

| | log | columns | snapshots | CPU s | wall s | start, CPU s | peak MB |
|---|---|---|---|---|---|---|---|
{rows}

Ratios of CPU seconds, round by round; median (least–most).

| | log | ratio | start included | wanted at most | |
|---|---|---|---|---|---|
{ratios}

What bounds the two that are hardest to reach:

- ÷ pandas: a fifth of pandas is {fifth:.1f} s on the ordered log. DuckDB takes {scanned:.1f} s to read the
  columns, {grouped:.1f} s to read them and form a single group-by; ours takes {ours:.1f} s for everything.
- 24 ÷ 1: each further snapshot takes {further:.2f} s, to fold and to write {cells:,} numbers. Five times a
  single one would leave {left:.2f} s for it, and the less the sooner the log is read.
"""
AGREE = 2e-6  # relative: float32 rounds to 6e-8, and engines divide in different orders


@dataclass(frozen=True)
class Setting:
    """One thing to time: which engine, on which log, how many columns and snapshots."""

    engine: str
    log: str
    columns: int = 21
    snapshots: int = 1


@dataclass(frozen=True)
class Spent:
    """What one run took: CPU seconds of the work and of the start before it, wall seconds of the work, MB."""

    cpu: float
    start: float
    wall: float
    peak: float


LOGS = {"ordered": True, "as it grew": False}
SETTINGS = (
    *(Setting(engine, "ordered") for engine in ENGINES),
    *(Setting(engine, "ordered", snapshots=6) for engine in ("ours", "DuckDB SQL", "Polars")),
    *(Setting("ours", "ordered", 37, count) for count in (1, 24)),
    *(Setting(engine, "ordered", 100) for engine in ("ours", "DuckDB SQL")),
    *(Setting(engine, "as it grew") for engine in ("ours", "DuckDB SQL", "Polars", "pandas")),
    Setting("ours", "as it grew", snapshots=6),
)  # fmt: skip
TARGETS = (
    ("1 snapshot ÷ DuckDB SQL", Setting("ours", ""), Setting("DuckDB SQL", ""), 0.6),
    ("1 snapshot ÷ pandas", Setting("ours", ""), Setting("pandas", ""), 1 / 5),
    ("6 snapshots ÷ one of DuckDB SQL", Setting("ours", "", snapshots=6), Setting("DuckDB SQL", ""), 1.0),
    ("6 ÷ 6 of Polars", Setting("ours", "", snapshots=6), Setting("Polars", "", snapshots=6), 1 / 4),
    ("24 snapshots ÷ 1, 37 columns", Setting("ours", "", 37, 24), Setting("ours", "", 37), 5.0),
    ("100 columns ÷ 21, 1 snapshot", Setting("ours", "", 100), Setting("ours", ""), 2.0),
)  # fmt: skip


def run(setting: Setting, folder: Path, out: Path) -> Spent:
    """One run in a process of its own."""
    module, function = ENGINES[setting.engine].split(".")
    code = CHILD.format(module=module, function=function)
    given = [str(folder), str(setting.columns), str(setting.snapshots), str(out)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = subprocess.run(
        [sys.executable, "-c", code, *given],
        env={**kept, "PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return Spent(*json.loads(told.stdout.splitlines()[-1]))


def agree(folder: Path, out: Path, engines: Iterable[str], columns: int, count: int) -> None:
    """Raise `SystemExit` unless all engines say the same of everybody."""
    found = {}
    for engine in engines:
        run(Setting(engine, "", columns, count), folder, out)
        keys = [("snapshot", "ascending"), ("customer_id", "ascending")]
        found[engine] = pq.read_table(out).sort_by(keys)
    ours = found.pop("ours")
    for engine, theirs in found.items():
        if ours["customer_id"].cast(pa.large_string()) != theirs["customer_id"].cast(pa.large_string()):
            raise SystemExit(f"{engine} and ours speak of different customers")
        for name in names(COLUMNS[columns]):
            one, other = ours[name].to_numpy(), theirs[name].to_numpy()
            if not np.allclose(one, other, rtol=AGREE, atol=0, equal_nan=True):
                raise SystemExit(f"{engine} and ours differ in {name}")


def measure(temporary: Path) -> dict[Setting, list[Spent]]:
    """Write the logs, let all agree, and run everything round by round."""
    out = temporary / "out.parquet"
    for log, in_order in LOGS.items():
        write_log(temporary / f"small {log}", 500_000, in_order=in_order)
        peers = ("ours", "DuckDB SQL", "Polars", "pandas")
        agree(temporary / f"small {log}", out, peers, 21, 3)
        agree(temporary / f"small {log}", out, peers, 37, 1)
        agree(temporary / f"small {log}", out, peers, 100, 1)
        write_log(temporary / log, ORDERS, in_order=in_order)
        agree(temporary / log, out, peers, 21, 1)
    found: dict[Setting, list[Spent]] = {setting: [] for setting in SETTINGS}
    for number in range(ROUNDS):
        for setting in SETTINGS:
            found[setting].append(run(setting, temporary / setting.log, out))
            print(number + 1, setting, found[setting][-1], flush=True)
    return found


def measure_long(temporary: Path) -> dict[str, Spent]:
    """How ours grows: a tenth, all, and the long log, once each; DuckDB's one snapshot beside the longest."""
    found, out = {}, temporary / "out.parquet"
    for orders in (ORDERS // 10, ORDERS, LONG):
        folder = temporary / ("ordered" if orders == ORDERS else f"{orders}")
        if not folder.exists():
            write_log(folder, orders, in_order=True)
        found[f"{orders:,} orders, ours, 6 snapshots"] = run(Setting("ours", "", snapshots=6), folder, out)
        print(orders, found, flush=True)
    found[f"{LONG:,} orders, DuckDB SQL, 1 snapshot"] = run(Setting("DuckDB SQL", ""), folder, out)
    return found


def page(found: Mapping[Setting, Sequence[Spent]], long: Mapping[str, Spent]) -> str:
    """The result as Markdown."""
    packages = ("duckdb", "numba", "numpy", "pandas", "polars", "pyarrow")
    head = PAGE.format(
        command=f"ORDERS={ORDERS} ROUNDS={ROUNDS} LONG={LONG} PYTHONPATH=. python benchmarks/features.py",
        **measured_on(packages),
        orders=ORDERS,
        tickets=ORDERS // 10,
        customers=ORDERS // 25,
        rounds=ROUNDS,
        rows="\n".join(_row(setting, runs) for setting, runs in found.items()),
        ratios="\n".join(_ratios(found)),
        **_why(found),
    )
    return "\n".join([head, *_growth(long)])


def _row(setting: Setting, runs: Sequence[Spent]) -> str:
    cpu, start, wall = ([getattr(each, name) for each in runs] for name in ("cpu", "start", "wall"))
    peak = max(each.peak for each in runs)
    told = f"{_spread(cpu, 1)} | {_spread(wall, 1)} | {median(start):.1f} | {peak:,.0f}"
    return f"| {setting.engine} | {setting.log} | {setting.columns} | {setting.snapshots} | {told} |"


def _ratios(found: Mapping[Setting, Sequence[Spent]]) -> Iterable[str]:
    for name, one, other, most in TARGETS:
        for log in LOGS:
            pair = [replace(each, log=log) for each in (one, other)]
            if all(each in found for each in pair):
                runs = list(zip(*(found[each] for each in pair), strict=True))
                ratios = [a.cpu / b.cpu for a, b in runs]
                started = median([(a.cpu + a.start) / (b.cpu + b.start) for a, b in runs])
                met = "met" if median(ratios) <= most else "**missed**"
                yield f"| {name} | {log} | {_spread(ratios, 2)} | {started:.2f} | {most:.2f} | {met} |"


def _why(found: Mapping[Setting, Sequence[Spent]]) -> dict[str, float]:
    """What bounds the targets that are hardest: median CPU seconds, and numbers to write."""
    cpu = {setting: median(each.cpu for each in runs) for setting, runs in found.items()}
    single, many = cpu[Setting("ours", "ordered", 37)], cpu[Setting("ours", "ordered", 37, 24)]
    return {
        "fifth": cpu[Setting("pandas", "ordered")] / 5,
        "scanned": cpu[Setting("DuckDB, scan of the columns", "ordered")],
        "grouped": cpu[Setting("DuckDB, scan and one group-by", "ordered")],
        "ours": cpu[Setting("ours", "ordered")],
        "further": (many - single) / 23,
        "left": 4 * single / 23,
        "cells": 37 * ORDERS // 25,
    }


def _growth(long: Mapping[str, Spent]) -> Iterable[str]:
    if not long:
        return
    yield from ("", "One run of each, rows ordered, 21 columns.", "")
    yield from ("| | CPU s | wall s | peak MB |", "|---|---|---|---|")
    for name, spent in long.items():
        yield f"| {name} | {spent.cpu:.1f} | {spent.wall:.1f} | {spent.peak:,.0f} |"
    small, _, large, _ = long.values()
    growth = large.cpu / small.cpu / (LONG / (ORDERS / 10))
    yield ""
    yield (
        f"From {ORDERS // 10:,} to {LONG:,} orders CPU grows {growth:.2f} × as much as the log (at most "
        f"1.25), and memory stays at {large.peak:,.0f} MB (wanted: under 2,000)."
    )


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def main() -> None:
    """Measure, print and keep the result."""
    with tempfile.TemporaryDirectory() as place:
        found = measure(Path(place))
        RESULT.write_text(page(found, {}))
        long = measure_long(Path(place)) if LONG else {}
    RESULT.write_text(page(found, long))
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
