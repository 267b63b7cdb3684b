"""A world whose books end sooner, and what becomes of offers that somebody else decided on."""

import numpy as np
import pyarrow.compute as pc
import pytest

from benchmarks.two_rounds.shop import ZONE, quietly
from pipelines.sources.simulator.decided import Decided
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

SETTINGS = SimulatorSettings(customers=3_000, years=2, seed=5, offer_strength=2.0, visits_per_order=0.0)
SOONER = 100


@pytest.fixture(scope="module")
def first():
    return simulate(SETTINGS, ZONE, quietly, sooner=SOONER)


@pytest.fixture(scope="module")
def names(first):
    return sorted(set(first.tables["customers"]["customer_id"].to_pylist()))


def after(first, names, face):
    given = Decided("plan", first.extracted_at, names, np.full(len(names), face))
    return simulate(SETTINGS, ZONE, quietly, decided=[given])


@pytest.fixture(scope="module")
def with_coupons(first, names):
    return after(first, names, 1_500)


@pytest.fixture(scope="module")
def without(first, names):
    return after(first, names, 0)


def known_then(world, name, at):
    rows = world.tables[name]
    return rows.filter(pc.less_equal(pc.cast(rows["known_at"], "int64"), at))


def bought_since(world, at):
    orders = world.tables["orders"]
    return pc.count_distinct(
        orders.filter(pc.greater(pc.cast(orders["ordered_at"], "int64"), at))["customer_id"]
    ).as_py()


@pytest.mark.parametrize("name", ["orders", "contacts"])
def test_the_past_is_the_same_whatever_was_decided_after_it(first, with_coupons, name):
    assert known_then(with_coupons, name, first.extracted_at).equals(first.tables[name])


def test_books_that_end_sooner_hold_nothing_later(first):
    assert pc.max(pc.cast(first.tables["orders"]["known_at"], "int64")).as_py() <= first.extracted_at


def test_coupons_bring_back_whom_nothing_would(first, with_coupons, without):
    at = first.extracted_at
    assert bought_since(with_coupons, at) > bought_since(without, at) + 20


def test_coupons_alone_are_used(with_coupons, without):
    used = [
        world.tables["offers"].filter(pc.equal(world.tables["offers"]["campaign_id"], "plan"))["redeemed_at"]
        for world in (with_coupons, without)
    ]
    assert used[0].null_count < len(used[0])
    assert used[1].null_count == len(used[1])


def test_an_offer_to_a_stranger_is_refused(first):
    with pytest.raises(ValueError, match="no customer of this world"):
        after(first, ["nobody"], 500)
