import numpy as np
import pytest

from models.domain.instants import DAY
from pipelines.sources.simulator.departures import COMPLAINT, NATURE
from pipelines.sources.simulator.fading import FADES_OVER_DAYS, fade
from pipelines.sources.simulator.plans import Plans, in_order

NOBODY_SUDDEN = np.zeros(2, bool)


def plans(*rows):
    """Each row: customer, day since when, day of leaving, cause."""
    customer, since, leaves, cause = (np.array(column) for column in zip(*rows, strict=True))
    return Plans(customer, since * DAY, leaves * DAY, cause.astype(np.int8))


def faded(plan, day, sudden=NOBODY_SUDDEN):
    return fade(plan, sudden, np.array([0]), np.array([int(day * DAY)]))[0]


def test_the_plan_in_force_is_the_newest():
    chronicle = in_order([plans((0, 0, 900, NATURE), (1, 0, 800, NATURE)), plans((0, 50, 60, COMPLAINT))])
    found = chronicle.in_force(np.array([0, 0, 1]), np.array([49, 50, 99]) * DAY)
    assert (chronicle.leaves_at[found] // DAY).tolist() == [900, 60, 800]


def test_of_two_changes_at_one_instant_the_later_decision_counts():
    chronicle = in_order([plans((0, 10, 100, NATURE)), plans((0, 10, 200, NATURE))])
    found = chronicle.in_force(np.array([0]), np.array([10 * DAY]))
    assert chronicle.leaves_at[found] == 200 * DAY


@pytest.mark.parametrize(("before", "turned"), [(FADES_OVER_DAYS, 0.0), (FADES_OVER_DAYS / 2, 0.5), (0, 1.0)])
def test_whoever_leaves_of_nature_turns_away_bit_by_bit(before, turned):
    assert faded(plans((0, 0, 500, NATURE)), 500 - before) == pytest.approx(turned)


def test_a_complaint_comes_out_of_the_blue():
    assert faded(plans((0, 0, 500, COMPLAINT)), 499) == 0


def test_whoever_has_left_is_gone():
    assert faded(plans((0, 0, 500, COMPLAINT)), 501) == 1


def test_sudden_departures_show_no_sign():
    assert faded(plans((0, 0, 500, NATURE)), 499, np.array([True, False])) == 0


def test_nobody_fades_over_what_is_decided_later():
    chronicle = in_order([plans((0, 0, 900, NATURE)), plans((0, 400, 410, NATURE))])
    assert faded(chronicle, 399) == 0
