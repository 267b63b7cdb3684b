"""What a simulated world of any size costs, written to Parquet block by block.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/simulate.py
    CUSTOMERS=2000000 ORDERS_PER_YEAR=6.7 PYTHONPATH=. .venv/bin/python benchmarks/simulate.py

CPU seconds (user + system), wall seconds and the greatest resident memory of `make simulate`, and what it
wrote. Memory must not grow with the world.
"""

import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from benchmarks.commands.spent import spent

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "simulate.md"
CUSTOMERS = [int(text) for text in os.environ.get("CUSTOMERS", "20000,100000").split(",")]
ORDERS_PER_YEAR = os.environ.get("ORDERS_PER_YEAR")


def lay_out(folder: Path) -> None:
    """The shipped settings, with more orders where asked."""
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    if ORDERS_PER_YEAR is not None:
        settings["simulator"]["orders_per_year"] = float(ORDERS_PER_YEAR)
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))


def measured(customers: int) -> str:
    """A row of the result."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        lay_out(folder)
        command = [sys.executable, "-m", "pipelines.simulate", "OUT=books", f"CUSTOMERS={customers}"]
        cpu, wall, peak = spent(command, folder)
        files = sorted((folder / "books").glob("*.parquet"))
        rows = {path.stem: pq.read_metadata(path).num_rows for path in files}
        size = sum(path.stat().st_size for path in files) / 1e6
    every = sum(rows.values())
    written = f"| {customers:,} | {rows['orders']:,} | {every:,} "
    return f"{written}| {cpu:.0f} | {wall:.0f} | {1e6 * cpu / every:.2f} | {peak:,.0f} | {size:,.0f} |"


def main() -> None:
    """Measure each size, print the table and write it down."""
    head = (
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numpy {version('numpy')}, pyarrow {version('pyarrow')}"
    )
    rows = [measured(customers) for customers in CUSTOMERS]
    table = [
        (
            "| customers | order lines | rows of all tables | CPU s | wall s | CPU µs a row | peak MB "
            "| MB on disk |"
        ),
        "|---|---|---|---|---|---|---|---|",
        *rows,
    ]
    more = "" if ORDERS_PER_YEAR is None else f"ORDERS_PER_YEAR={ORDERS_PER_YEAR} "
    asked = f"CUSTOMERS={','.join(map(str, CUSTOMERS))} {more}PYTHONPATH=. python benchmarks/simulate.py"
    text = "\n".join(["# Simulate", "", f"`{asked}` on {head}; one run of each.", "", *table, ""])
    print(text)
    RESULT.write_text(text)


if __name__ == "__main__":
    main()
