"""What is drawn for each customer follows the laws that docs/simulator.md names."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.domain.instants import DAY
from pipelines.sources.simulator.customers import RATE_SHAPE
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

CUSTOMERS = 6_000


@pytest.fixture(scope="module")
def world():
    return simulate(SimulatorSettings(customers=CUSTOMERS, seed=5), "Europe/Berlin")


def latent(world, name):
    return world.oracle["customers"][name].to_numpy()


def test_rates_of_purchase_are_spread_like_a_gamma(world):
    rate = latent(world, "orders_per_year")
    # The squared coefficient of variation is 1 ÷ shape, and skewness twice the square root of that.
    spread = rate.var() / rate.mean() ** 2
    skewness = np.mean((rate - rate.mean()) ** 3) / rate.std() ** 3
    assert spread == pytest.approx(1 / RATE_SHAPE, rel=0.1)
    assert skewness == pytest.approx(2 / np.sqrt(RATE_SHAPE), rel=0.15)


def test_hazards_of_departure_differ_between_customers(world):
    hazard = latent(world, "departures_per_year")
    assert hazard.std() / hazard.mean() > 0.5


def test_half_buy_at_random_and_the_others_by_habit(world):
    shapes, counts = np.unique(latent(world, "regularity"), return_counts=True)
    assert shapes.tolist() == [1, 2, 4]
    assert counts / CUSTOMERS == pytest.approx([0.5, 0.35, 0.15], abs=0.03)


def test_what_customers_spend_is_lognormal(world):
    orders = world.tables["orders"]
    lines = orders.filter(pc.and_(pc.greater(orders["amount_minor"], 0), pc.equal(orders["units"], 1)))
    logs = np.log(lines["amount_minor"].to_numpy())
    centred = (logs - logs.mean()) / logs.std()
    assert abs(np.mean(centred**3)) < 0.35  # symmetric on the log scale; amounts themselves are far from it
    assert latent(world, "price_taste").std() == pytest.approx(1, abs=0.05)


def test_every_complaint_is_about_an_order_of_the_same_customer(world):
    placed = world.tables["orders"].select(["customer_id", "ordered_at"])
    complaints = world.tables["complaints"].select(["complaint_id", "customer_id", "opened_at"])
    both = complaints.join(placed, "customer_id", join_type="left outer")
    opened, ordered = (both[name].cast(pa.int64()).to_numpy() for name in ("opened_at", "ordered_at"))
    follows = both.filter(pa.array((ordered < opened) & (opened - ordered < 60 * DAY)))
    assert pc.count_distinct(follows["complaint_id"]).as_py() == complaints.num_rows


def test_a_complaint_has_a_handler_once_somebody_answered(world):
    complaints = world.tables["complaints"]
    answered = complaints["first_response_at"].is_valid()
    assert complaints["handled_by"].is_valid().equals(answered)
    assert pc.count_distinct(complaints["handled_by"]).as_py() > 1


@pytest.mark.parametrize("campaign", ["trial", "targeted"])
def test_logged_propensities_are_the_chances_that_were_drawn(world, campaign):
    offers = world.tables["offers"]
    rows = offers.filter(pc.equal(offers["campaign_id"], campaign))
    everybody = rows.num_rows
    for arm in pc.unique(rows["arm"]).to_pylist():
        chance = rows.filter(pc.equal(rows["arm"], arm))["propensity"].to_numpy()
        # Horvitz and Thompson: each arm, weighted by its chances, stands for everybody.
        error = np.sqrt(np.sum((1 - chance) / chance**2))
        assert abs(np.sum(1 / chance) - everybody) < 4 * error


def test_the_targeted_campaign_prefers_the_silent(world):
    offers = world.tables["offers"]
    rows = offers.filter(pc.equal(offers["campaign_id"], "targeted"))
    treated = rows.filter(pc.not_equal(rows["arm"], "none"))["propensity"].to_numpy()
    assert len(np.unique(np.round(treated, 2))) > 5


def test_nobody_logged_a_chance_for_the_campaign_of_intuition(world):
    offers = world.tables["offers"]
    rows = offers.filter(pc.equal(offers["campaign_id"], "intuition"))
    assert (rows.num_rows > 0, rows["propensity"].null_count) == (True, rows.num_rows)
