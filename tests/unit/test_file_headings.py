"""The headings of a file: one name a column, found however a person writes it."""

from pathlib import Path

import pytest

from models.domain.errors import BadSource
from pipelines.sources.headings import find, locate, named, require_several

FILE = Path("shop.csv")


def refused(call, *arguments):
    with pytest.raises(BadSource) as caught:
        call(*arguments)
    return caught.value.message


@pytest.mark.parametrize(
    ("wanted", "heading"),
    [
        ("Order No", "order_no."),
        ("شماره سفارش", "شماره سفارش"),
        ("شماره سفارش", "شماره‌سفارش"),
        ("تاریخ ثبت", "تاريخ ثبت"),
        ("کد کالا", "كد كالا"),
        ("قیمت", "قیـمت"),
        ("Satisfaction Score", "Satisfaction score"),
    ],
)
def test_a_heading_is_found_however_its_letters_are_written(wanted, heading):
    assert find(wanted, ["other", heading]) == heading


def test_the_heading_written_the_same_wins_over_one_with_the_same_letters():
    assert find("total", ["Total!", "total"]) == "total"


def test_a_heading_that_several_columns_may_be_is_not_found():
    assert find("total", ["Total!", "TOTAL?"]) is None


def test_a_column_without_a_heading_is_named_by_its_place():
    assert named(FILE, ["a", "", "c"]) == ("a", "column 2", "c")


@pytest.mark.parametrize("headings", [["", "", "c"], [None, None], []])
def test_a_first_row_that_is_mostly_empty_is_no_heading(headings):
    assert "does not begin with a row of headings" in refused(named, FILE, headings)


@pytest.mark.parametrize("headings", [["a", "b", "a"], ["كد", "کد"], ["a", " a"]])
def test_two_columns_of_one_name_are_refused(headings):
    assert "several columns of one name" in refused(named, FILE, headings)


@pytest.mark.parametrize(("heading", "mark"), [("a;b;c", '";"'), ("a\tb", '"\\t"'), ("a|b", '"|"')])
def test_a_heading_that_another_delimiter_parts_names_it(heading, mark):
    assert f"delimiter: {mark}" in refused(require_several, FILE, [heading], ",")


def test_a_single_heading_without_any_delimiter_is_left_alone():
    require_several(FILE, ["a"], ",")


def test_a_missing_heading_is_named_with_what_the_file_has():
    message = refused(locate, ["Preis"], ["id", "price"], FILE, "source.tables.orders")
    assert "lacks Preis; allowed: its columns are id, price" in message


def test_the_nearest_heading_is_suggested():
    message = refused(locate, ["Custmer"], ["Customer", "Date"], FILE, "source.tables.orders")
    assert "Is Custmer the column Customer?" in message


def test_more_columns_than_a_spreadsheet_holds_are_refused():
    assert "at most 16,384" in refused(named, FILE, [f"c{number}" for number in range(20_000)])
