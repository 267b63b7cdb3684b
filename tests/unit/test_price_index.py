"""Which price indices are believed, and from when each value is known."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.conform import Conventions, conform
from models.contract.fates import all_accepted
from models.contract.price_index import checked_index, counted, known_by, reach
from models.contract.storage import SourceSummary
from models.contract.tables import PRICE_INDEX
from models.domain.errors import BadSource
from models.domain.instants import to_micros
from models.domain.vocabulary import AmountUnit

CELL = st.one_of(
    st.sampled_from(
        ["", "2024-04-01", "2024-01-01", "1403/01/01", "9999-12-31", "1e99", "-1", "nan", "۱۲۳", "12,5"]
    ),
    st.text(max_size=12),
)
MONTHS = (("2024-01-01", "100", ""), ("2024-02-01", "103", ""), ("2024-03-01", "106", ""))


def checked(*rows, names=("period_start", "index", "known_at")):
    texts = {
        name: pa.array([value or None for value in column], pa.string())
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }
    read = pa.table(texts)
    conventions = Conventions("UTC", AmountUnit.MINOR, "EUR")
    conformed = conform(read, PRICE_INDEX, conventions, all_accepted(read.num_rows))
    return checked_index(conformed.table, conformed.fates, "prices.csv")


def days(column):
    return [moment.date().isoformat() for moment in column.to_pylist()]


def instant(text):
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def summary(first_order, as_of):
    return SourceSummary("files", "EUR", "UTC", instant(as_of), instant(first_order), {}, {})


def test_a_value_without_a_date_of_its_own_is_known_when_the_next_period_begins():
    assert days(checked(*MONTHS)["known_at"])[:2] == ["2024-02-01", "2024-03-01"]


def test_the_last_value_is_known_a_longest_period_after_its_start():
    assert days(checked(*MONTHS)["known_at"])[-1] == "2024-04-01"


def test_no_column_of_known_at_is_needed():
    bare = checked(*(row[:2] for row in MONTHS), names=("period_start", "index"))
    assert bare.equals(checked(*MONTHS))


def test_a_day_of_publication_ends_before_the_value_is_known():
    dated = checked(("2024-01-01", "100", "2024-02-20"), *MONTHS[1:])
    assert days(dated["known_at"])[0] == "2024-02-21"


def test_a_period_begins_with_its_first_day():
    assert days(checked(*MONTHS)["period_start"])[0] == "2024-01-01"


def test_rows_may_come_in_any_order():
    assert checked(*reversed(MONTHS)).equals(checked(*MONTHS))


def test_a_repeated_row_is_merged():
    assert checked(*MONTHS, MONTHS[0]).num_rows == 3


def test_a_revision_stands_beside_the_value_it_revises():
    assert checked(*MONTHS, ("2024-02-01", "104", "2024-05-01")).num_rows == 4


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("2024-04-01", "abc", ""), r"row 4 of prices\.csv cannot be used: not a number"),
        (("April", "109", ""), r"row 4 of prices\.csv cannot be used: not a time"),
        (("2024-04-01", "109", "soon"), r"row 4 of prices\.csv cannot be used: not a time"),
        (("2024-04-01", "", ""), r"row 4 of prices\.csv cannot be used: missing, or not above 0"),
        (("", "109", ""), r"row 4 of prices\.csv cannot be used: missing"),
        (("2024-04-01", "0", ""), r"row 4 of prices\.csv cannot be used: missing, or not above 0"),
        (("2024-04-01", "-109", ""), r"row 4 of prices\.csv cannot be used: missing, or not above 0"),
        (("2024-04-01", "109", "2024-03-15"), r"row 4 of prices\.csv .* known before its period began"),
        (("2024-03-01", "107", ""), r"two values of one period that became known at once.*2024-03-01"),
        (("2024-04-01", "100001", ""), r"more than 1000 times.*lose their digits"),
        (("2024-04-01", "0.09", ""), r"more than 1000 times.*Leave out the periods"),
    ],
)
def test_an_index_with_a_row_that_cannot_be_is_refused_with_its_number(row, message):
    with pytest.raises(BadSource, match=message):
        checked(*MONTHS, row)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=4))
def test_whatever_stands_in_the_file_the_index_is_believed_or_refused_with_a_remedy(rows):
    try:
        believed = len(checked(*MONTHS, *rows)) >= len(MONTHS)
    except BadSource as refusal:
        believed = bool(refusal.remedy)
    assert believed


def test_one_period_is_no_index():
    with pytest.raises(BadSource, match=r"holds no price index; allowed: at least 2 periods"):
        checked(MONTHS[0])


def test_what_was_published_after_as_of_is_not_known():
    assert known_by(checked(*MONTHS), instant("2024-03-15")).num_rows == 2


def test_every_row_read_is_accounted_for():
    index = checked(*MONTHS, MONTHS[0])
    counts = counted(4, index, known_by(index, instant("2024-03-15")))
    assert (counts.accepted, counts.merged, counts.out_of_scope, counts.rejected) == (2, 1, 1, 0)


def test_an_index_says_what_it_does():
    told = reach(checked(*MONTHS), summary("2024-02-10", "2024-04-30"), "prices.csv")
    learned, shown = told.split(" and told in those of as-of, ")
    assert learned == "amounts are learned from in prices of 2024-01-01"
    assert shown == "which are 1.06 times as high"


def test_lines_from_before_the_first_known_value_are_mentioned():
    told = reach(checked(*MONTHS), summary("2024-01-10", "2024-04-30"), "prices.csv")
    assert told.endswith("; order lines before the first known value are taken as they stand")


@pytest.mark.parametrize(
    ("first_order", "as_of", "gap"),
    [
        ("2022-06-01", "2024-04-30", "between 2022-06-01T00:00:00Z and 2024-02-01"),
        ("2024-02-10", "2025-06-30", "between 2024-04-01T00:00:00Z and 2025-06-30"),
    ],
)
def test_an_index_must_reach_from_the_first_order_to_as_of(first_order, as_of, gap):
    with pytest.raises(BadSource, match=rf"no value that became known {gap}.*at most 400 days"):
        reach(checked(*MONTHS), summary(first_order, as_of), "prices.csv")


def test_a_year_missing_in_the_middle_is_noticed():
    holed = checked(*MONTHS, ("2025-06-01", "140", ""), ("2025-07-01", "143", ""))
    with pytest.raises(BadSource, match="between 2024-03-01T00:00:00Z and 2025-06-01"):
        reach(holed, summary("2024-02-10", "2025-08-30"), "prices.csv")


def test_yearly_values_are_enough():
    years = (("2022-01-01", "100", ""), ("2023-01-01", "140", ""), ("2024-01-01", "196", ""))
    assert "1.96 times" in reach(checked(*years), summary("2023-01-10", "2025-01-30"), "prices.csv")


def test_a_download_day_given_as_known_at_is_pointed_out():
    downloaded = [(start, value, "2024-04-20") for start, value, _ in MONTHS]
    with pytest.raises(BadSource, match="when the file was downloaded is better left out"):
        reach(checked(*downloaded), summary("2022-06-01", "2024-04-30"), "prices.csv")


def test_an_index_of_the_future_is_no_use():
    index = checked(*MONTHS)
    with pytest.raises(BadSource, match="nothing that was known as of 2023-12-31"):
        reach(known_by(index, instant("2023-12-31")), summary("2023-01-01", "2023-12-31"), "prices.csv")


def monthly(values):
    return [
        (f"{2022 + month // 12}-{month % 12 + 1:02}-01", str(value)) for month, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    "values",
    [
        (0.4, 1.1, 2.4, 0.9, 3.1, 4.0, 1.2),
        (2.4, 2.2, 2.5, 2.3, 2.6, 2.4, 2.2),
        (380, 391, 402, 100, 103, 106),
    ],
    ids=["rates that jump", "rates that waver", "another base"],
)
def test_rates_of_change_are_no_levels(values):
    with pytest.raises(BadSource, match=r"looks like rates of change.*the level of prices is needed"):
        checked(*monthly(values), names=("period_start", "index"))


@pytest.mark.parametrize(
    "values",
    [(100, 97, 94, 91, 88.5, 86), (100, 110, 99, 118, 131, 140, 128, 150), (100, 80)],
    ids=["deflation", "two setbacks", "one step"],
)
def test_falling_levels_are_believed(values):
    assert len(checked(*monthly(values), names=("period_start", "index"))) == len(values)


def test_a_revision_is_no_step():
    revised = (
        ("2024-01-01", "60", "2024-03-01"),
        ("2024-01-01", "100", "2024-02-01"),
        ("2024-02-01", "61", ""),
    )
    assert len(checked(*revised)) == 3
