"""Customers as most shops hold them: one row each, as it stands today, and nothing that says since when."""

import json

import pyarrow as pa
import pytest

from models.contract.storage import read_summary, read_table
from models.domain.errors import Leakage
from models.domain.instants import iso
from pipelines import ingest, paths
from pipelines.sources import files, long_tables

ORDERS = [
    "order_id,line_id,customer_id,ordered_at,amount_minor",
    "A1,1,ann,2024-01-05 10:00:00Z,12",
    "A2,1,ann,2024-03-01 18:00:00Z,7",
    "B1,1,bob,2024-02-01 09:30:00Z,99",
]
CUSTOMERS = [
    "customer_id,signed_up_at,birth_date,region,may_contact_email,tier",
    "ann,2023-12-24 08:00:00Z,1990-05-01,north,yes,gold",
    "bob,,1985-01-31,south,no,silver",
    "eve,,,,,silver",
]
TIER = {
    "file": "customers.csv",
    "columns": {
        name: name for name in ("customer_id", "signed_up_at", "birth_date", "region", "may_contact_email")
    },
    "attributes": {"tier": {"column": "tier", "kind": "category"}},
}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.csv").write_text("\n".join(ORDERS))
    (tmp_path / "shop" / "customers.csv").write_text("\n".join(CUSTOMERS))
    settings()
    return tmp_path / "shop"


def settings(customers=None, **source):
    names = {name: name for name in ORDERS[0].split(",")}
    tables = {} if customers is None else {"customers": customers, "orders": {"columns": names}}
    section = {
        "kind": "files", "path": "shop", "currency": "EUR", "amount_unit": "minor",
        "timezone": "UTC", "tables": tables,
    } | source  # fmt: skip
    paths.PARAMS.write_text(json.dumps({"source": section, "ingest": {"max_rejected_share": 0.0}}))


def customers():
    return {row["customer_id"]: row for row in read_table(paths.TABLES / "customers.parquet").to_pylist()}


def since():
    return {name: row["known_at"].strftime("%Y-%m-%d %H:%M") for name, row in customers().items()}


def test_a_customer_is_known_since_the_sign_up(shop):
    ingest.main()
    assert since()["ann"] == "2023-12-24 08:00"


def test_without_a_sign_up_a_customer_is_known_since_the_first_order(shop):
    ingest.main()
    assert since()["bob"] == "2024-02-01 09:30"


def test_without_an_order_a_customer_is_known_since_the_newest_fact(shop):
    ingest.main()
    assert since()["eve"] == "2024-03-01 18:00"


def test_without_an_order_a_customer_is_known_since_the_day_of_the_export(shop):
    settings(extracted_at="2024-04-30T12:00:00Z")
    ingest.main()
    assert since()["eve"] == "2024-04-30 12:00"


def test_the_newest_order_stays_as_of(shop):
    ingest.main()
    assert iso(read_summary(paths.TABLES).as_of) == "2024-03-01T18:00:00Z"


def test_a_run_says_since_when_customers_are_taken_as_known(shop):
    ingest.main()
    assert (
        "customers has no known_at: each is taken as known since signed_up_at, else since the first known "
        "order, and who never ordered since as-of" in read_summary(paths.TABLES).notes
    )


def test_without_sign_ups_the_first_order_counts(shop):
    (shop / "customers.csv").write_text("customer_id,region\nann,north\n")
    ingest.main()
    assert since() == {"ann": "2024-01-05 10:00"}


@pytest.mark.parametrize(
    ("name", "value"), [("may_contact_email", True), ("region", "north"), ("birth_date", "1990-05-01")]
)
def test_what_hardly_changes_is_taken(shop, name, value):
    ingest.main()
    found = customers()["ann"][name]
    assert value in (found, str(found)[:10])


def test_rows_of_one_customer_that_disagree_are_refused(shop):
    with (shop / "customers.csv").open("a") as file:
        file.write("\nbob,,1985-01-31,west,no,silver\n")
    settings()
    paths.PARAMS.write_text(paths.PARAMS.read_text().replace("0.0", "0.5"))
    ingest.main()
    assert read_summary(paths.TABLES).rows["customers"].reasons == {"conflicting_duplicate": 2}


def test_customers_too_long_for_the_memory_are_dated_alike(shop, monkeypatch):
    ingest.main()
    whole = read_table(paths.TABLES / "customers.parquet")
    monkeypatch.setattr(files, "whole_or_long", lambda *given: long_tables.whole_or_long(*given, most=1))
    ingest.main()
    assert read_table(paths.TABLES / "customers.parquet").equals(whole)


def test_an_attribute_of_today_stops_the_run_by_name(shop):
    settings(TIER)
    with pytest.raises(Leakage, match=r"customers\.attribute_tier.*source\.static_attributes"):
        ingest.main()


def test_an_attribute_that_never_changes_is_taken_when_that_is_said(shop):
    settings(TIER, static_attributes=["tier"])
    ingest.main()
    assert customers()["ann"]["attribute_tier"] == "gold"


def test_an_attribute_dated_by_the_export_is_known_from_that_day(shop):
    dated = {**TIER, "columns": TIER["columns"] | {"known_at": {"constant": "2024-06-30"}}}
    settings(dated)
    ingest.main()
    assert set(since().values()) == {"2024-07-01 00:00"}


def test_a_day_in_the_settings_needs_no_quotes(shop):
    dated = {**TIER, "columns": TIER["columns"] | {"known_at": {"constant": "2024-06-30"}}}
    settings(dated)
    paths.PARAMS.write_text(paths.PARAMS.read_text().replace('"2024-06-30"', "2024-06-30"))
    ingest.main()
    assert set(since().values()) == {"2024-07-01 00:00"}


def test_a_column_of_days_with_a_gap_still_refuses_the_row(shop):
    (shop / "customers.csv").write_text("customer_id,known_at\nann,2024-01-01\nbob,\n")
    paths.PARAMS.write_text(paths.PARAMS.read_text().replace("0.0", "0.5"))
    ingest.main()
    assert read_summary(paths.TABLES).rows["customers"].reasons == {"missing_key": 1}


def test_dating_keeps_the_contracts_types(shop):
    ingest.main()
    schema = read_table(paths.TABLES / "customers.parquet").schema
    assert schema.field("known_at").type == pa.timestamp("us", "UTC")


def test_customers_of_whom_no_row_can_be_used_are_still_counted(shop):
    (shop / "customers.csv").write_text("customer_id,known_at\nann,soon\nbob,later\n")
    paths.PARAMS.write_text(paths.PARAMS.read_text().replace("0.0", "1.0"))
    ingest.main()
    counts = read_summary(paths.TABLES).rows["customers"]
    assert (counts.read, counts.rejected) == (2, 2)
