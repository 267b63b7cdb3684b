"""The rows of a backup in an empty PostgreSQL."""

from models.domain.errors import BadSource
from serving.ledger import reads
from serving.ledger.postgres.connections import Connection, Pool, close, connected
from serving.ledger.postgres.ledger import open_postgres
from serving.ledger.store import Snapshot

_TABLES = ("entry", "account", "reservation", "budget_change", "idempotency", "anchor", "redemption")

# What a budget holds stands in its first shard; the first grant that finds too little there shares it out.
_SHARD_OUT = """
INSERT INTO budget (name, shard, allotted_minor, held_minor, lowered)
SELECT %(name)s, n, CASE WHEN n = 0 OR %(limit)s::bigint IS NULL THEN %(limit)s::bigint ELSE 0 END,
  CASE n WHEN 0 THEN %(held)s ELSE 0 END, coalesce(%(limit)s::bigint < %(held)s, false)
FROM generate_series(0, ledger_shards() - 1) n
"""
_GO_ON = """
SELECT setval('entry_seq', greatest(1, (SELECT max(seq) FROM entry), (SELECT max(seq) FROM budget_change)))
"""


def restore_tables(rows: Snapshot, url: str) -> None:
    """Fill the empty ledger at a URL. Raises `BadSource` where it has entries."""
    open_postgres(url, reads.setting(rows, "currency")).close()
    pool = Pool(url)
    with connected(pool) as connection, connection.transaction():
        _check_empty(connection)
        for table in _TABLES:
            _fill(connection, table, rows)
        for one in reads.budgets(rows):
            values = {"name": one.name, "limit": one.limit_minor, "held": one.held_minor}
            connection.execute(_SHARD_OUT, values)
        connection.execute(_GO_ON)
    close(pool)


def _fill(connection: Connection, table: str, rows: Snapshot) -> None:
    sql = f"COPY {table} FROM STDIN"
    with connection.cursor().copy(sql) as copy:
        for row in rows(f"SELECT * FROM {table}", ()):  # noqa: S608 # our own words
            copy.write_row(row)


def _check_empty(connection: Connection) -> None:
    connection.execute("LOCK TABLE entry IN EXCLUSIVE MODE")
    found = connection.execute("SELECT count(*) FROM entry").fetchone()
    if found and found[0]:
        raise BadSource(
            "this ledger has entries already",
            given=found[0],
            remedy="Restore into an empty database.",
        )
