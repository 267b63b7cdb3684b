"""Whatever a cell holds, it is understood, refused or stops the run with a message: never a traceback."""

import contextlib

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.business_hours import BusinessHours
from models.contract.parse_durations import add_business_duration, add_duration
from models.contract.parse_instants import parse_instants
from models.contract.parse_numbers import (
    parse_amounts,
    parse_booleans,
    parse_integers,
    parse_numbers,
    parse_products,
)
from models.domain.errors import BadSource
from models.domain.instants import DAY
from models.domain.vocabulary import AmountUnit, Calendar, DateOrder, DurationUnit

HOURS = BusinessHours(("mon", "thu"), "09:00", "17:30")
PIECES = st.sampled_from(
    ["1", "0", "12", "1403", "2024", "99999999999999999999", "۱۲", "٣", ",", ".", "٬", "٫", "،", "'", " ",
     "\u00a0", "-", "−", "+", "(", ")", "/", ":", "T", "Z", "e", "E99", "am", "ق.ظ", "مرداد", "تومان",
     "ریال", "$", "€", "%", "nan", "inf", "\u200f", "\x00", "\n", "بله"]
)  # fmt: skip
CELLS = st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])), st.lists(PIECES).map("".join))
TEXTS = st.lists(CELLS, max_size=5).map(lambda cells: pa.array(cells, pa.string()))
MARKS = st.sampled_from([".", ","])


def starts(texts):
    return pa.array([DAY] * len(texts)).cast(pa.timestamp("us", "UTC"))


PARSERS = {
    "amounts": lambda texts, mark: parse_amounts(texts, AmountUnit.TOMAN, "IRR", decimal_mark=mark),
    "cents": lambda texts, mark: parse_amounts(texts, AmountUnit.MAJOR, "USD", decimal_mark=mark),
    "products": lambda texts, mark: parse_products(texts, texts, AmountUnit.MAJOR, "USD", decimal_mark=mark),
    "integers": lambda texts, mark: parse_integers(texts, decimal_mark=mark),
    "numbers": lambda texts, mark: parse_numbers(texts, decimal_mark=mark),
    "booleans": lambda texts, _: parse_booleans(texts),
    "instants": lambda texts, _: parse_instants(texts, "Asia/Tehran", "t"),
    "month first": lambda texts, _: parse_instants(texts, "UTC", "t", order=DateOrder.MONTH_FIRST),
    "jalali": lambda texts, _: parse_instants(
        texts, "Asia/Tehran", "t", calendar=Calendar.JALALI, order=DateOrder.DAY_FIRST
    ),
    "durations": lambda texts, mark: add_duration(starts(texts), texts, DurationUnit.DAYS, decimal_mark=mark),
    "open hours": lambda texts, mark: add_business_duration(
        starts(texts), texts, DurationUnit.HOURS, HOURS, "Asia/Tehran", decimal_mark=mark
    ),
}


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS)
@settings(deadline=None)
@given(texts=TEXTS, mark=MARKS)
def test_any_text_has_a_value_or_is_refused_or_stops_the_run_with_a_message(parse, texts, mark):
    with contextlib.suppress(BadSource):
        parsed = parse(texts, mark)
        assert not (parsed.failed & parsed.values.is_valid().to_numpy(zero_copy_only=False)).any()
