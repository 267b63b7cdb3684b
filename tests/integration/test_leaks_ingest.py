"""Leaks planted in a folder of files: ingest stops and names them, unless a person has looked."""

import json

import duckdb
import pytest

from models.contract.storage import read_summary
from models.domain.errors import Leakage
from pipelines import ingest, paths

PEOPLE = 120
MONTHS = range(1, 13)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    written(
        tmp_path / "shop" / "orders.csv", ["order_id,line_id,customer_id,ordered_at,amount_minor", *orders()]
    )
    settings(tmp_path)
    return tmp_path / "shop"


def written(path, lines):
    path.write_text("\n".join(lines) + "\n")


def orders():
    for number in range(PEOPLE):
        for month in MONTHS:
            amount = 9_000 if number % 2 else 1_000
            yield f"o{number}-{month},1,c{number},2023-{month:02}-{number % 27 + 1:02} 10:00:00,{amount}"


def settings(folder, accepted=(), **source):
    shop = {"kind": "files", "path": "shop", "currency": "EUR", "amount_unit": "minor"}
    limits = {"max_rejected_share": 0.2, "accept_suspects": list(accepted)}
    values = {"source": shop | {"timezone": "Europe/Berlin"} | source, "ingest": limits}
    (folder / "params.yaml").write_text(json.dumps(values))


OPENED = "09:{:02}:11"
LATER = "17:{:02}:00"


def complaints(shop, **clocks):
    """A rated complaint of each customer; `clocks` say when, on the day of opening, each fact happened."""
    clocks = {"opened_at": OPENED, **clocks}
    rows = (
        ",".join([f"k{number},c{number},2", *(moment(number, clock) for clock in clocks.values())])
        for number in range(PEOPLE)
    )
    written(shop / "complaints.csv", [",".join(["complaint_id,customer_id,satisfaction", *clocks]), *rows])


def moment(number, clock):
    return f"2023-06-{number % 28 + 1:02} {clock.format(number % 60)}"


def customers(shop, known_at):
    tiers = (f"c{number},{'gold' if number % 2 else 'silver'},{known_at}" for number in range(PEOPLE))
    written(shop / "customers.csv", ["customer_id,tier,known_at", *tiers])


TIERS = {
    "orders": {
        "file": "orders.csv",
        "columns": {
            name: name for name in ("order_id", "line_id", "customer_id", "ordered_at", "amount_minor")
        },
    },
    "customers": {
        "file": "customers.csv",
        "columns": {"customer_id": "customer_id", "known_at": "known_at"},
        "attributes": {"tier": {"column": "tier", "kind": "category"}},
    },
}


def test_a_final_satisfaction_dated_at_opening_stops_the_run_by_name(shop):
    complaints(shop, resolved_at=OPENED)
    with pytest.raises(
        Leakage, match=r"complaints\.satisfaction is known at opened_at already in 120 of 120 rows"
    ):
        ingest.main()


def test_a_leak_in_a_warehouse_stops_the_run_by_name(shop):
    complaints(shop, resolved_at=OPENED)
    queries = shop.parent / "queries"
    queries.mkdir()
    with duckdb.connect(shop.parent / "shop.duckdb") as connection:
        for table in ("orders", "complaints"):
            connection.execute(f"CREATE TABLE {table} AS FROM '{shop}/{table}.csv'")
            (queries / f"{table}.sql").write_text(f"SELECT * FROM {table}")
    where = {"url": f"duckdb://{shop.parent}/shop.duckdb", "extracted_at": "2024-01-31"}
    settings(shop.parent, kind="warehouse", path="queries", **where)
    with pytest.raises(
        Leakage, match=r"complaints\.satisfaction is known at opened_at already in 120 of 120"
    ):
        ingest.main()


def test_a_leak_in_several_files_of_one_table_stops_the_run_by_name(shop):
    complaints(shop, resolved_at=OPENED)
    head, *rows = (shop / "complaints.csv").read_text().splitlines()
    for month in range(4):
        written(shop / f"desk-{month}.csv", [head, *rows[month::4]])
    settings(shop.parent, tables={"complaints": {"files": ["desk-*.csv"]}})
    with pytest.raises(
        Leakage, match=r"complaints\.satisfaction is known at opened_at already in 120 of 120"
    ):
        ingest.main()


def test_a_satisfaction_dated_at_resolution_is_taken(shop):
    complaints(shop, resolved_at=LATER)
    ingest.main()
    assert read_summary(paths.TABLES).has("complaints", "satisfaction")


def test_a_resolution_known_before_it_happened_is_named_rather_than_its_rows_refused(shop):
    complaints(shop, resolved_at=LATER, resolved_known_at=OPENED)
    with pytest.raises(Leakage, match=r"complaints\.resolved_known_at lies before resolved_at itself in 120"):
        ingest.main()


def test_a_leak_leaves_no_table_behind(shop):
    complaints(shop, resolved_at=OPENED)
    with pytest.raises(Leakage):
        ingest.main()
    assert not paths.TABLES.exists()


def test_what_a_person_accepted_is_taken_with_a_note(shop):
    complaints(shop, resolved_at=OPENED)
    settings(shop.parent, accepted=["complaints.satisfaction", "complaints.resolved_at"])
    ingest.main()
    notes = " ".join(read_summary(paths.TABLES).notes)
    assert "accepted in ingest.accept_suspects: complaints.satisfaction" in notes


def test_todays_tier_on_old_rows_stops_the_run_by_name(shop):
    customers(shop, known_at="2022-12-31 08:00:00")
    settings(shop.parent, tables=TIERS)
    with pytest.raises(Leakage, match=r"customers\.attribute_tier changed for 0 of 120 customers"):
        ingest.main()


def test_todays_tier_dated_by_the_export_is_taken(shop):
    customers(shop, known_at="2023-12-29 08:00:00")
    settings(shop.parent, tables=TIERS)
    ingest.main()
    assert read_summary(paths.TABLES).has("customers", "attribute_tier")


def test_a_tier_that_never_changes_is_taken_when_that_is_said(shop):
    customers(shop, known_at="2022-12-31 08:00:00")
    settings(shop.parent, tables=TIERS, static_attributes=["tier"])
    ingest.main()
    assert read_summary(paths.TABLES).has("customers", "attribute_tier")
