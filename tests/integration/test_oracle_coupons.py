"""What the oracle says a coupon of the last day does, against the campaigns' law acting on drawn lives."""

from dataclasses import replace

import numpy as np
import pytest

from pipelines.sources.simulator.campaigns import CAMPAIGNS, Assignment, persuade
from pipelines.sources.simulator.coupons_ahead import coupons_table
from pipelines.sources.simulator.departures import CONTACT
from pipelines.sources.simulator.settings import SimulatorSettings
from tests.oracles.lived_futures import past_of

FACE = 1_500
SETTINGS = SimulatorSettings(customers=6_000, years=2, seed=11, face_values_minor=(FACE,))


@pytest.fixture(scope="module")
def world():
    """What the oracle tells of a coupon for everybody, and what the world's law does with one."""
    past = past_of(SETTINGS)
    told = coupons_table(past.wishes, past.history, past.told).to_pandas()
    told["pull"] = -np.expm1(-FACE / told["telling_minor"])
    everybody = np.arange(len(told))
    given = Assignment(
        replace(CAMPAIGNS[0], name="of the last day"),
        past.end,
        everybody,
        np.ones_like(everybody),
        np.ones(len(told)),
    )
    lives, kept = persuade(SETTINGS, past.history.lives, past.wishes.customers, given)
    woken = (lives.cause == CONTACT) & (past.history.lives.cause != CONTACT)
    return past, told, kept, woken


def apart(drawn, chance):
    """By how many standard deviations a count lies from its expectation."""
    return (drawn.sum() - chance.sum()) / np.sqrt((chance * (1 - chance)).sum())


@pytest.mark.parametrize("still_there", [True, False])
def test_a_coupon_keeps_as_many_as_foretold(world, still_there):
    past, told, kept, _ = world
    who = (past.there == still_there) & past.bought
    chance = np.clip(told["most_kept"] * told["pull"], 0, 1) * told["parting"]
    assert kept[who].sum() > 30
    assert abs(apart(kept[who], chance[who])) < 4


def test_a_coupon_drives_as_many_sleeping_dogs_away_as_foretold(world):
    _, told, _, woken = world
    assert woken.sum() > 20
    assert abs(apart(woken, told["wakes"])) < 4


def test_of_those_who_have_left_only_the_recently_parted_can_be_kept(world):
    past, told, kept, _ = world
    gone = ~past.there & (told["parting"] == 0)
    assert gone.sum() > 100
    assert not kept[gone].any()


def test_who_has_left_uses_no_coupon_unless_it_keeps_them(world):
    past, told, _, _ = world
    assert (told["buys"][~past.there] == 0).all()
