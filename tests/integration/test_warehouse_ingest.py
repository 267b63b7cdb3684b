"""The stage `ingest` on a warehouse: the same facts give the same tables from DuckDB, PostgreSQL and CSV."""

import json
from functools import partial

import duckdb
import psycopg
import pytest

from models.contract.storage import read_summary, read_table
from models.domain.errors import BadSource
from pipelines import ingest, paths
from pipelines.sources import files
from pipelines.sources.long_tables import whole_or_long

SECRET = "a secret of the business"

# One row a line, as CSV writes it; what each column is in a database stands in `SCHEMA`.
FACTS = {
    "orders": """order_id,line_id,customer_id,ordered_at,item_id,units,amount_minor
A1,1,ann,2024-01-05 10:00:00,tea,2,12.50
A1,2,ann,2024-01-05 10:00:00,cup,1,3.10
B1,1,bob,2024-02-01 09:30:00,pot,1,99.00
A1,3,ann,2024-03-01 18:00:00.25,tea,-2,-12.50
C1,1,,2024-03-02 18:00:00,tea,1,6.25
D1,1,dee,2024-03-20 18:00:00,tea,1,6.25
E1,1,eve,2024-04-02 18:00:00,tea,1,6.25
""",
    "customers": """customer_id,signed_up_at,region,may_contact_email,mobile,known_at
ann,2023-01-01,NULL,true,09120000001,2023-01-01 08:00:00+03:30
bob,2023-02-01,north,false,+98 912 000 0002,2023-02-01 08:00:00+03:30
""",
    "tickets": """complaint_id,phone,opened_at,handling_cost_minor
T1,0912 000 0001,2024-02-10 09:00:00,1.255
T2,09129999999,2024-02-11 09:00:00,
""",
}
SCHEMA = {
    "orders": "order_id text, line_id int, customer_id text, ordered_at timestamp, item_id text, "
    "units bigint, amount_minor numeric(12, 2)",
    "customers": "customer_id text, signed_up_at date, region text, may_contact_email boolean, mobile text, "
    "known_at timestamptz",
    "tickets": "complaint_id text, phone text, opened_at timestamp, handling_cost_minor numeric(20, 6)",
}
TABLES = {
    "customers": {
        "columns": {
            name: name for name in ("customer_id", "signed_up_at", "region", "may_contact_email", "known_at")
        },
        "identities": {"phone": "mobile"},
    },
    "complaints": {
        "columns": {
            "complaint_id": "complaint_id",
            "customer_id": {"column": "phone", "identity": "phone"},
            "opened_at": "opened_at",
            "handling_cost_minor": "handling_cost_minor",
        },
    },
}
FILES = {"complaints": "tickets"}


def rows_of(table):
    """The facts as values of a database; nothing where the text says so."""
    for line in FACTS[table].splitlines()[1:]:
        yield [None if text in ("", "NULL") else text for text in line.split(",")]


def fill(execute, marks):
    """Create and fill the tables; `marks` is the database's placeholder."""
    for table, columns in SCHEMA.items():
        execute(f"CREATE TABLE {table} ({columns})")
        places = ", ".join([marks] * len(columns.replace("(12, 2)", "").replace("(20, 6)", "").split(",")))
        for row in rows_of(table):
            execute(f"INSERT INTO {table} VALUES ({places})", row)


@pytest.fixture(scope="module")
def postgres(postgres_server):
    with psycopg.connect(postgres_server, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        fill(connection.execute, "%s")
    return postgres_server


@pytest.fixture(scope="module")
def duckdb_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("duckdb") / "shop.duckdb"
    with duckdb.connect(path) as connection:
        fill(connection.execute, "?")
    return f"duckdb://{path}"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to run in, with the facts as CSV and as queries."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_ID_KEY", SECRET)
    monkeypatch.delenv("HOLDFAST_WAREHOUSE_URL", raising=False)
    for name in ("csv", "queries"):
        (tmp_path / name).mkdir()
    for table, text in FACTS.items():
        (tmp_path / "csv" / f"{table}.csv").write_text(text)
    (tmp_path / "queries" / "orders.sql").write_text("SELECT * FROM orders;\n")
    (tmp_path / "queries" / "customers.sql").write_text("SELECT * FROM customers;\n")
    (tmp_path / "queries" / "tickets.sql").write_text("SELECT * FROM tickets;\n")
    return tmp_path


def settings(folder, kind, path, ending, **source):
    tables = {
        name: {**mapping, "file": f"{FILES.get(name, name)}.{ending}"} for name, mapping in TABLES.items()
    }
    section = {
        "kind": kind, "path": path, "currency": "GBP", "amount_unit": "major", "timezone": "Asia/Tehran",
        "phone_country_code": "98", "extracted_at": "2024-04-01", "tables": tables,
    } | source  # fmt: skip
    values = {"source": section, "ingest": {"max_rejected_share": 0.5}}
    (folder / "params.yaml").write_text(json.dumps(values))


def from_csv(folder, **source):
    settings(folder, "files", "csv", "csv", **source)
    return written()


def from_warehouse(folder, url, **source):
    settings(folder, "warehouse", "queries", "sql", url=url, **source)
    return written()


def written():
    """The tables that a run writes, by name, byte for byte."""
    ingest.main()
    return {path.name: path.read_bytes() for path in paths.TABLES.glob("*.parquet")}


@pytest.mark.parametrize("warehouse", ["duckdb_file", "postgres"])
def test_a_warehouse_gives_the_tables_that_files_give(folder, warehouse, request):
    expected = from_csv(folder)
    assert len(expected) == 4
    assert from_warehouse(folder, request.getfixturevalue(warehouse)) == expected


@pytest.mark.parametrize("warehouse", ["duckdb_file", "postgres"])
def test_a_warehouse_loses_the_rows_that_files_lose(folder, warehouse, request):
    from_csv(folder)
    expected = read_summary(paths.TABLES).rows
    from_warehouse(folder, request.getfixturevalue(warehouse))
    assert read_summary(paths.TABLES).rows == expected


@pytest.mark.parametrize("warehouse", ["duckdb_file", "postgres"])
def test_what_is_typed_is_not_read_by_the_conventions_of_texts(folder, warehouse, request):
    expected = from_csv(folder)
    url = request.getfixturevalue(warehouse)
    assert from_warehouse(folder, url, calendar="jalali", decimal_mark=",") == expected


@pytest.mark.parametrize("warehouse", ["duckdb_file", "postgres"])
def test_a_long_answer_is_read_like_a_short_one(folder, warehouse, request, monkeypatch):
    expected = from_csv(folder)
    monkeypatch.setattr(files, "whole_or_long", partial(whole_or_long, most=2))
    assert from_warehouse(folder, request.getfixturevalue(warehouse)) == expected


def test_a_day_alone_is_a_whole_day(folder, postgres):
    from_warehouse(folder, postgres)
    signed_up = read_table(paths.TABLES / "customers.parquet")["signed_up_at"].to_pylist()[0]
    assert signed_up.isoformat() == "2023-01-01T20:30:00+00:00"  # midnight in Tehran, at the day's end


def test_the_url_of_the_environment_wins(folder, postgres, duckdb_file, monkeypatch):
    expected = from_warehouse(folder, duckdb_file)
    monkeypatch.setenv("HOLDFAST_WAREHOUSE_URL", postgres)
    assert from_warehouse(folder, "duckdb:///no/such/file.duckdb") == expected


def test_orders_without_line_numbers_are_numbered_as_in_files(folder, postgres):
    columns = "order_id, customer_id, ordered_at, item_id, amount_minor"
    query = f"SELECT {columns} FROM orders ORDER BY order_id, line_id"
    (folder / "queries" / "orders.sql").write_text(query)
    from_warehouse(folder, postgres)
    rows = read_table(paths.TABLES / "orders.parquet").to_pylist()
    assert [(row["order_id"], row["line_id"]) for row in rows[:2]] == [("A1", "1"), ("A1", "2")]


def test_no_key_or_password_is_written(folder, duckdb_file, monkeypatch):
    from_warehouse(folder, duckdb_file)
    texts = [str(read_table(path).to_pylist()) for path in (folder / "data").rglob("*.parquet")]
    texts += [path.read_text() for path in (folder / "data").rglob("*.json")]
    assert not [text for text in texts if "912000000" in text or "912 000" in text or "duckdb" in text]


def test_a_warehouse_without_the_instant_it_speaks_for_is_refused(folder, duckdb_file):
    with pytest.raises(BadSource, match="extracted_at"):
        from_warehouse(folder, duckdb_file, extracted_at=None)


def test_a_warehouse_without_a_query_for_orders_is_refused(folder, duckdb_file):
    (folder / "queries" / "orders.sql").unlink()
    with pytest.raises(BadSource, match=r"allowed: orders\.sql"):
        from_warehouse(folder, duckdb_file)


def test_a_missing_column_is_named_with_its_query(folder, duckdb_file):
    (folder / "queries" / "orders.sql").write_text("SELECT order_id, line_id FROM orders")
    with pytest.raises(BadSource, match=r"orders\.sql lacks customer_id"):
        from_warehouse(folder, duckdb_file)


def test_a_password_in_the_settings_is_refused_before_anybody_is_asked(folder):
    with pytest.raises(BadSource, match="holds a password") as caught:
        from_warehouse(folder, "postgres://ann:hunter2@127.0.0.1:1/shop")
    assert "hunter2" not in caught.value.message
