"""A plan is given to a simulated shop's customers, and the next one learns from what came of it."""

import pyarrow.compute as pc
import pytest
import yaml

from benchmarks import loop
from benchmarks.two_rounds.rounds import two_rounds
from pipelines.sources.simulator.settings import SimulatorSettings

pytestmark = pytest.mark.slow
WORLD = SimulatorSettings(customers=1_500, years=2, seed=3, offer_strength=2.0, visits_per_order=0.0)


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    params = loop.settings()
    params["policy"]["experiment"]["exploration_share"] = 0.5
    return two_rounds(tmp_path_factory.mktemp("loop"), WORLD, params)


def test_a_plan_comes_back_as_offers_with_a_known_chance(rounds):
    first, second, _ = rounds
    chance = first.assigned["propensity"]
    assert second.usable - first.usable == pc.sum(pc.less(chance, 1.0)).as_py() > 10


def test_whoever_learns_nothing_of_the_plan_knows_what_they_knew(rounds):
    first, _, without = rounds
    assert (without.state, without.usable) == (first.state, first.usable)


def test_nobody_earns_more_than_who_knew_all(rounds):
    assert all(found.earned <= found.most for found in rounds)


def test_the_page_tells_both_rounds(rounds):
    row = loop.line(3, rounds)
    assert row.count("|") == 11
    assert yaml.safe_load(f"{rounds[0].treated}") == rounds[0].treated
