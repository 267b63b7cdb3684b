"""Files that were looked at, as one proposal: who is linked to whom, what is found, and what stays open."""

from pathlib import Path

import pytest

from models.domain.errors import BadSource, InvalidSetting
from pipelines.mapping_proposal.choosing import proposed
from pipelines.mapping_proposal.contents import contents_of
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.proposal import propose
from pipelines.sources.mapping import Encoding

ANSWERS = {"CURRENCY": "IRR", "UNIT": "toman", "MARGIN": "0.3"}
ORDERS = {
    "Order No": ("1001", "1001", "1002", "1003"),
    "Order Date": ("1402/02/11", "1402/02/11", "1402/02/24", "1402/03/11"),
    "Customer ID": ("c1", "c1", "c2", "c1"),
    "Total": ("358000", "120000", "990000", "72500"),
}
TICKETS = {
    "Ticket ID": ("1", "2", "3"),
    "Mobile": ("09120000001", "+989120000002", "00989120000001"),
    "Created at": ("2023-05-01", "2023-05-02", "2023-05-03"),
}
PEOPLE = {
    "Customer ID": ("c1", "c2"),
    "Mobile": ("09120000001", "09120000002"),
    "Tier": ("gold", "gold"),
    "Name": ("Ann", "Bob"),
}


def looked(name, columns):
    contents = tuple(contents_of(heading, texts) for heading, texts in columns.items())
    return Looked(name, contents, len(contents[0].texts), encoding=Encoding.UTF_8, delimiter=",")


def proposal(*files, **answers):
    return propose([looked(name, columns) for name, columns in files], Path("shop"), {**ANSWERS, **answers})


def tables(*files, **answers):
    return proposal(*files, **answers).source["tables"]


def test_the_orders_calendar_is_the_sources():
    assert proposal(("orders.csv", ORDERS)).source["calendar"] == "jalali"


def test_a_file_in_another_calendar_says_so_itself():
    found = tables(("orders.csv", ORDERS), ("tickets.csv", TICKETS))
    assert (found["orders"].get("calendar"), found["complaints"]["calendar"]) == (None, "gregorian")


def test_the_calendar_is_told():
    plan = proposal(("orders.csv", ORDERS)).plans["orders"]
    assert plan.findings == ("orders.csv: the years 1402 to 1402 are jalali",)


def test_dates_of_two_calendars_are_asked_for():
    mixed = {**ORDERS, "Order Date": ("1402/02/11", "2023-05-01", "1402/02/24", "2023-06-01")}
    assert [one.name for one in proposal(("orders.csv", mixed)).questions] == ["CALENDAR"]


def test_the_table_with_ids_and_phones_says_whose_they_are():
    found = tables(("orders.csv", ORDERS), ("tickets.csv", TICKETS), ("people.csv", PEOPLE))
    assert found["customers"]["identities"] == {"phone": "Mobile"}


def test_phones_that_nobody_needs_are_not_linked():
    assert "identities" not in tables(("orders.csv", ORDERS), ("people.csv", PEOPLE))["customers"]


def test_tickets_of_strangers_are_pointed_out():
    findings = proposal(("orders.csv", ORDERS), ("tickets.csv", TICKETS)).findings
    assert any("no file says whose phone it is" in finding for finding in findings)


def test_the_country_of_phones_is_told():
    found = proposal(("orders.csv", ORDERS), ("tickets.csv", TICKETS))
    assert found.source["phone_country_code"] == "98"
    assert any("+98" in finding for finding in found.findings)


def test_customers_without_dates_are_known_since_the_first_order():
    found = tables(("orders.csv", ORDERS), ("people.csv", PEOPLE))
    assert found["customers"]["columns"]["known_at"] == {"constant": "1402-02-11"}


def test_what_the_contract_has_no_name_for_is_suggested_as_an_attribute():
    plan = proposal(("orders.csv", ORDERS), ("people.csv", PEOPLE)).plans["customers"]
    (setting,) = plan.suggestions.values()
    assert setting == {"attributes": {"tier": {"column": "Tier", "kind": "category"}}}


def test_a_time_zone_follows_from_a_currency_of_one_country_and_is_told():
    found = proposal(("orders.csv", ORDERS))
    assert found.source["timezone"] == "Asia/Tehran"
    assert any("TIMEZONE=… says otherwise" in finding for finding in found.findings)


def test_a_time_zone_that_a_person_names_is_taken():
    assert proposal(("orders.csv", ORDERS), TIMEZONE="Asia/Kabul").source["timezone"] == "Asia/Kabul"


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(InvalidSetting, match="known time zone"):
        proposal(("orders.csv", ORDERS), TIMEZONE="Asia/Teheran2")


def test_a_currency_of_many_countries_needs_a_time_zone():
    found = proposal(("orders.csv", ORDERS), CURRENCY="EUR", UNIT="major")
    assert [question.name for question in found.questions] == ["TIMEZONE"]


def test_a_margin_column_needs_no_share():
    with_margin = {**ORDERS, "Profit": ("100000", "30000", "300000", "20000")}
    found = propose([looked("orders.csv", with_margin)], Path("shop"), {"CURRENCY": "IRR", "UNIT": "toman"})
    assert (found.questions, found.margin_share) == ((), None)


def test_a_column_of_another_unit_says_so_itself():
    named = {**ORDERS, "Profit (Rial)": ("1000000", "300000", "3000000", "200000")}
    named["Total (Toman)"] = named.pop("Total")
    columns = propose([looked("orders.csv", named)], Path("shop"), {})
    assert columns.source["tables"]["orders"]["columns"]["margin_minor"] == {
        "column": "Profit (Rial)", "amount_unit": "rial",
    }  # fmt: skip


def test_as_of_is_written_where_it_is_given():
    assert proposal(("orders.csv", ORDERS), AS_OF="2023-06-02").source["extracted_at"] == "2023-06-02"


def test_two_files_of_one_table_are_refused():
    with pytest.raises(BadSource, match="two files look like orders"):
        proposal(("orders.csv", ORDERS), ("more.csv", ORDERS))


def test_a_file_of_orders_with_a_cancelled_column_is_no_wide_table():
    columns = {**ORDERS, "Cancelled": ("No", "No", "Yes", "No")}
    assert proposed([looked("orders.csv", columns)], Path("shop"), ANSWERS).source["kind"] == "files"


def test_a_named_label_that_is_not_there_is_refused():
    with pytest.raises(InvalidSetting, match="LABEL names no column"):
        proposed([looked("people.csv", PEOPLE)], Path("shop"), {"LABEL": "churn"})
