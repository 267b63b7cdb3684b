"""What a mapping may say, checked when it is built."""

from dataclasses import replace
from datetime import date

import pytest
import yaml

from models.domain.errors import InvalidSetting
from models.domain.settings import plain, settings_from
from models.domain.vocabulary import AmountUnit, DurationUnit, IdentityKind
from pipelines.sources.mapping import ColumnSource, Condition, Others, TableMapping
from pipelines.sources.source import SourceKind, SourceSettings

SHOP = """
kind: files
path: shop
currency: IRR
amount_unit: toman
timezone: Asia/Tehran
tables:
  orders:
    file: فروش.csv
    delimiter: ";"
    encoding: cp1256
    columns:
      order_id: شماره سفارش
      customer_id: {column: موبایل, identity: phone}
      ordered_at: {column: تاریخ, time: ساعت, order: year_first}
      amount_minor: {product: [تعداد, قیمت واحد]}
    where:
      - {column: وضعیت, in: [تکمیل شده]}
      - {any: [{column: نوع, not_in: [آزمایشی]}, {column: نوع, is_null: true}]}
    identities: {phone: موبایل}
  customers:
    file: مشتری.csv
    attributes: {tier: {column: سطح, kind: category}}
"""


def source(tables=None, **other):
    values = yaml.safe_load(SHOP) | other
    return settings_from(
        SourceSettings, values if tables is None else values | {"tables": tables}, where="source"
    )


def orders(**mapping):
    return {"orders": {"file": "o.csv"} | mapping}


def refused(tables, **other):
    with pytest.raises(InvalidSetting) as caught:
        source(tables, **other)
    return caught.value.message


def test_a_mapping_is_read_from_yaml():
    assert source().tables["orders"].columns["order_id"] == ColumnSource("شماره سفارش")


def test_a_condition_is_read_from_yaml():
    assert source().tables["orders"].where[0] == Condition("وضعیت", among=("تکمیل شده",))


def test_a_condition_may_be_a_choice_of_conditions():
    assert [each.tests for each in source().tables["orders"].where[1].any_of] == [
        ("not_among",),
        ("is_null",),
    ]


def test_an_identity_is_read_from_yaml():
    assert source().tables["orders"].identities == {IdentityKind.PHONE: "موبایل"}


def test_what_was_read_can_be_written_and_read_again():
    assert settings_from(SourceSettings, plain(source()), where="source") == source()


def test_without_tables_the_files_carry_the_contracts_names():
    assert not TableMapping("o.csv").maps


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"basket": {}}, "no table of the contract"),
        (orders(columns={"colour": "c"}), "names no column of orders"),
        (orders(columns={"order_id": {"column": "a", "constant": 3}}), "read from one place"),
        (orders(columns={"order_id": {}}), "read from one place"),
        (orders(columns={"amount_minor": {"product": ["a"]}}), "two factors"),
        (orders(columns={"order_id": {"product": ["a", "b"]}}), "holds no money"),
        (orders(columns={"order_id": {"column": "a", "time": "b"}}), "holds no instant"),
        (orders(columns={"ordered_at": {"column": "a", "unit": "days"}}), "`unit` needs `after`"),
        (orders(columns={"ordered_at": {"column": "a", "after": "known_at"}}), "`after` needs `unit`"),
        (
            orders(columns={"ordered_at": {"column": "a", "after": "ordered_at", "unit": "days"}}),
            "no other instant of the table",
        ),
        (orders(columns={"order_id": {"column": "a", "others": "null"}}), "`others` needs `values`"),
        (orders(columns={"order_id": {"column": "a", "identity": "phone"}}), "no customer"),
        (orders(columns={"order_id": {"column": "a", "values": {True: "x"}}}), "YAML reads Yes"),
        (orders(columns={"order_id": {"column": "a", "values": {"x": ["y"]}}}), "one word or number"),
        (orders(columns={"order_id": {"column": "a", "values": {1: "x", "b": "y"}}}), "mixes words"),
        (orders(where=[{"column": "a", "in": [date(2024, 1, 5)]}]), "a day in quotes"),
        (orders(columns={"amount_minor": {"column": "a", "decimal_mark": ";"}}), "no decimal mark"),
        (orders(columns={"ordered_at": {"column": "a", "timezone": "Mars"}}), "not a known time zone"),
        (orders(where=[{"column": "a"}]), "a condition says one thing"),
        (orders(where=[{"column": "a", "in": ["x"], "is_null": True}]), "a condition says one thing"),
        (orders(where=[{"in": ["x"]}]), "names the column"),
        (orders(where=[{"column": "a", "in": [False]}]), "YAML reads Yes"),
        (orders(delimiter=";;"), "a delimiter is one character"),
        (orders(encoding="latin9"), "not a known word"),
        (orders(preset="zendesk"), "belongs to complaints alone"),
        (orders(attributes={"tier": {"column": "t", "kind": "category"}}), "belongs to customers alone"),
        ({"customers": {"attributes": {"tier": {"column": "t", "kind": "money"}}}}, "cannot be of this kind"),
    ],
)  # fmt: skip
def test_a_mapping_that_makes_no_sense_is_refused_with_a_sentence(tables, message):
    assert message in refused(tables)


def test_the_sentence_says_where_the_mistake_stands():
    assert "Correct source.tables.orders.columns.order_id" in refused(orders(columns={"order_id": {}}))


def test_a_unit_that_belongs_to_another_currency_is_refused():
    column = {"column": "a", "amount_unit": "rial"}
    assert "belongs to IRR" in refused(
        orders(columns={"amount_minor": column}), currency="EUR", amount_unit="major"
    )


@pytest.mark.parametrize(
    ("setting", "value"),
    [("phone_country_code", "+98"), ("decimal_mark", "·"), ("timezone", "Mars"), ("calendar", "lunar")],
)
def test_a_setting_of_the_source_that_cannot_be_is_refused(setting, value):
    with pytest.raises(InvalidSetting, match=setting):
        source(**{setting: value})


def test_a_value_map_may_be_written_with_numbers():
    assert ColumnSource("a", values={1: "low", 2: None}).value_texts == {"1": "low", "2": None}


def test_a_truth_value_is_a_constant():
    assert ColumnSource(constant=True).constant_text == "true"


def test_a_mapping_is_checked_however_it_is_built():
    with pytest.raises(InvalidSetting, match="`unit` needs `after`"):
        replace(ColumnSource("a"), unit=DurationUnit.DAYS)


def test_the_source_passes_on_how_it_writes():
    settings = SourceSettings(
        SourceKind.FILES, "x", "EUR", AmountUnit.MAJOR, "Europe/Berlin", decimal_mark=","
    )
    assert settings.conventions.decimal_mark == ","


def test_a_word_that_the_value_map_does_not_name_is_refused_unless_told_otherwise():
    assert ColumnSource("a", values={"x": 1}).others not in (Others.KEEP, Others.NULL)
