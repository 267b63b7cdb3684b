"""Bring a ledger's tables up to date, or back."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, inspect

from serving.ledger.revision import HEAD, OF_TABLES

EMPTY = "base"

# Two servers that start at once migrate one after the other.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(1215262822, 1)"


def migrate(url: str, revision: str = HEAD) -> None:
    """Migrate the database at an SQLAlchemy URL to a revision, in one transaction. Raises `DamagedLedger`.

    A ledger that is there already is not touched.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(_ONE_AT_A_TIME)
            else:
                # The driver begins a transaction before changes of rows only; a half-made ledger is none.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            at = revision_of(connection)
            if at == revision:
                return
            back = revision == EMPTY or (at is not None and revision < at)
            (command.downgrade if back else command.upgrade)(_configured(connection), revision)
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """The revision that the tables are at; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql(OF_TABLES).scalar()
    return None if found is None else str(found)


def _configured(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
