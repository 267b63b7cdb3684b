"""Queries of a DuckDB file and of a real PostgreSQL: read-only, at one moment, exact."""

import socket

import duckdb
import psycopg
import pyarrow as pa
import pytest

from models.domain.errors import BadSource
from pipelines.sources.warehouse_queries import opened

FACTS = """
CREATE TABLE facts AS SELECT
    7 AS number, 12.50::numeric(12, 2) AS price, 0.1 * 0.1::numeric(12, 2) AS product,
    TIMESTAMP '2024-01-05 10:00:00' AS local, DATE '2024-01-05' AS day,
    TIMESTAMPTZ '2024-01-05 10:00:00+03:30' AS instant,
    true AS yes, 'tea'::text AS item, 'NULL'::text AS nothing, NULL::text AS missing
"""


@pytest.fixture(scope="module")
def postgres(postgres_server):
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(FACTS)
    return postgres_server


@pytest.fixture(scope="module")
def duckdb_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("duckdb") / "shop.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(FACTS)
    return f"duckdb://{path}"


@pytest.fixture(params=["postgres", "duckdb_file"])
def url(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def answer(url, tmp_path):
    """What the warehouse answers to a query, as one table of texts."""

    def asked(query):
        path = tmp_path / "query.sql"
        path.write_text(query)
        with opened(url) as ask:
            table = pa.Table.from_batches(ask(path))
        return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))

    return asked


@pytest.mark.parametrize(
    ("column", "text"),
    [("number", "7"), ("price", "12.50"), ("day", "2024-01-05"), ("item", "tea")],
)
def test_a_value_is_what_the_warehouse_holds(answer, column, text):
    assert answer(f"SELECT {column} FROM facts")[column].to_pylist() == [text]


def test_a_decimal_keeps_every_digit(answer):
    assert answer("SELECT product FROM facts")["product"].to_pylist()[0].rstrip("0") == "0.01"


def test_a_time_without_zone_stays_without(answer):
    assert answer("SELECT local FROM facts")["local"].to_pylist()[0].startswith("2024-01-05 10:00:00")


def test_an_instant_is_told_in_utc(answer):
    (told,) = answer("SELECT instant FROM facts")["instant"].to_pylist()
    assert told.startswith("2024-01-05 06:30:00")
    assert told.endswith("Z")


@pytest.mark.parametrize("column", ["nothing", "missing"])
def test_a_text_that_says_nothing_is_null_as_in_files(answer, column):
    assert answer(f"SELECT {column} FROM facts")[column].to_pylist() == [None]


@pytest.mark.parametrize("query", ["SELECT item FROM facts;\n", "\n SELECT item FROM facts -- all of them"])
def test_a_query_may_end_as_people_end_one(answer, query):
    assert answer(query).num_rows == 1


def test_a_query_that_finds_nothing_has_its_columns(answer):
    assert answer("SELECT number, item FROM facts WHERE false").column_names == ["number", "item"]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM facts",
        "CREATE TABLE copied AS SELECT * FROM facts",
        "SELECT nosuch FROM facts",
        "SELEC item",
    ],
)
def test_a_query_that_is_no_question_is_refused_with_its_file(answer, query):
    with pytest.raises(BadSource, match=r"query\.sql cannot be answered"):
        answer(query)


@pytest.mark.parametrize("query", ["", "-- SELECT * FROM facts"])
def test_a_file_without_a_query_is_refused_by_name(answer, query):
    with pytest.raises(BadSource, match=r"query\.sql"):
        answer(query)


def test_two_columns_of_one_name_are_refused(answer):
    with pytest.raises(BadSource, match="several columns of one name"):
        answer("SELECT 1 AS a, 2 AS a")


def test_nothing_was_changed(answer):
    with pytest.raises(BadSource):
        answer("DELETE FROM facts")
    assert answer("SELECT * FROM facts").num_rows == 1


def test_a_numeric_beyond_any_type_of_arrow_is_exact(postgres, tmp_path):
    (tmp_path / "query.sql").write_text("SELECT repeat('9', 60)::numeric + 0.01 AS long")
    with opened(postgres) as ask:
        table = pa.Table.from_batches(ask(tmp_path / "query.sql"))
    assert table["long"].to_pylist() == [b"9" * 60 + b".01"]


def test_all_queries_see_one_moment(postgres, tmp_path):
    (tmp_path / "query.sql").write_text("SELECT count(*) AS rows FROM moments")
    with psycopg.connect(postgres, autocommit=True) as other:
        other.execute("CREATE TABLE moments (number int)")
        with opened(postgres) as ask:
            before = pa.Table.from_batches(ask(tmp_path / "query.sql"))
            other.execute("INSERT INTO moments VALUES (1)")
            after = pa.Table.from_batches(ask(tmp_path / "query.sql"))
    assert before.equals(after)


def test_a_warehouse_that_is_not_there_is_named_without_its_password():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        url = f"postgres://ann:hunter2@127.0.0.1:{unused.getsockname()[1]}/shop"
        with pytest.raises(BadSource, match="cannot be reached") as caught, opened(url):
            pass
    assert "hunter2" not in caught.value.message


def test_a_wrong_password_is_not_shown(postgres):
    url = postgres.replace("postgres:@", "nobody:hunter2@")
    with pytest.raises(BadSource, match="nobody") as caught, opened(url):
        pass
    assert "hunter2" not in caught.value.message


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    path = tmp_path / "shop.duckdb"
    with pytest.raises(BadSource, match="cannot be opened"), opened(f"duckdb://{path}"):
        pass
    assert not path.exists()


@pytest.mark.parametrize("url", ["mysql://ann:hunter2@host/shop", "ann:hunter2@host/shop", ""])
def test_another_kind_of_warehouse_is_refused(url):
    with pytest.raises(BadSource, match="no warehouse of this kind") as caught, opened(url):
        pass
    assert "hunter2" not in caught.value.message
