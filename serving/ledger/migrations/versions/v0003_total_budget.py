"""The budget that everything takes, and the cap asked again when a request is approved."""

from importlib.resources import files

from alembic import op

revision = "0003"
down_revision = "0002"

FUNCTIONS = ("append.sql", "budgets.sql", "write.sql")

# Servers that still run the functions of before must neither write while it is counted, nor finish a write
# afterwards. Every write begins with a look at its key: whoever has looked is waited for, and whoever has not
# waits, and then calls the new functions. What writes without a key is held off by the other tables, which
# stay readable: so nobody who reads waits in a circle with this.
_WRITERS_WAIT = (
    "LOCK TABLE idempotency IN ACCESS EXCLUSIVE MODE",
    "LOCK TABLE account, reservation, budget, entry IN EXCLUSIVE MODE",
)

# What a budget held before it was counted, in its first shard.
_HELD = """
INSERT INTO budget (name, shard, allotted_minor, held_minor, lowered)
SELECT 'total', 0, NULL, sum(CASE WHEN state IN ('reserved', 'pending_approval') THEN reserved_minor
  ELSE committed_minor - reversed_minor END), false
FROM reservation WHERE purpose <> 'owed' HAVING count(*) > 0
"""
_OTHER_SHARDS = """
INSERT INTO budget (name, shard, allotted_minor, held_minor, lowered)
SELECT b.name, n, NULL, 0, false FROM budget b, generate_series(1, ledger_shards() - 1) n
WHERE b.name = 'total'
"""


def upgrade() -> None:
    """Count what is held of it by now; on PostgreSQL bring the functions up to date while nobody writes."""
    postgres = op.get_context().dialect.name == "postgresql"
    if postgres:
        for lock in _WRITERS_WAIT:
            _run(lock)
        for name in FUNCTIONS:
            _run(_replacing(name))
    _run(_HELD)
    if postgres:
        _run(_OTHER_SHARDS)


def downgrade() -> None:
    """Forget it: entries say all that it held. The functions stay, and count for nobody."""
    for table, column in (("budget", "name"), ("budget_change", "budget")):
        _run(f"DELETE FROM {table} WHERE {column} = 'total'")  # noqa: S608 # our own words


def _replacing(name: str) -> str:
    """The functions of a file in place of those that there are; its triggers are there already."""
    text = files("serving.ledger.postgres").joinpath(name).read_text(encoding="utf-8")
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").replace(
        "CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"
    )


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql, execution_options={"no_parameters": True})
