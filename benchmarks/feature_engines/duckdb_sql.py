"""The same by hand in DuckDB's SQL: one pass a table and snapshot, every column a filtered aggregate."""

from pathlib import Path

import duckdb

from benchmarks.feature_engines.columns import DAY, HOUR, Columns, name_of, names

BUY, BACK = "amount > 0", "amount < 0"


def start() -> None:
    """Nothing but imports."""


def compute(folder: Path, columns: Columns, snapshots: list[int], out: Path) -> None:
    """Write the features of a log; what several snapshots read is read from Parquet once."""
    connection = connect()
    source = "VIEW" if len(snapshots) == 1 else "TEMP TABLE"
    connection.execute(
        f"CREATE {source} orders AS SELECT customer_id, epoch_us(ordered_at) AS moment, "
        f"greatest(epoch_us(ordered_at), epoch_us(known_at)) AS seen, amount_minor AS amount "
        f"FROM '{folder}/orders.parquet'"
    )
    connection.execute(
        f"CREATE {source} complaints AS SELECT customer_id, epoch_us(opened_at) AS moment, "
        f"epoch_us(first_response_at) AS answered, epoch_us(resolved_at) AS resolved "
        f"FROM '{folder}/complaints.parquet'"
    )
    if len(snapshots) == 1:
        write(connection, select(columns, snapshots[0]), out)
        return
    for number, snapshot in enumerate(snapshots):
        begin = "CREATE TEMP TABLE done AS" if number == 0 else "INSERT INTO done"
        connection.execute(f"{begin} {select(columns, snapshot)}")
    write(connection, "FROM done", out)


def scan(folder: Path, columns: Columns, snapshots: list[int], out: Path) -> None:  # noqa: ARG001
    """Only read the columns."""
    read = "max(customer_id), max(ordered_at), max(known_at), max(amount_minor)"
    write(connect(), f"SELECT {read} FROM '{folder}/orders.parquet'", out)


def one_group_by(folder: Path, columns: Columns, snapshots: list[int], out: Path) -> None:  # noqa: ARG001
    """Read the columns, and one sum a customer: what any engine that hashes must do."""
    seen = f"greatest(ordered_at, known_at) <= make_timestamptz({snapshots[-1]})"
    read = "customer_id, max(ordered_at), sum(amount_minor)"
    write(connect(), f"SELECT {read} FROM '{folder}/orders.parquet' WHERE {seen} GROUP BY customer_id", out)


def connect() -> duckdb.DuckDBPyConnection:
    """DuckDB as it comes, free to change the order of rows."""
    connection = duckdb.connect()
    connection.execute(
        "SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET enable_progress_bar = false"
    )
    return connection


def write(connection: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    """The answer as Parquet."""
    connection.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")


def select(columns: Columns, snapshot: int) -> str:
    """The query of one snapshot."""
    wanted = [f"{_told(name)}::FLOAT AS {name}" for name in names(columns)]
    means = [
        f"spend_{window or 'all'} / nullif(purchases_{window or 'all'}, 0) AS mean_amount_{window or 'all'}"
        for window in columns["mean_amount"]
    ]
    return f"""
    WITH o AS (SELECT customer_id, {", ".join(_of_orders(columns, snapshot))} FROM orders
            WHERE seen <= {snapshot} GROUP BY customer_id HAVING count(*) FILTER ({BUY}) > 0),
        c AS (SELECT customer_id, {", ".join(_of_complaints(columns, snapshot))} FROM complaints
            WHERE moment <= {snapshot} GROUP BY customer_id),
        m AS (SELECT *, {", ".join(means)} FROM o)
    SELECT customer_id, make_timestamptz({snapshot}) AS snapshot, {", ".join(wanted)}
    FROM m LEFT JOIN c USING (customer_id) ORDER BY customer_id"""


def _told(name: str) -> str:
    return f"coalesce({name}, 0)" if name.startswith("complaints") else name


def _within(window: int | None, snapshot: int) -> str:
    return "" if window is None else f" AND moment > {snapshot - window * DAY}"


def _of_orders(columns: Columns, snapshot: int) -> list[str]:
    kinds = {
        "purchases": "count(*) FILTER ({buy})",
        "spend": "coalesce(sum(amount) FILTER ({buy}), 0)",
        "largest": "max(amount) FILTER ({buy})",
        "returns": "count(*) FILTER ({back})",
        "returned": "coalesce(-sum(amount) FILTER ({back}), 0)",
    }
    found = [
        f"({snapshot} - max(moment) FILTER ({BUY})) / {DAY}.0 AS recency_days",
        f"({snapshot} - min(moment) FILTER ({BUY})) / {DAY}.0 AS tenure_days",
    ]
    for kind, told in kinds.items():
        for window in columns[kind]:
            within = _within(window, snapshot)
            value = told.format(buy=BUY + within, back=BACK + within)
            found.append(f"{value} AS {name_of(kind, window)}")
    return found


def _of_complaints(columns: Columns, snapshot: int) -> list[str]:
    answered = f"answered <= {snapshot}{_within(365, snapshot)}"
    return [
        *(
            f"count(*) FILTER (true{_within(window, snapshot)}) AS {name_of('complaints', window)}"
            for window in columns["complaints"]
        ),
        f"count(*) FILTER (resolved IS NULL OR resolved > {snapshot}) AS complaints_open",
        f"({snapshot} - max(moment)) / {DAY}.0 AS days_since_complaint",
        f"avg(answered - moment) FILTER ({answered}) / {HOUR}.0 AS first_response_hours",
    ]
