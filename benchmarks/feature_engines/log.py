"""A log of orders and tickets over four years, the same each time, in Parquet as ingest writes it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from models.contract.storage import ROW_GROUP_ROWS, write_batches

DAYS, START = 1460, "TIMESTAMPTZ '2021-01-01 00:00:00Z'"
DAY = 86_400_000_000

ORDERS = """
SELECT 'c' || lpad((hash(i * 7 + 1) % {customers})::VARCHAR, 8, '0') AS customer_id,
    {start} + to_microseconds(i * {step}) AS ordered_at,
    CASE WHEN hash(i * 11) % 20 = 0 THEN -1 ELSE 1 END * (100 + hash(i * 13) % 9000)::BIGINT AS amount_minor,
    {start} + to_microseconds(i * {step}
        + CASE WHEN hash(i * 17) % 10 = 0 THEN (hash(i * 19) % {late})::BIGINT ELSE 0 END) AS known_at
FROM range({rows}) AS numbers(i) {order}
"""
TICKETS = """
SELECT 'c' || lpad((hash(i * 23 + 1) % {customers})::VARCHAR, 8, '0') AS customer_id, began AS opened_at,
    CASE WHEN hash(i * 31) % 10 > 0 THEN began + to_microseconds((hash(i * 29) % {late})::BIGINT) END
        AS first_response_at,
    CASE WHEN hash(i * 37) % 5 > 0 THEN began + to_microseconds({late} + (hash(i * 41) % {late})::BIGINT) END
        AS resolved_at
FROM (SELECT i, {start} + to_microseconds(i * {step}) AS began FROM range({rows}) AS numbers(i)) {order}
"""


def write_log(folder: Path, orders: int, *, in_order: bool) -> None:
    """orders.parquet and complaints.parquet, a ticket for ten orders; by customer and time, or by time."""
    folder.mkdir()
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET memory_limit = '3GB'")
    connection.execute(f"SET temp_directory = '{folder / 'room'}'")
    for name, query, rows, event in (
        ("orders", ORDERS, orders, "ordered_at"),
        ("complaints", TICKETS, orders // 10, "opened_at"),
    ):
        sql = query.format(
            customers=orders // 25, start=START, step=DAYS * DAY // rows, late=9 * DAY, rows=rows,
            order=f"ORDER BY customer_id, {event}" if in_order else "ORDER BY i",
        )  # fmt: skip
        reader = connection.execute(sql).to_arrow_reader(ROW_GROUP_ROWS)
        write_batches(_row_groups(reader), reader.schema, folder / f"{name}.parquet")


def _row_groups(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    waiting: list[pa.RecordBatch] = []
    for batch in reader:
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= ROW_GROUP_ROWS:
            yield pa.concat_batches(waiting)
            waiting = []
    if waiting:
        yield pa.concat_batches(waiting)
