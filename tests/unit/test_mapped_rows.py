"""Rows of a file as rows of the contract, by a mapping: each row read gets one fate."""

from pathlib import Path

import pyarrow as pa
import pytest

from models.contract.business_hours import BusinessHours
from models.contract.fates import count
from models.contract.refusals import refused_rows
from models.domain.errors import BadSource
from models.domain.settings import settings_from
from pipelines.sources.csv_text import LINE
from pipelines.sources.identity import by_key
from pipelines.sources.mapped import WITHHELD, map_rows
from pipelines.sources.source import SourceSettings
from pipelines.sources.table_plan import plan_of

SOURCE = {"kind": "files", "path": "x", "currency": "EUR", "amount_unit": "major", "timezone": "UTC"}
ORDER = {
    "order_id": "No",
    "line_id": "Line",
    "customer_id": "Who",
    "ordered_at": "When",
    "amount_minor": "Sum",
}
LINES = {
    "No": ["A", "A", "B"], "Line": ["1", "2", "1"], "Who": ["ann", "ann", "bob"],
    "When": ["2024-01-05", "2024-01-05", "2024-02-01"], "Sum": ["1.50", "2", "3"],
}  # fmt: skip
TICKET = {"complaint_id": "Id", "customer_id": "Who", "opened_at": "Opened"}


def planned(rows, mapping, table="orders", **source):
    settings = settings_from(SourceSettings, SOURCE | source | {"tables": {table: mapping}}, where="source")
    headings = [name for name in rows if name != LINE]
    return plan_of(table, settings.tables[table], headings, Path("file.csv"), settings)


def mapped(rows, mapping, table="orders", **source):
    as_read = pa.table({name: pa.array(values, pa.string()) for name, values in rows.items()})
    return map_rows(as_read, planned(rows, mapping, table, **source))


def orders(mapping=None, **rows):
    return mapped(LINES | rows, {"columns": ORDER} | (mapping or {}))


def counts(found):
    return count(found.read.fates)


def column(found, name):
    return found.read.rows[name].to_pylist()


def test_renamed_columns_become_those_of_the_contract():
    assert column(orders(), "amount_minor") == [150, 200, 300]


def test_columns_stand_in_the_contracts_order():
    shuffled = {name: ORDER[name] for name in reversed(ORDER)}
    assert orders({"columns": shuffled}).read.rows.column_names == list(ORDER)


def test_rows_that_fail_a_condition_are_out_of_scope():
    found = orders({"where": [{"column": "State", "in": ["paid"]}]}, State=["paid", "open", None])
    assert counts(found).out_of_scope == 2


def test_rows_out_of_scope_are_counted_by_condition():
    where = [{"column": "State", "in": ["paid"]}, {"column": "Kind", "not_in": ["test"]}]
    found = orders({"where": where}, State=["paid", "open", "paid"], Kind=["test", "test", "real"])
    assert found.findings == {
        ("orders", "rows out of scope: State not in paid"): 1,
        ("orders", "rows out of scope: Kind in test"): 1,
    }


def test_a_row_out_of_scope_is_not_refused_for_its_values():
    found = orders(
        {"where": [{"column": "State", "in": ["paid"]}]}, State=["paid", "open", "paid"], Sum=["1", "x", "2"]
    )
    assert (counts(found).out_of_scope, counts(found).rejected) == (1, 0)


def test_a_row_that_names_nobody_is_out_of_scope():
    assert counts(orders(Who=["ann", None, "bob"])).out_of_scope == 1


def test_a_line_of_another_length_is_refused_before_anything_else():
    nothing = {name: [*values[:2], None] for name, values in LINES.items()}
    found = mapped(nothing | {LINE: [None, None, "B,1"]}, {"columns": ORDER})
    assert counts(found).reasons == {"wrong_length": 1}


def test_a_line_of_another_length_is_kept_as_it_was():
    nothing = {name: [*values[:2], None] for name, values in LINES.items()}
    found = mapped(nothing | {LINE: [None, None, "B,1"]}, {"columns": ORDER})
    assert refused_rows(found.read.as_read, found.read.fates)[LINE].to_pylist() == ["B,1"]


def test_a_line_that_may_hold_a_key_of_a_person_is_not_kept():
    rows = {name: [*values[:2], None] for name, values in LINES.items()} | {"Phone": ["1", "2", None]}
    plan = {"columns": ORDER, "identities": {"text": "Phone"}}
    found = mapped(rows | {LINE: [None, None, "B,0912"]}, plan)
    assert found.read.as_read[LINE].to_pylist()[-1] == WITHHELD


def test_only_columns_that_are_read_are_kept():
    assert orders(Name=["Ann", "Ann", "Bob"]).read.as_read.column_names == list(LINES)


def test_an_id_that_swallowed_a_whole_line_is_refused():
    swallowed = "A\nA,2,ann,2024-01-05,2\nB,1"
    assert counts(orders(No=[swallowed, "A", "B"], **{LINE: [None] * 3})).reasons == {"wrong_length": 1}


def test_an_id_with_a_line_break_is_an_id():
    assert counts(orders(No=["A\nx", "A", "B"], **{LINE: [None] * 3})).accepted == 3


def test_without_line_numbers_identical_lines_are_merged_and_the_rest_numbered():
    numberless = {name: heading for name, heading in ORDER.items() if name != "line_id"}
    rows = {"No": ["A", "A", "A"], "Who": ["ann"] * 3, "When": ["2024-01-05"] * 3, "Sum": ["1", "1", "2"]}
    found = mapped(rows, {"columns": numberless})
    assert (counts(found).merged, column(found, "line_id")) == (1, ["1", "2", "3"])


def test_lines_that_differ_in_a_column_that_is_not_read_are_two_lines():
    numberless = {name: heading for name, heading in ORDER.items() if name != "line_id"}
    rows = {
        "No": ["A"] * 2,
        "Who": ["ann"] * 2,
        "When": ["2024-01-05"] * 2,
        "Sum": ["1", "1"],
        "Colour": ["x", "y"],
    }
    assert counts(mapped(rows, {"columns": numberless})).merged == 0


def test_an_amount_may_be_quantity_times_price():
    found = orders(
        {"columns": ORDER | {"amount_minor": {"product": ["Pieces", "Price"]}}},
        Pieces=["2", "-1", "0.5"], Price=["1.50", "2", "0.333"],
    )  # fmt: skip
    assert column(found, "amount_minor") == [300, -200, 17]


def test_products_that_had_to_be_rounded_are_counted():
    found = orders(
        {"columns": ORDER | {"amount_minor": {"product": ["Pieces", "Price"]}}},
        Pieces=["2", "-1", "0.5"], Price=["1.50", "2", "0.333"],
    )  # fmt: skip
    assert found.findings == {
        (
            "orders.amount_minor",
            "amounts have decimals beyond the minor unit and were rounded, halves to even",
        ): 1
    }


def test_a_product_of_something_that_is_no_number_is_refused():
    found = orders(
        {"columns": ORDER | {"amount_minor": {"product": ["Pieces", "Price"]}}},
        Pieces=["2", "two", None], Price=["1", "1", "1"],
    )  # fmt: skip
    assert counts(found).reasons == {"not_a_number": 1}


def test_a_column_may_have_a_unit_of_its_own():
    found = orders(
        {"columns": ORDER | {"margin_minor": {"column": "Gain", "amount_unit": "minor"}}},
        Gain=["5", "6", "7"],
    )
    assert column(found, "margin_minor") == [5, 6, 7]


def test_a_word_that_a_value_map_does_not_name_refuses_the_row():
    kind = {"column": "Kind", "values": {"good": "tea"}}
    found = orders({"columns": ORDER | {"category": kind}}, Kind=["good", "odd", None])
    assert counts(found).reasons == {"unmapped": 1}


def test_a_mapped_currency_is_checked():
    found = orders({"columns": ORDER | {"currency": "Cur"}}, Cur=["EUR", "USD", None])
    assert counts(found).reasons == {"other_currency": 1}


def tickets(resolved, hours=None, **rows):
    settings = {} if hours is None else {"business_hours": hours}
    file = {"Id": ["1", "2"], "Who": ["ann", "bob"], "Opened": ["2024-01-05 16:00", "2024-01-06 10:00"]}
    columns = {"columns": TICKET | {"resolved_at": resolved}}
    return mapped(file | rows, columns, "complaints", **settings)


def test_a_duration_ends_so_long_after_its_beginning():
    found = tickets({"after": "opened_at", "column": "Minutes", "unit": "minutes"}, Minutes=["90", None])
    assert [end and end.isoformat() for end in column(found, "resolved_at")] == [
        "2024-01-05T17:30:00+00:00",
        None,
    ]


def test_a_duration_in_business_hours_ends_when_the_business_is_open():
    hours = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}
    clock = {"after": "opened_at", "column": "Minutes", "unit": "minutes", "clock": "business"}
    found = tickets(clock, hours, Minutes=["90", None])
    assert column(found, "resolved_at")[0].isoformat() == "2024-01-08T09:30:00+00:00"


def test_a_duration_that_is_none_refuses_the_row():
    found = tickets({"after": "opened_at", "column": "Minutes", "unit": "minutes"}, Minutes=["-5", "1"])
    assert counts(found).reasons == {"not_a_time": 1}


def test_a_duration_may_be_translated_first():
    fast = {
        "after": "opened_at",
        "column": "Minutes",
        "unit": "minutes",
        "values": {"0": None},
        "others": "keep",
    }
    assert column(tickets(fast, Minutes=["0", "1"]), "resolved_at")[0] is None


def test_attributes_stand_beside_the_customers_columns():
    rows = {"Who": ["ann"], "Since": ["2024-01-05"], "Level": ["gold"], "Age": ["30"]}
    plan = {
        "columns": {"customer_id": "Who", "known_at": "Since"},
        "attributes": {
            "tier": {"column": "Level", "kind": "category"},
            "age": {"column": "Age", "kind": "number"},
        },
    }
    found = mapped(rows, plan, "customers").read.rows
    assert (found["attribute_tier"].to_pylist(), found["attribute_age"].to_pylist()) == (["gold"], [30.0])


def test_a_key_is_not_taken_for_a_customers_id():
    plan = {"columns": ORDER | {"customer_id": {"column": "Who", "identity": "email"}}}
    with pytest.raises(ValueError, match="look the customers up first"):
        mapped(LINES, plan)


def test_customers_that_were_looked_up_own_the_rows():
    plan = planned(LINES, {"columns": ORDER | {"customer_id": {"column": "Who", "identity": "email"}}})
    as_read = pa.table(LINES)
    found = map_rows(as_read, plan, by_key(pa.array(["c1", None, "c2"])))
    assert (column(found, "customer_id"), counts(found).out_of_scope) == (["c1", None, "c2"], 1)


def test_the_headings_that_hold_keys_are_known():
    plan = {
        "columns": ORDER | {"customer_id": {"column": "Who", "identity": "email"}},
        "identities": {"phone": "no"},
    }
    assert planned(LINES, plan).keys == {"No": "phone", "Who": "email"}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"columns": {"order_id": "No"}}, "does not say where customer_id, ordered_at, amount_minor"),
        ({"columns": ORDER | {"item_id": "Artikel"}}, r"lacks Artikel.*Correct source\.tables\.orders"),
        ({}, "lacks order_id, customer_id, ordered_at, amount_minor"),
        ({"columns": ORDER, "where": [{"column": "Stat", "is_null": True}]}, "lacks Stat"),
        ({"columns": ORDER, "identities": {"phone": "Mobile"}}, "lacks Mobile"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_is_refused(mapping, message):
    with pytest.raises(BadSource, match=message):
        mapped(LINES, mapping)


def test_columns_that_are_not_read_are_named():
    plan = planned(LINES | {"Colour": [], "Size": []}, {"columns": ORDER})
    assert plan.notes == ("file.csv: Colour, Size are not columns of orders and were not used",)


def test_one_column_that_is_not_read_is_named():
    plan = planned(LINES | {"Email": []}, {"columns": ORDER})
    assert plan.notes == ("file.csv: Email is no column of orders and was not used",)


def test_the_table_says_otherwise_than_the_source_and_the_column_than_the_table():
    mapping = {
        "timezone": "Asia/Tehran", "calendar": "jalali",
        "columns": ORDER | {"known_at": {"column": "When", "calendar": "gregorian", "order": "day_first"}},
    }  # fmt: skip
    said = planned(LINES, mapping).conventions
    known = said.of("known_at")
    assert (said.of("ordered_at").calendar, known.calendar, known.date_order, known.timezone) == (
        "jalali", "gregorian", "day_first", "Asia/Tehran",
    )  # fmt: skip


def test_business_hours_belong_to_the_plan():
    hours = {"days": ["sat"], "opens": "09:00", "closes": "12:00"}
    assert planned(LINES, {"columns": ORDER}, business_hours=hours).hours == BusinessHours(
        ("sat",), "09:00", "12:00"
    )
