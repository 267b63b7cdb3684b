"""Constant money: which level counts when, and what becomes of an amount."""

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.prices import Prices, in_constant_money, prices_of
from models.contract.tables import ORDERS, PRICE_INDEX
from models.domain.instants import DAY, to_micros
from models.features.catalogue import CATALOGUE
from models.features.fingerprint import fingerprint
from models.learned.figures import Figures
from models.learned.lifetime_value import ValueEstimate
from models.learned.reasons import sentence

NO_INDEX = Prices(np.empty(0, np.int64), np.empty(0))


def day(text):
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def index_of(*rows):
    """(period_start, index, known_at) by day, all in UTC."""
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    start, index, known = columns
    kind = PRICE_INDEX.column("known_at").kind.arrow
    return pa.table({"period_start": start.cast(kind), "index": index, "known_at": known.cast(kind)})


def prices(*rows, zone="UTC"):
    return prices_of(index_of(*((day(start), value, day(known)) for start, value, known in rows)), zone)


SPRING = prices(
    ("2024-01-01", 200.0, "2024-02-20"), ("2024-02-01", 210.0, "2024-03-20"),
    ("2024-03-01", 240.0, "2024-04-20"),
)  # fmt: skip


def orders(*amounts, at="2024-06-01", margins=None):
    moments = pa.array([day(at)] * len(amounts)).cast(pa.timestamp("us", tz="UTC"))
    table = pa.table({"ordered_at": moments, "amount_minor": pa.array(amounts, pa.int64())})
    return table if margins is None else table.append_column("margin_minor", pa.array(margins, pa.int64()))


def constant(table, level):
    found = in_constant_money(table, ORDERS, Prices(np.array([0]), np.array([level]), date(1970, 1, 1)))
    return {name: found[name].to_pylist() for name in found.column_names if name.endswith("_minor")}


@pytest.mark.parametrize(
    ("at", "level"),
    [
        ("2024-01-15", 1.0),  # nothing is known yet
        ("2024-02-20", 1.0),
        ("2024-03-19", 1.0),
        ("2024-03-20", 1.05),
        ("2024-04-20", 1.2),
        ("2030-01-01", 1.2),
    ],
)
def test_the_newest_value_known_at_a_moment_counts(at, level):
    assert SPRING.level_at(day(at)) == pytest.approx(level)


def test_a_late_value_of_an_earlier_period_changes_nothing():
    late = prices(
        ("2024-01-01", 100.0, "2024-02-01"), ("2024-02-01", 130.0, "2024-03-01"),
        ("2024-01-01", 150.0, "2024-04-01"),
    )  # fmt: skip
    assert late.level_at(day("2024-05-01")) == pytest.approx(1.3)


def test_a_revision_of_the_newest_period_counts_from_its_publication():
    revised = prices(
        ("2024-01-01", 100.0, "2024-02-01"), ("2024-02-01", 130.0, "2024-03-01"),
        ("2024-02-01", 140.0, "2024-03-15"),
    )  # fmt: skip
    levels = [revised.level_at(day(at)) for at in ("2024-03-14", "2024-03-15")]
    assert levels == pytest.approx([1.3, 1.4])


def test_of_several_values_published_at_once_the_last_period_counts():
    at_once = prices(("2024-02-01", 130.0, "2024-04-01"), ("2024-01-01", 100.0, "2024-04-01"))
    assert at_once.level_at(day("2024-04-01")) == pytest.approx(1.3)


def test_constant_money_does_not_depend_on_the_base_that_an_office_chooses():
    rebased = prices(
        ("2024-01-01", 100.0, "2024-02-20"), ("2024-02-01", 105.0, "2024-03-20"),
        ("2024-03-01", 120.0, "2024-04-20"),
    )  # fmt: skip
    assert rebased.level == pytest.approx(SPRING.level)


def test_constant_money_is_named_after_the_first_local_day_of_the_index():
    tehran = prices(
        ("2024-03-19T20:30:00", 1.0, "2024-05-01"), ("2024-04-19", 2.0, "2024-06-01"), zone="Asia/Tehran"
    )
    assert tehran.money == "prices of 2024-03-20"


def test_an_amount_is_divided_by_the_level_of_its_own_day():
    assert constant(orders(300, -150), 1.5) == {"amount_minor": [200, -100]}


def test_halves_go_to_even():
    assert constant(orders(1, 3, 5, -5), 2.0)["amount_minor"] == [1, 2, 2, -2]


@pytest.mark.parametrize(("amount", "kept"), [(1, 1), (-1, -1), (0, 0)])
def test_an_amount_keeps_its_sign_however_small_it_becomes(amount, kept):
    assert constant(orders(amount), 900.0)["amount_minor"] == [kept]


def test_every_amount_of_a_row_is_brought_to_the_same_money():
    assert constant(orders(300, margins=[90]), 3.0) == {"amount_minor": [100], "margin_minor": [30]}


def test_an_amount_that_nobody_knows_stays_unknown():
    assert constant(orders(300, 600, margins=[None, 90]), 3.0)["margin_minor"] == [None, 30]


def test_without_an_index_a_table_is_left_as_it_is():
    table = orders(300)
    assert in_constant_money(table, ORDERS, NO_INDEX) is table


def test_without_an_index_every_level_is_one():
    assert NO_INDEX.levels_at(np.array([0, 10**18])).tolist() == [1.0, 1.0]


def test_without_an_index_money_has_no_name():
    assert NO_INDEX.money is None


@settings(deadline=None)
@given(st.lists(st.integers(-(10**15), 10**15), min_size=1), st.floats(0.001, 1000))
def test_amounts_keep_their_order(amounts, level):
    amounts = sorted(amounts)
    found = constant(orders(*amounts), level)["amount_minor"]
    assert found == sorted(found)


@settings(deadline=None)
@given(st.integers(-(10**12), 10**12), st.floats(1, 1000))
def test_an_amount_comes_back_to_within_half_a_unit_of_the_older_money(amount, level):
    (found,) = constant(orders(amount), level)["amount_minor"]
    assert abs(found * level - amount) <= max(level / 2, level - abs(amount)) * (1 + 1e-9)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.floats(1, 100), st.integers(0, 60)), min_size=1))
def test_the_level_of_a_moment_never_reads_what_was_published_later(values):
    rows = [(30 * DAY * start, index, 30 * DAY * start + DAY * delay) for start, index, delay in values]
    base = (0, 1.0, 0)
    everything = prices_of(index_of(base, *rows), "UTC")
    for moment in (at for _, _, at in rows):
        then = prices_of(index_of(base, *(row for row in rows if row[2] <= moment)), "UTC")
        assert then.level_at(moment) == everything.level_at(moment)


def test_features_in_constant_money_are_other_features():
    assert fingerprint(CATALOGUE, "prices of 2024-01-01") != fingerprint(CATALOGUE)


def test_features_in_the_money_of_other_years_are_other_features():
    assert fingerprint(CATALOGUE, "prices of 2024-01-01") != fingerprint(CATALOGUE, "prices of 2020-01-01")


def test_worth_is_brought_to_another_level_whole():
    worth = ValueEstimate(np.array([400.0]), np.array([100.0]), np.array([250.0])).at_level(2.0)
    assert (worth.stake.item(), worth.lifetime.item()) == (600.0, 500.0)


def test_a_reason_tells_amounts_in_todays_money():
    figures = Figures({"spend_365": 0}, (12_050.0,), "EUR", price_level=2.0)
    assert sentence("monetary", figures) == "spent 241.00 EUR in the last 365 days"
