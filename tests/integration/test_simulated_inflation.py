"""Inflation in a simulated world: amounts rise, and nobody behaves otherwise."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.contract.fates import all_accepted
from models.contract.price_index import checked_index
from models.contract.tables import PRICE_INDEX
from models.domain.instants import DAY, from_micros
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

ZONE = "Asia/Tehran"
SMALL = SimulatorSettings(
    customers=1_000, seed=11, face_values_minor=(50_000, 150_000), median_price_minor=240_000
)
INFLATION = 0.4
AMOUNTS = {"amount_minor", "margin_minor", "face_value_minor", "contact_cost_minor", "handling_cost_minor"}
NAMES = ("orders", "customers", "complaints", "contacts", "offers", "surveys", "activity")


@pytest.fixture(scope="module")
def stable():
    return simulate(SMALL, ZONE)


@pytest.fixture(scope="module")
def inflated():
    return simulate(replace(SMALL, inflation_per_year=INFLATION), ZONE)


def micros(column):
    return column.cast(pa.int64()).to_numpy()


def rise(world, column):
    """How many times as high prices are at the instants of a column as on the first day."""
    years = (micros(column) - world.extracted_at) / (DAY * 365.25) + SMALL.years
    return (1 + INFLATION) ** years


@pytest.mark.parametrize("name", NAMES)
def test_customers_orders_and_times_are_those_of_the_world_without_inflation(stable, inflated, name):
    kept = [column for column in stable.tables[name].column_names if column not in AMOUNTS]
    assert inflated.tables[name].select(kept).equals(stable.tables[name].select(kept))


def test_what_only_the_simulator_knows_of_behaviour_is_the_same(stable, inflated):
    truth, same = (world.oracle["customers"].drop_columns(["margin_minor"]) for world in (stable, inflated))
    assert truth.equals(same)


@pytest.mark.parametrize(
    ("name", "amount", "at"),
    [
        ("complaints", "handling_cost_minor", "opened_at"),
        ("offers", "face_value_minor", "assigned_at"),
        ("offers", "contact_cost_minor", "assigned_at"),
    ],
)
def test_every_amount_rises_with_prices(stable, inflated, name, amount, at):
    before, after = (world.tables[name][amount] for world in (stable, inflated))
    known = pc.greater(before, 0).fill_null(False)
    at = stable.tables[name][at].filter(known)
    ratio = after.filter(known).to_numpy() / before.filter(known).to_numpy()
    assert ratio == pytest.approx(rise(stable, at), rel=1e-3)


def test_what_is_paid_and_earned_rises_with_prices(stable, inflated):
    bought = pc.greater(stable.tables["orders"]["amount_minor"], 0)
    before, after = (world.tables["orders"].filter(bought) for world in (stable, inflated))
    for amount in ("amount_minor", "margin_minor"):
        expected = before[amount].to_numpy() * rise(stable, before["ordered_at"])
        assert after[amount].to_numpy() == pytest.approx(expected, rel=1e-3, abs=10)


def test_a_refund_is_what_was_paid(inflated):
    orders = inflated.tables["orders"]
    line = pc.replace_substring(orders["line_id"], "R", "")
    sums = pa.table({"o": orders["order_id"], "l": line, "a": orders["amount_minor"]})
    left = sums.group_by(["o", "l"]).aggregate([("a", "sum")])["a_sum"]
    assert pc.min(left).as_py() == 0


def test_without_inflation_nobody_publishes_an_index(stable):
    assert stable.price_index is None


def test_the_index_fits_the_contract(inflated):
    assert inflated.price_index.schema.equals(PRICE_INDEX.schema())


def test_the_index_is_believed(inflated):
    index = inflated.price_index
    assert checked_index(index, all_accepted(index.num_rows), "it").num_rows == index.num_rows


def test_the_index_rises_as_prices_do(inflated):
    index = inflated.price_index["index"].to_numpy()
    assert index[12:] / index[:-12] == pytest.approx(1 + INFLATION, rel=0.01)


def test_a_month_is_published_some_weeks_after_it_ends(inflated):
    delays = (micros(inflated.price_index["known_at"]) - micros(inflated.price_index["period_start"])) / DAY
    assert (delays.min() >= 28 + 15, delays.max() <= 31 + 26) == (True, True)


def test_months_are_local(inflated):
    starts = inflated.price_index["period_start"].cast(pa.timestamp("us", tz=ZONE))
    assert set(pc.day(starts).to_pylist()) == {1}


def test_a_value_is_known_before_the_first_order(inflated):
    first = pc.min(inflated.tables["orders"]["ordered_at"])
    assert pc.min(inflated.price_index["known_at"]).as_py() <= first.as_py()


def test_nothing_is_published_after_the_end(inflated):
    assert pc.max(inflated.price_index["known_at"]).as_py() <= from_micros(inflated.extracted_at)


def test_the_same_seed_publishes_the_same_index(inflated):
    again = simulate(replace(SMALL, inflation_per_year=INFLATION), ZONE)
    assert again.price_index.equals(inflated.price_index)


def test_prices_may_fall():
    falling = simulate(replace(SMALL, inflation_per_year=-0.2), ZONE)
    assert (np.diff(falling.price_index["index"].to_numpy()) < 0).all()
