"""The parts of the oracle's expectations, each against many draws of the law that it sums up."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.sources.simulator.catalogue import stock
from pipelines.sources.simulator.complaints import wish_complaints
from pipelines.sources.simulator.customers import invent_customers
from pipelines.sources.simulator.expected_fading import TURNED, expected_over_fading
from pipelines.sources.simulator.expected_margin import margin_of_an_order
from pipelines.sources.simulator.fading import FADES_OVER_DAYS
from pipelines.sources.simulator.law_of_complaints import MIND_MADE_UP_DAYS, judge
from pipelines.sources.simulator.orders import Orders, fill_baskets, wish_orders
from pipelines.sources.simulator.pending import Pending
from pipelines.sources.simulator.reasons import DEATH, NATURAL_SHARES
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import shop_time
from pipelines.sources.simulator.silent_problems import LEAVES_AFTER_DAYS
from pipelines.sources.simulator.toll import expected_loss

SETTINGS = SimulatorSettings(customers=1_000, years=2, price_growth_per_year=0.0)
DEVIATIONS = 4.0
DRAWS = 200_000
ORDERS_EACH = 150


@pytest.fixture(scope="module")
def time():
    return shop_time(SETTINGS, "UTC")


@pytest.fixture(scope="module")
def customers(time):
    return invent_customers(SETTINGS, time, "UTC")


def apart(drawn, told):
    """By how many standard errors the mean of independent draws lies from what was told."""
    return (drawn - told).mean() / (drawn - told).std() * np.sqrt(len(drawn))


@pytest.fixture(scope="module", params=[0.0, 0.5, 1.0])
def baskets(request, customers, time):
    """What orders earned of customers who have turned away so far, and what the law expects, by customer."""
    customer = np.repeat(np.arange(len(customers)), ORDERS_EACH)
    orders = Orders(customer, np.full(len(customer), time.start))
    turned = np.full(len(orders), request.param)
    lines = fill_baskets(SETTINGS, customers, stock(SETTINGS), orders, turned=turned, start=time.start)
    earned = np.bincount(lines.order[~lines.returned], lines.margin_minor[~lines.returned], len(orders))
    return earned, margin_of_an_order(SETTINGS, customers, stock(SETTINGS), request.param)[customer]


@pytest.mark.parametrize("band", range(5))
def test_a_basket_earns_what_habits_and_tastes_let_expect(baskets, customers, band):
    """Habits are bands of a circle: in each, other articles are the customers' own."""
    earned, told = baskets
    among = np.repeat((customers.habit * 5).astype(int) == band, ORDERS_EACH)
    assert abs(apart(earned[among], told[among])) < DEVIATIONS


def test_the_law_of_baskets_is_told_within_a_hundredth(baskets):
    earned, told = baskets
    assert earned.mean() == pytest.approx(told.mean(), rel=0.01)


@pytest.mark.parametrize("reprieve", [0.0, 30.0, 90.0, 200.0])
@pytest.mark.parametrize("hazard", [0.0003, 0.003, 0.03])
def test_fading_is_averaged_over_the_partings_that_may_come(hazard, reprieve):
    rng, margin = np.random.default_rng(5), np.array([10.0, 9.0, 7.5, 7.0, 3.0])
    parting = reprieve + rng.exponential(1 / hazard, DRAWS)
    slow = rng.random(DRAWS) >= NATURAL_SHARES[DEATH]
    turned = np.clip(1 - parting / FADES_OVER_DAYS, 0, 1) * slow
    told = expected_over_fading(margin[None], np.array([hazard]), np.array([[reprieve]]))[0, 0]
    drawn = np.interp(turned, TURNED, margin)
    assert drawn.mean() == pytest.approx(told, abs=DEVIATIONS * drawn.std() / np.sqrt(DRAWS) + 1e-9)


@pytest.fixture(scope="module")
def taken(time):
    """Shares of complainants that forty shops lose, and that the mean over their handling told."""
    shops = [replace(SETTINGS, seed=seed, complaint_share=0.3) for seed in range(40)]
    return np.transpose([_taken(shop, time) for shop in shops])


def _taken(shop, time):
    people = invent_customers(shop, time, "UTC")
    complaints = wish_complaints(shop, people, wish_orders(shop, people, time), time.start)
    verdicts = [judge(seed, people, complaints) for seed in range(10)]
    return np.mean([one.lost.mean() for one in verdicts]), expected_loss(verdicts[0].base, complaints).mean()


def test_complaints_take_as_many_as_the_mean_over_how_they_are_handled(taken):
    lost, told = taken
    assert abs(apart(lost, told)) < DEVIATIONS


def test_what_complaints_take_is_told_within_a_hundredth(taken):
    """Gestures too, without which it would be told a twenty-fifth higher."""
    lost, told = taken
    assert lost.mean() == pytest.approx(told.mean(), rel=0.01)


@pytest.mark.parametrize("days", [5.0, 20.0, 60.0])
@pytest.mark.parametrize("since", [2.0, 10.0, 30.0])
@pytest.mark.parametrize("voiced", [True, False])
def test_who_hesitates_over_a_trouble_is_there_as_often_as_draws_are(voiced, since, days):
    rng, lost, hazard = np.random.default_rng(3), 0.4, 0.002
    mean = MIND_MADE_UP_DAYS if voiced else LEAVES_AFTER_DAYS
    spared = 90 - since if voiced else 0.0
    decided = rng.random(DRAWS) < lost
    parting = np.where(decided, mean * np.minimum(rng.standard_exponential(DRAWS), 5) - since, np.inf)
    nature = spared + rng.exponential(1 / hazard, DRAWS)
    leaves = np.where(decided & voiced, parting, np.minimum(parting, nature))
    pending = Pending(
        hazard=np.array([hazard]),
        spared=np.array([spared]),
        early=np.zeros(1),
        joined=np.array([400.0]),
        customer=np.zeros(1, np.int64),
        since=np.array([since]),
        odds=np.array([lost / (1 - lost)]),
        voiced=np.array([voiced]),
    )
    drawn = (leaves > days)[leaves > 0]
    assert abs(apart(drawn * 1.0, pending.at(np.array([days]))[0, 0])) < DEVIATIONS
