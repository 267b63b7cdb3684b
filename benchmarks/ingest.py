"""How much time and memory `ingest` takes as order lines grow, beside DuckDB that checks nothing.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/ingest.py
    LINES=50000000 PYTHONPATH=. .venv/bin/python benchmarks/ingest.py

CPU seconds (user + system), wall seconds and the greatest resident memory of the stage on one CSV of order
lines, three to an order. The peer reads the same file with types declared, sorts it the same way and writes
Parquet, with the same limit on its memory: no row is checked, merged or accounted for.
"""

import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import duckdb
import yaml

from benchmarks.commands.spent import spent

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "ingest.md"
LINES = [int(text) for text in os.environ.get("LINES", "1000000,4000000").split(",")]

ORDER_LINES = """
COPY (SELECT 'o' || (i // 3) AS order_id, (i % 3) + 1 AS line_id,
    'c' || (((i // 3) * 2654435761) % ({lines} // 25 + 1)) AS customer_id,
    strftime(TIMESTAMP '2024-01-01' + INTERVAL ((i // 3) * 2 * 86400 * 365 // ({lines} // 3 + 1)) SECOND,
        '%Y-%m-%d %H:%M:%S') AS ordered_at,
    'i' || (hash(i) % 20000) AS item_id, 'k' || (hash(i + 7) % 40) AS category,
    1 + (hash(i + 1) % 4) AS units, 100 + (hash(i + 2) % 8900) AS amount_minor
FROM range({lines}) AS numbers(i)) TO '{file}' (FORMAT csv, HEADER true)
"""
PEER = """
import duckdb
connection = duckdb.connect()
connection.execute("SET threads = 1; SET memory_limit = '800MB'; SET temp_directory = '{room}'")
connection.execute("COPY (SELECT * FROM read_csv('{file}') "
    "ORDER BY customer_id, ordered_at, order_id, line_id) "
    "TO '{room}/orders.parquet' (FORMAT parquet, COMPRESSION zstd)")
"""


def lay_out(folder: Path, shop: Path) -> None:
    """Settings that read the folder `shop`."""
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["source"] |= {"kind": "files", "path": str(shop), "timezone": "UTC"}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))


def measured(lines: int) -> list[str]:
    """Rows of the result for one size."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shop, room = folder / "shop", folder / "room"
        shop.mkdir()
        room.mkdir()
        file = shop / "orders.csv"
        duckdb.sql(ORDER_LINES.format(lines=lines, file=file))
        lay_out(folder, shop)
        ours = spent([sys.executable, "-m", "pipelines.ingest"], folder)
        peer = spent([sys.executable, "-c", PEER.format(file=file, room=room)], folder)
    return [
        f"| {lines:,} | {name} | {cpu:.0f} | {wall:.0f} | {1e6 * cpu / lines:.1f} | {peak:,.0f} |"
        for name, (cpu, wall, peak) in (("ingest", ours), ("DuckDB, no checks", peer))
    ]


def main() -> None:
    """Measure each size, print the table and write it down."""
    head = (
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"pyarrow {version('pyarrow')}, duckdb {version('duckdb')}"
    )
    rows = [row for lines in LINES for row in measured(lines)]
    table = [
        "| order lines | | CPU s | wall s | CPU µs a line | peak MB |", "|---|---|---|---|---|---|", *rows
    ]  # fmt: skip
    command = f"LINES={','.join(map(str, LINES))} PYTHONPATH=. python benchmarks/ingest.py"
    text = "\n".join(["# Ingest", "", f"`{command}` on {head}; one run of each.", "", *table, ""])
    print(text)
    RESULT.write_text(text)


if __name__ == "__main__":
    main()
