import psycopg
import pytest
from sqlalchemy import create_engine, inspect

from models.domain.ledger.refusals import DamagedLedger
from serving.ledger.migrate import EMPTY, migrate, revision_of
from serving.ledger.postgres.ledger import open_postgres
from serving.ledger.revision import HEAD
from serving.ledger.sqlite.ledger import open_sqlite
from serving.ledger.verification import verify
from tests.ledger_examples import reserve, write


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path):
    """An empty database: its URL for migrations, and how a ledger is opened in it."""
    if request.param == "sqlite":
        path = tmp_path / "ledger.db"
        return f"sqlite:///{path}", lambda: open_sqlite(path, "EUR")
    server = request.getfixturevalue("postgres_server")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return server.replace("postgresql://", "postgresql+psycopg://"), lambda: open_postgres(server, "EUR")


def state(url):
    """The revision, and the names of all tables."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = revision_of(connection), sorted(inspect(connection).get_table_names())
    engine.dispose()
    return found


def used(opened):
    opened.set_limit("campaign:spring", 500, actor="finance", reason="")
    opened.write(write(reserve(100)))
    opened.anchor()
    return opened


def test_an_empty_database_goes_up_down_and_up_again(database):
    url, _ = database
    migrate(url)
    up = state(url)
    migrate(url, EMPTY)
    assert state(url) == (None, ["alembic_version"])
    migrate(url)
    assert state(url) == up


def test_a_populated_ledger_goes_a_step_down_and_up_with_its_entries(database):
    url, open_it = database
    used(open_it()).close()
    migrate(url, "0001")
    assert state(url)[0] == "0001"
    migrate(url)
    assert state(url)[0] == HEAD
    again = open_it()
    with again.snapshot() as rows:
        verdict = verify(rows)
    again.close()
    assert (verdict.entries, verdict.findings) == (1, ())


def test_a_populated_ledger_is_not_migrated_away(database):
    url, open_it = database
    used(open_it()).close()
    before = state(url)
    with pytest.raises(DamagedLedger, match="cannot be migrated away"):
        migrate(url, EMPTY)
    assert state(url) == before


def test_a_ledger_that_is_up_to_date_is_left_alone(database):
    url, open_it = database
    used(open_it()).close()
    migrate(url)
    again = open_it()
    with again.snapshot() as rows:
        assert verify(rows).entries == 1
    again.close()
