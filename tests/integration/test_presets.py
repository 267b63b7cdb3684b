"""Exports of help desks, written from their documented columns, as complaints."""

import shutil
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from models.contract.fates import count
from models.contract.storage import read_table
from models.contract.tables import COMPLAINTS
from models.contract.validation import known_instants, validate
from models.domain.errors import InvalidSetting
from models.domain.settings import settings_from
from pipelines import ingest, paths
from pipelines.sources.identity import by_key
from pipelines.sources.mapped import map_rows
from pipelines.sources.reading import LINE, format_of, read_file
from pipelines.sources.source import SourceSettings
from pipelines.sources.table_plan import plan_of

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXPORTS = {"zendesk": "zendesk_tickets.csv", "freshdesk": "freshdesk_tickets.csv"}
EMAIL = {"zendesk": "Requester email", "freshdesk": "Email"}


def plan_and_rows(preset, mapping=None, file=None, **source):
    path = file or FIXTURES / EXPORTS[preset]
    values = {
        "kind": "files", "path": "unused", "currency": "EUR", "amount_unit": "major", "timezone": "UTC",
        "tables": {"complaints": {"preset": preset} | (mapping or {})},
    }  # fmt: skip
    settings = settings_from(SourceSettings, values | source, where="source")
    table = settings.tables["complaints"]
    rows = pa.Table.from_batches(read_file(path, format_of(table))).combine_chunks()
    headings = [name for name in rows.column_names if name != LINE]
    return plan_of("complaints", table, headings, path, settings), rows


def mapped(preset, mapping=None, **source):
    plan, as_read = plan_and_rows(preset, mapping, **source)
    return map_rows(as_read, plan, by_key(as_read[EMAIL[preset]].combine_chunks()))


def complaints(preset, mapping=None, **source):
    """Accepted complaints by id, instants as text."""
    read = mapped(preset, mapping, **source).read
    rows = validate(read.rows, COMPLAINTS, read.fates, None).rows
    return {
        row["complaint_id"]: {name: _shown(value) for name, value in row.items()} for row in rows.to_pylist()
    }


def _shown(value):
    return value.strftime("%Y-%m-%d %H:%M") if hasattr(value, "strftime") else value


@pytest.mark.parametrize(
    ("preset", "ids"), [("zendesk", ["101", "102", "104", "107"]), ("freshdesk", ["1", "2", "4"])]
)
def test_tickets_that_complain_are_complaints(preset, ids):
    assert sorted(complaints(preset)) == ids


@pytest.mark.parametrize(("preset", "rows"), [("zendesk", (9, 4, 4, 1)), ("freshdesk", (6, 3, 3, 0))])
def test_every_ticket_is_accounted_for(preset, rows):
    counts = count(mapped(preset).read.fates)
    assert (counts.read, counts.accepted, counts.out_of_scope, counts.rejected) == rows


@pytest.mark.parametrize(
    ("preset", "ticket", "expected"),
    [
        (
            "zendesk",
            "101",
            {
                "opened_at": "2024-01-05 16:00", "first_response_at": "2024-01-05 17:35",
                "resolved_at": "2024-01-08 10:30", "channel": "Mail", "reason": "Incident", "severity": 4,
                "satisfaction": 5, "handled_by": "Support",
            },
        ),
        ("zendesk", "102", {"first_response_at": None, "resolved_at": None, "severity": 5}),
        ("zendesk", "102", {"satisfaction": None}),
        ("zendesk", "104", {"satisfaction": 1, "severity": 2, "reason": "Question"}),
        ("zendesk", "107", {"first_response_at": None, "satisfaction": 4}),
        (
            "freshdesk",
            "1",
            {
                "opened_at": "2024-01-05 16:00", "first_response_at": "2024-01-05 17:35",
                "resolved_at": "2024-01-08 10:30", "channel": "Email", "reason": "Problem", "severity": 4,
                "satisfaction": 5, "handled_by": "Support",
            },
        ),
        ("freshdesk", "2", {"first_response_at": None, "resolved_at": None, "severity": 5}),
        ("freshdesk", "2", {"satisfaction": None}),
        ("freshdesk", "4", {"satisfaction": 2, "severity": 2, "reason": "Refund"}),
    ],
)  # fmt: skip
def test_a_ticket_is_read_as_the_desk_documents_it(preset, ticket, expected):
    found = complaints(preset)[ticket]
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("preset", "why"),
    [
        ("zendesk", "Ticket type not in Incident or Problem and Tags without complaint or complaints"),
        ("zendesk", "Tags with closed_by_merge or spam"),
        ("zendesk", "Status in deleted, suspended or spam"),
        ("freshdesk", "Tags with merged or spam"),
        ("freshdesk", "Status in merged, deleted or spam"),
    ],
)
def test_what_is_left_out_is_said_with_its_number(preset, why):
    assert mapped(preset).findings["complaints", f"rows out of scope: {why}"] == 1


@pytest.mark.parametrize("preset", EXPORTS)
def test_the_run_says_which_tickets_are_taken_for_complaints(preset):
    plan, _ = plan_and_rows(preset)
    assert any("taken for a complaint; source.tables.complaints.where" in note for note in plan.notes)


@pytest.mark.parametrize("preset", EXPORTS)
def test_no_name_of_a_person_is_read(preset):
    plan, _ = plan_and_rows(preset)
    assert {"Requester", "Submitter", "Assignee", "Agent", "Full name", "Subject"}.isdisjoint(plan.used)


@pytest.mark.parametrize("preset", EXPORTS)
def test_final_attributes_are_known_at_the_resolution_and_not_at_the_opening(preset):
    read = mapped(preset).read
    rows = validate(read.rows, COMPLAINTS, read.fates, None).rows
    known = known_instants(rows, COMPLAINTS, COMPLAINTS.undated_known_with)
    assert known.to_pylist() == rows["resolved_at"].to_pylist()


def test_a_rating_in_words_of_ones_own_refuses_the_ticket():
    assert count(mapped("zendesk").read.fates).reasons == {"unmapped": 1}


def test_ratings_in_words_of_ones_own_are_mapped():
    own = {"satisfaction": {"column": "Satisfaction Score", "values": {"Bom": 5}, "others": "null"}}
    assert complaints("zendesk", {"columns": own})["108"]["satisfaction"] == 5


def test_a_column_of_the_preset_may_be_left_out():
    assert "satisfaction" not in complaints("zendesk", {"columns": {"satisfaction": None}})["101"]


def test_which_tickets_complain_may_be_said_otherwise():
    own = [{"column": "Priority", "in": ["Urgent"]}]
    assert sorted(complaints("zendesk", {"where": own})) == ["102"]


def test_all_tickets_may_be_complaints():
    assert "103" in complaints("zendesk", {"where": []})


@pytest.mark.parametrize(
    ("preset", "heading"),
    [
        ("zendesk", "First reply time in minutes within business hours"),
        ("freshdesk", "First response time (in hrs)"),
    ],
)
def test_a_duration_that_may_be_in_business_hours_is_not_read_unless_declared(preset, heading):
    own = {"first_response_at": {"after": "opened_at", "column": heading, "unit": "hours"}}
    with pytest.raises(InvalidSetting, match="may be in business hours"):
        mapped(preset, {"columns": own})


def test_a_duration_in_business_hours_is_read_when_they_are_declared():
    week = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}
    heading = "First reply time in minutes within business hours"
    clock = {"after": "opened_at", "column": heading, "unit": "minutes", "clock": "business"}
    found = complaints("zendesk", {"columns": {"first_response_at": clock}}, business_hours=week)
    assert found["101"]["first_response_at"] == "2024-01-05 17:00"


def test_times_are_in_the_zone_that_the_account_has():
    assert complaints("zendesk", {"timezone": "Asia/Tehran"})["101"]["opened_at"] == "2024-01-05 12:30"


def test_an_export_without_the_columns_that_tell_complaints_says_so(tmp_path):
    lines = "Id,Requester email,Created at,Status\n1,ann@example.com,2024-01-05 10:00,Open\n"
    (tmp_path / "t.csv").write_text(lines)
    plan, _ = plan_and_rows("zendesk", file=tmp_path / "t.csv")
    assert any("t.csv has no Ticket type and no Tags, so nothing is left out" in note for note in plan.notes)


@pytest.mark.parametrize("preset", EXPORTS)
def test_an_export_and_a_shop_become_tables_without_an_address(preset, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_ID_KEY", "a secret of some length")
    shop = tmp_path / "shop"
    shop.mkdir()
    shutil.copy2(FIXTURES / EXPORTS[preset], shop)
    (shop / "orders.csv").write_text(
        "order_id,line_id,customer_id,ordered_at,amount_minor\nA,1,c1,2024-01-02,5\nB,1,c2,2024-04-01,5\n"
    )
    (shop / "people.csv").write_text(
        "customer_id,known_at,mail\nc1,2024-01-01, Ann@Example.com\nc2,2024-01-01,bob@example.com\n"
    )
    tables = {
        "customers": {"file": "people.csv", "identities": {"email": "mail"}},
        "complaints": {"file": EXPORTS[preset], "preset": preset},
    }
    source = {"kind": "files", "path": "shop", "currency": "EUR", "amount_unit": "major", "timezone": "UTC"}
    values = {"source": source | {"tables": tables}, "ingest": {"max_rejected_share": 0.2}}
    paths.PARAMS.write_text(yaml.safe_dump(values))
    ingest.main()
    known = read_table(paths.TABLES / "complaints.parquet")
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    left = [path for path in files if b"xample.com" in path.read_bytes()]
    assert (known["customer_id"].to_pylist(), left) == (["c1", "c2"], [])
