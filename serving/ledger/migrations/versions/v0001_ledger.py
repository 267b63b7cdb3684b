"""Entries and what is kept beside them for speed; all of it can be derived from the entries again."""

from importlib.resources import files

import sqlalchemy as sa
from alembic import op

from models.domain.ledger.refusals import DamagedLedger

revision = "0001"
down_revision = None

TABLES = ("idempotency", "budget_change", "budget", "reservation", "account", "entry", "ledger_setting")
OPEN = sa.text("state IN ('reserved', 'pending_approval')")

# An entry is written once.
_FORBID_SQLITE = """
CREATE TRIGGER entry_never_{event} BEFORE {event} ON entry
BEGIN SELECT RAISE(ABORT, 'entries of the ledger are never changed'); END
"""


def upgrade() -> None:
    """Create every table, and on PostgreSQL the functions that decide and write."""
    _entries()
    _kept()
    _budgets_and_keys()
    if op.get_context().dialect.name == "postgresql":
        _run("CREATE SEQUENCE entry_seq AS bigint")
        for name in ("append.sql", "budgets.sql", "write.sql"):
            _run(_file(name))
        return
    for event in ("update", "delete"):
        _run(_FORBID_SQLITE.format(event=event))


def downgrade() -> None:
    """Remove an empty ledger. Raises `DamagedLedger` where there are entries: nothing else has them."""
    entries = op.get_bind().exec_driver_sql("SELECT count(*) FROM entry").scalar_one()
    if entries:
        raise DamagedLedger(
            "a ledger with entries cannot be migrated away",
            given=entries,
            remedy="Back it up, and begin with an empty database.",
        )
    if op.get_context().dialect.name == "postgresql":
        _run(_file("drop.sql"))
    for name in TABLES:
        op.drop_table(name)
    if op.get_context().dialect.name == "postgresql":
        _run("DROP SEQUENCE entry_seq")


def _entries() -> None:
    op.create_table("ledger_setting", _word("name", primary_key=True), _word("value"))
    op.create_table(
        "entry",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        _word("customer_id"),
        _number("position"),
        _number("at"),
        *(_word(name) for name in ("kind", "reservation_id", "campaign", "segment", "purpose", "action")),
        *(_number(name) for name in ("reserved_minor", "committed_minor", "requested_minor")),
        _number("contact_cost_minor"),
        _word("currency"),
        _number("expires_at"),
        *(_number(name, nullable=True) for name in ("cap_minor", "window_days", "most_grants")),
        *(_word(name) for name in ("cap_inputs", "model_version", "client", "actor", "reason", "hash")),
        sa.UniqueConstraint("customer_id", "position"),
    )


def _kept() -> None:
    op.create_table(
        "account",
        _word("customer_id", primary_key=True),
        _number("entries"),
        _word("head"),
        _number("last_at"),
    )
    op.create_table(
        "reservation",
        _word("id", primary_key=True),
        *(_word(name) for name in ("customer_id", "campaign", "segment", "purpose", "action", "state")),
        *(_number(name) for name in ("requested_minor", "reserved_minor", "contact_cost_minor")),
        *(_number(name) for name in ("reserved_at", "expires_at", "committed_minor", "reversed_minor")),
    )
    op.create_index("reservation_of", "reservation", ["customer_id", "state", "reserved_at"])
    op.create_index(
        "reservation_due", "reservation", ["expires_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )


def _budgets_and_keys() -> None:
    op.create_table(
        "budget",
        _word("name", primary_key=True),
        sa.Column("shard", sa.Integer(), primary_key=True),
        _number("allotted_minor", nullable=True),
        _number("held_minor"),
        sa.Column("lowered", sa.Boolean(create_constraint=False), nullable=False),
        postgresql_with={"fillfactor": "50"},  # rows that change all day stay on their page
    )
    op.create_table(
        "budget_change",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        _number("at"),
        _word("budget"),
        _number("limit_minor", nullable=True),
        _word("actor"),
        _word("reason"),
    )
    op.create_table(
        "idempotency",
        *(_word(name, primary_key=True) for name in ("client", "operation", "key")),
        _word("payload"),
        _word("answer"),
        _number("at"),
    )


def _file(name: str) -> str:
    return files("serving.ledger.postgres").joinpath(name).read_text(encoding="utf-8")


def _run(sql: str) -> None:
    """As it stands: a file of statements has no place for parameters."""
    op.get_bind().exec_driver_sql(sql, execution_options={"no_parameters": True})


def _word(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), primary_key=primary_key, nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)
