"""A table of somebody's columns in the contract's types, by what the source declares."""

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest

from models.contract.columns import Column, Kind, Table
from models.contract.conform import conform, sentences
from models.contract.conventions import ColumnConventions, Conventions
from models.contract.fates import ACCEPTED, OUT_OF_SCOPE, count
from models.domain.errors import BadSource
from models.domain.vocabulary import AmountUnit, Calendar, DateOrder

SALES = Table(
    name="sales",
    grain="one sale",
    key=("sale_id",),
    event="sold_at",
    columns=(
        Column("sale_id", Kind.ID, "the sale"),
        Column("shop", Kind.CATEGORY, "where"),
        Column("sold_at", Kind.INSTANT, "when"),
        Column("paid_at", Kind.INSTANT, "when it was paid"),
        Column("amount", Kind.MONEY, "how much"),
        Column("cost", Kind.MONEY, "at what cost"),
        Column("units", Kind.INTEGER, "how many"),
        Column("weight", Kind.NUMBER, "how heavy"),
        Column("gift", Kind.BOOLEAN, "for somebody else"),
    ),
)
LONDON = Conventions("Europe/London", AmountUnit.MAJOR, "GBP")
TEHRAN = Conventions("Asia/Tehran", AmountUnit.TOMAN, "IRR", calendar=Calendar.JALALI)

NO_SUCH_TIME = "local times did not exist (clock change) and were moved to the first instant after the gap"


def conformed(columns, conventions=LONDON, fates=None):
    table = pa.table(columns)
    fates = np.zeros(table.num_rows, np.int8) if fates is None else np.array(fates, np.int8)
    return conform(table, SALES, conventions, fates)


def column(name, values, conventions=LONDON):
    return conformed({name: values}, conventions).table[name].to_pylist()


@pytest.mark.parametrize("name", ["sale_id", "shop"])
def test_an_id_or_a_category_is_one_however_it_is_written(name):
    assert column(name, ["كC۱۲", "\u200fک C١٢ ", "کC12", "\u200c"]) == ["کC12", "ک C12", "کC12", None]


def test_a_numeric_id_becomes_text_and_one_that_is_no_number_is_missing():
    assert column("sale_id", pa.array([12.0, float("nan"), None])) == ["12", None, None]


def test_a_column_in_dictionary_encoding_is_read_like_any_other():
    assert column("sale_id", pa.array(["۱", "1", None]).dictionary_encode()) == ["1", "1", None]


def test_a_source_s_conventions_hold_for_all_its_columns():
    read = conformed({"sold_at": ["۱۴۰۳/۰۵/۰۳ ۱۴:۰۵"], "amount": ["۱۲٬۵۰۰"]}, TEHRAN).table
    assert (read["sold_at"][0].as_py(), read["amount"][0].as_py()) == (
        datetime(2024, 7, 24, 10, 35, tzinfo=UTC),
        125_000,
    )


def test_a_column_may_differ_from_its_source():
    own = {
        "paid_at": ColumnConventions("UTC", Calendar.GREGORIAN, DateOrder.DAY_FIRST),
        "cost": ColumnConventions(amount_unit=AmountUnit.RIAL, decimal_mark=","),
    }
    conventions = Conventions("Asia/Tehran", AmountUnit.TOMAN, "IRR", Calendar.JALALI, overrides=own)
    read = conformed(
        {
            "sold_at": ["1403/05/03 14:05"],
            "paid_at": ["24/07/2024 10:35"],
            "amount": ["12.5"],
            "cost": ["12,0"],
        },
        conventions,
    ).table
    assert read.to_pylist() == [
        {
            "sold_at": datetime(2024, 7, 24, 10, 35, tzinfo=UTC),
            "paid_at": datetime(2024, 7, 24, 10, 35, tzinfo=UTC),
            "amount": 125,
            "cost": 12,
        }
    ]


def test_a_typed_day_is_gregorian_whatever_the_texts_are():
    assert column("sold_at", pa.array([date(2024, 7, 24)]), TEHRAN) == [
        datetime(2024, 7, 24, 20, 30, tzinfo=UTC)
    ]


def test_a_typed_number_has_a_point_whatever_the_texts_have():
    comma = Conventions("UTC", AmountUnit.MAJOR, "GBP", decimal_mark=",")
    assert column("amount", pa.array([1.125]), comma) == [112]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("amount", ["1e99"]), ("amount", ["-1e99"]), ("amount", [float("nan")]), ("amount", [float("inf")]),
        ("units", ["99999999999999999999"]), ("units", [2.5]), ("units", [float("inf")]), ("weight", ["inf"]),
        ("weight", ["nan"]), ("gift", ["perhaps"]), ("sold_at", ["45497"]), ("sold_at", [45497]),
        ("amount", [True]),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_or_out_of_range_but_never_stops_the_run(name, values):
    read = conformed({name: values})
    beyond = name == "amount" and abs(read.table[name][0].as_py() or 0) > 10**15
    assert beyond or count(read.fates).rejected == 1


@pytest.mark.parametrize("values", [[[1]], [{"a": 1}], [b"\xff"]])
def test_what_is_no_plain_value_stops_the_run_with_the_remedy(values):
    with pytest.raises(BadSource, match="Write the column as text"):
        conformed({"amount": values})


def test_a_row_that_is_settled_has_no_say_in_the_calendar_or_the_unit():
    read = conformed(
        {"sold_at": ["1403/05/03", "2024-07-24"], "amount": ["5 €", "5 £"]}, fates=[OUT_OF_SCOPE, ACCEPTED]
    )
    assert read.fates.tolist() == [OUT_OF_SCOPE, ACCEPTED]


def test_clock_changes_are_counted_in_words():
    times = ["2021-03-28 01:30", "2021-03-28 01:45", "2021-10-31 01:30", "2021-06-01 12:00"]
    assert conformed({"sold_at": times}).notes == (
        f"sales.sold_at: 2 {NO_SUCH_TIME}",
        "sales.sold_at: 1 local times occurred twice (clock change) and were read as the first of the two",
    )


def test_a_row_that_is_not_accepted_is_not_counted():
    assert conformed({"sold_at": ["2021-03-28 01:30"], "units": ["x"]}).notes == ()


def test_findings_of_parts_may_be_added_up_before_they_become_words():
    assert sentences({("sales.sold_at", "times were strange"): 1234}) == (
        "sales.sold_at: 1,234 times were strange",
    )


def test_midnights_read_as_dates_are_told_whether_typed_or_text():
    days = [datetime(2024, 1, day) for day in range(1, 21)]  # noqa: DTZ001 - a time without a zone is meant
    typed, texts = conformed({"sold_at": pa.array(days)}), conformed({"sold_at": [str(day) for day in days]})
    assert typed.table.equals(texts.table)
    assert typed.notes == texts.notes
    assert "20 times are all 00:00 and were read as dates" in texts.notes[0]


def test_decimals_beyond_the_minor_unit_are_rounded_and_counted():
    dinars = Conventions("UTC", AmountUnit.MAJOR, "KWD")
    read = conformed({"amount": ["1.2345", "1.2345", "1.234", "2.000000000000004"]}, dinars)
    assert read.table["amount"].to_pylist() == [1234, 1234, 1234, 2000]
    assert read.notes == (
        "sales.amount: 2 amounts have decimals beyond the minor unit and were rounded, halves to even",
    )


def test_fractions_of_minor_units_stop_the_run_with_the_remedy():
    with pytest.raises(BadSource, match=r"`sales\.amount` is declared in minor units of EUR") as stopped:
        column("amount", ["150.65", "20.10", "7.99", "12.00"], Conventions("UTC", AmountUnit.MINOR, "EUR"))
    assert "amount_unit: major" in stopped.value.remedy
    assert stopped.value.given == "150.65"


@pytest.mark.parametrize(
    ("texts", "unit", "currency"),
    [
        (["150.65", "20.5"], AmountUnit.MINOR, "EUR"),
        (["150.65", "20.10", "7.99", *map(str, range(400))], AmountUnit.MINOR, "EUR"),
        (["150.65", "20.5", "7.5", "8.5"], AmountUnit.RIAL, "IRR"),
        (["150.65", "20.5", "7.5", "8.5"], AmountUnit.MINOR, "IRR"),
    ],
    ids=["two", "few of many", "rials", "rials, called minor"],
)
def test_a_few_fractions_or_those_of_rials_are_told(texts, unit, currency):
    (note,) = conformed({"amount": texts}, Conventions("UTC", unit, currency)).notes
    assert "were rounded, halves to even" in note


def test_whole_minor_units_with_a_point_are_no_fractions():
    assert (
        conformed({"amount": ["150.0", "20.00", "7."]}, Conventions("UTC", AmountUnit.MINOR, "EUR")).notes
        == ()
    )
