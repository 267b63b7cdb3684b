"""What a server was told becomes tables beside a source's, each fact known from when it was told."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from models.contract.storage import read_summary, read_table
from models.contract.told_events import Shop, told
from models.contract.told_files import write_told
from models.domain.errors import BadSource, InvalidSetting
from models.domain.instants import DAY, HOUR, iso
from pipelines import ingest, paths
from pipelines.sources import files
from pipelines.sources.long_tables import whole_or_long
from serving.store import commands

NOW = 20_000 * DAY
SHOP = Shop("Europe/London")

ORDERS = f"""order_id,line_id,customer_id,ordered_at,amount_minor,item_id
A1,1,ann,{iso(NOW - 40 * DAY)},12.50,tea
B1,1,bob,{iso(NOW - 30 * DAY)},99,pot
"""
COMPLAINTS = f"""complaint_id,customer_id,opened_at,resolved_at,satisfaction
K1,ann,{iso(NOW - 20 * DAY)},,
K2,bob,{iso(NOW - 20 * DAY)},{iso(NOW - 15 * DAY)},
"""
CUSTOMERS = f"""customer_id,region,may_contact_email,known_at
ann,north,true,{iso(NOW - 50 * DAY)}
bob,south,true,{iso(NOW - 50 * DAY)}
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    for name, text in (("orders", ORDERS), ("complaints", COMPLAINTS), ("customers", CUSTOMERS)):
        (tmp_path / "shop" / f"{name}.csv").write_text(text)
    settings(tmp_path)
    return tmp_path


def settings(folder, **source):
    section = {
        "kind": "files", "path": "shop", "currency": "GBP", "amount_unit": "major",
        "timezone": "Europe/London", "also": "event_store", "also_path": "told",
    } | source  # fmt: skip
    values = {"source": section, "ingest": {"max_rejected_share": 0.2}}
    (folder / "params.yaml").write_text(json.dumps(values))


def tell(*events):
    """Write an export of these events, each a type, when it became known, and what it says."""
    whole = []
    for number, (kind, customer, known, said) in enumerate(events):
        named = {"event_id": f"e{number}", "type": kind, "customer_id": customer, "known_at": iso(known)}
        one = told({**named, **said}, SHOP, NOW)
        whole.append((one.event_id, one.customer_id, one.known_at, one.payload))
    write_told(whole, Path("told"))


def an_order(order_id="N1", customer="ann", at=NOW - 2 * DAY, known=NOW - DAY, amount=700):
    lines = [{"line_id": "1", "amount_minor": amount, "item_id": "cup"}]
    return "order", customer, known, {"order_id": order_id, "ordered_at": iso(at), "lines": lines}


def table(name):
    return read_table(paths.TABLES / f"{name}.parquet")


def micros(column):
    return column.cast("int64").to_pylist()


def test_a_told_order_is_known_from_when_it_was_told(shop):
    tell(an_order())
    ingest.main()
    rows = table("orders")
    assert (rows["order_id"].to_pylist(), micros(rows["known_at"])) == (
        ["A1", "N1", "B1"],
        [NOW - 40 * DAY, NOW - DAY, NOW - 30 * DAY],
    )


def test_an_order_that_the_source_holds_is_there_once(shop):
    tell(an_order("A1", at=NOW - 40 * DAY, known=NOW - 40 * DAY, amount=1250))
    ingest.main()
    assert table("orders")["order_id"].to_pylist() == ["A1", "B1"]


def test_reading_the_same_export_again_changes_nothing(shop):
    tell(an_order(), ("consent.changed", "bob", NOW, {"may_contact_email": False}))
    ingest.main()
    first = {path.name: path.read_bytes() for path in paths.TABLES.iterdir()}
    ingest.main()
    assert {path.name: path.read_bytes() for path in paths.TABLES.iterdir()} == first


def test_rows_are_accounted_for(shop):
    tell(an_order(), an_order("A1", at=NOW - 40 * DAY, known=NOW - 40 * DAY))
    ingest.main()
    counts = read_summary(paths.TABLES).rows["orders"]
    assert (counts.read, counts.accepted, counts.merged) == (4, 3, 1)


def test_the_newest_told_fact_is_the_as_of(shop):
    tell(an_order())
    ingest.main()
    assert read_summary(paths.TABLES).as_of == NOW - DAY


def test_what_was_told_after_as_of_is_not_read(shop):
    settings(shop, extracted_at=iso(NOW - 2 * DAY))
    tell(an_order())
    ingest.main()
    assert table("orders").num_rows == 2


def test_a_told_resolution_and_rating_fill_the_sources_complaints(shop):
    rating = {"complaint_id": "K2", "rated_at": iso(NOW - DAY), "satisfaction": 2}
    tell(
        ("complaint.resolved", "ann", NOW - DAY, {"complaint_id": "K1", "resolved_at": iso(NOW - 2 * DAY)}),
        ("complaint.rated", "bob", NOW - HOUR, rating),
    )
    ingest.main()
    rows = {row["complaint_id"]: row for row in table("complaints").to_pylist()}
    told_at = [iso_of(rows["K1"]["resolved_known_at"]), iso_of(rows["K2"]["satisfaction_known_at"])]
    assert (told_at, rows["K2"]["satisfaction"]) == ([iso(NOW - DAY), iso(NOW - HOUR)], 2)


def iso_of(moment):
    return moment.isoformat().replace("+00:00", "Z")


def test_a_withdrawn_consent_is_a_version_that_keeps_the_rest(shop):
    tell(("consent.changed", "ann", NOW, {"may_contact_email": False}))
    ingest.main()
    rows = [row for row in table("customers").to_pylist() if row["customer_id"] == "ann"]
    assert [(row["region"], row["may_contact_email"]) for row in rows] == [("north", True), ("north", False)]


def test_a_told_customer_and_a_table_that_the_source_lacks_are_there(shop):
    answer = {"survey_id": "S", "answered_at": iso(NOW), "kind": "nps", "score": 9}
    tell(an_order(customer="eve"), ("survey.answered", "eve", NOW, answer))
    ingest.main()
    assert table("surveys")["customer_id"].to_pylist() == ["eve"]
    assert "eve" in table("orders")["customer_id"].to_pylist()


def test_a_row_of_another_customer_is_not_taken_over(shop):
    tell(an_order("A1", customer="bob"))
    ingest.main()
    rows = table("orders").to_pylist()
    assert [(row["order_id"], row["customer_id"]) for row in rows] == [("A1", "ann"), ("B1", "bob")]


def test_what_waits_for_an_opening_is_said(shop):
    tell(("complaint.resolved", "ann", NOW, {"complaint_id": "K9", "resolved_at": iso(NOW)}))
    ingest.main()
    notes = read_summary(paths.TABLES).notes
    assert any("complaints: of the rows told to a server" in note and "1 lack" in note for note in notes)


def test_a_missing_export_is_told_with_the_remedy(shop):
    with pytest.raises(BadSource, match=r"python -m serving export FOLDER.*source\.also_path"):
        ingest.main()


def test_a_damaged_export_is_not_read(shop):
    tell(an_order())
    with (shop / "told" / "events.parquet").open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(BadSource, match="damaged"):
        ingest.main()


def test_without_the_setting_no_export_is_read(shop):
    settings(shop, also=None)
    ingest.main()
    assert table("orders").num_rows == 2


def test_one_wide_table_has_no_place_for_events(shop):
    settings(shop, kind="table")
    with pytest.raises(InvalidSetting, match=r"`source\.also` has no meaning"):
        ingest.main()


def in_parts(*given):
    """Every table in parts, as if none fitted the memory."""
    found = whole_or_long(*given, most=1)
    assert not isinstance(found, pa.Table)
    return found


def test_a_table_too_long_for_the_memory_is_joined_as_well(shop, monkeypatch):
    tell(an_order(), ("complaint.resolved", "ann", NOW, {"complaint_id": "K1", "resolved_at": iso(NOW)}))
    ingest.main()
    short = {name: table(name) for name in ("orders", "complaints", "customers")}
    monkeypatch.setattr(files, "whole_or_long", in_parts)
    ingest.main()
    assert {name: table(name) for name in short} == short


def test_what_was_posted_is_exported_and_in_the_tables_once(shop, client_for, make_serving_folder):
    kind, customer, known, said = an_order()
    event = {"event_id": "posted", "type": kind, "customer_id": customer, "known_at": iso(known), **said}
    with client_for(make_serving_folder(customers=3)) as client:
        for _ in range(2):
            assert client.post("/v1/events", json=event).status_code == 200
        url = f"sqlite:///{shop / 'serving-stores' / 'events.db'}"
        assert commands.export(url, ["told"]) == 0
    ingest.main()
    ingest.main()
    rows = table("orders")
    posted = [row for row in rows.to_pylist() if row["order_id"] == "N1"]
    assert [(row["amount_minor"], iso_of(row["known_at"])) for row in posted] == [(700, iso(known))]
