"""Published facts, found again in simulated worlds: each with its band, and a world large enough to tell."""

import pytest

from pipelines.sources.simulator.calibration import calibrate, calibration_table
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

ZONE = "Europe/Berlin"
MANY_COMPLAINTS = SimulatorSettings(customers=40_000, seed=21, complaint_share=0.1, visits_per_order=0.0)

# Beside each fact the most that one standard error may be: else the world would be too small to tell.
SERVICE = {
    "complaint answered after more than 5 days: lost": 0.01,
    "answered within a day and resolved, against no complaint": 0.003,
    "follow-up call: order again within 90 days": 0.012,
    "follow-up call: satisfaction": 0.008,
    "a promised time kept, against no promise: satisfied": 0.025,
    "recovery spend: margin kept in a year, beyond the money spent": 0.05,
}
LEAVING = {
    "5 % more retention, where margins grow as fast as they are discounted: profit": 0.015,
    "left, and would say: unvalued": 0.006,
    "left, and would say: dissatisfied": 0.006,
    "left, and would say: competitor": 0.006,
    "left, and would say: friends": 0.006,
    "left, and would say: own accord": 0.006,
    "left, and would say: death": 0.006,
    "left, and would say: service quality": 0.006,
    "left, and would say: product": 0.006,
    "left, and would say: staff indifference": 0.006,
    "a problem that nobody complains about: log-odds of leaving": 0.04,
    "newcomers called after their first order: never come back": 0.04,
    "the largest coupon, of those who can be swayed: retention": 0.004,
    "the largest coupon, of sleeping dogs: retention": 0.01,
    "customers whom an offer reminds of leaving": 0.004,
}


def facts_of(settings):
    return calibrate(simulate(settings, ZONE))


@pytest.fixture(scope="module")
def service():
    return {fact.name: fact for fact in facts_of(MANY_COMPLAINTS)}


@pytest.fixture(scope="module")
def shipped():
    """The world of the default settings."""
    return facts_of(SimulatorSettings())


def named(facts, name):
    return [fact for fact in facts if fact.name == name]


@pytest.mark.parametrize(("name", "error"), SERVICE.items())
def test_a_fact_about_complaints_lies_within_its_band(service, name, error):
    fact = service[name]
    assert (fact.low <= fact.gives <= fact.high, fact.error <= error) == (True, True), fact.shown()


@pytest.mark.parametrize(("name", "error"), LEAVING.items())
def test_a_fact_about_leaving_is_shown_by_the_default_world(shipped, name, error):
    found = named(shipped, name)
    assert [(fact.fits(), fact.error <= error) for fact in found] == [(True, True)] * len(found) != []


def test_the_default_world_shows_every_fact_within_two_standard_errors(shipped):
    assert [fact.name for fact in shipped if not fact.fits()] == []


def test_every_fact_has_a_test(shipped):
    assert {fact.name for fact in shipped} == SERVICE.keys() | LEAVING.keys()


def test_sources_that_disagree_stand_side_by_side(shipped):
    told = [fact.target for fact in named(shipped, "left, and would say: competitor")]
    assert (len(told), len({fact.source for fact in named(shipped, "left, and would say: competitor")})) == (
        2,
        2,
    )


def test_half_as_strong_offers_keep_half_as_many():
    weaker = SimulatorSettings(customers=12_000, offer_strength=0.5, visits_per_order=0.0)
    (coupon,) = named(facts_of(weaker), "the largest coupon, of those who can be swayed: retention")
    assert 0.033 <= coupon.gives <= 0.046


def test_without_strength_no_coupon_keeps_anybody():
    idle = SimulatorSettings(customers=3_000, offer_strength=0.0, visits_per_order=0.0)
    (coupon,) = named(facts_of(idle), "the largest coupon, of those who can be swayed: retention")
    assert coupon.gives == 0.0


def test_the_table_has_a_line_a_fact_below_its_heading(shipped):
    assert len(calibration_table(shipped).splitlines()) == 1 + len(shipped)
