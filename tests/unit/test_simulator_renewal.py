import numpy as np
import pytest

from pipelines.sources.simulator.renewal import expected_orders, phases, still_waiting, waiting_phases

CLOCK = np.linspace(0, 400, 9)


def drawn(shape, elapsed, rate=0.02, toll=1.0, n=60_000):
    """Orders between instants of CLOCK after `elapsed` quiet days, and how often there was none by then."""
    rng = np.random.default_rng(5)
    gaps = rng.gamma(shape, 1 / (shape * rate), (n, 25))
    gaps = gaps[gaps[:, 0] > elapsed]
    at = np.cumsum(gaps, axis=1) - elapsed
    worth = toll ** np.arange(at.shape[1])
    orders = [((at <= until) * worth).sum(axis=1).mean() for until in CLOCK]
    return np.diff(orders), np.array([(at[:, 0] > until).mean() for until in CLOCK])


def begin(shape, elapsed, rate=0.02):
    speed = np.array([shape * rate])
    return phases(speed, shape, np.array([elapsed])), speed


CASES = pytest.mark.parametrize(("shape", "elapsed"), [(1, 0.0), (1, 60.0), (2, 30.0), (4, 0.0), (4, 45.0)])


@CASES
def test_orders_come_as_often_as_when_they_are_drawn(shape, elapsed):
    expected = expected_orders(*begin(shape, elapsed), np.ones(1), CLOCK)
    np.testing.assert_allclose(expected[0], drawn(shape, elapsed)[0], atol=0.025)


@CASES
def test_waiting_is_as_likely_as_when_gaps_are_drawn(shape, elapsed):
    waits = still_waiting(*begin(shape, elapsed), CLOCK)
    np.testing.assert_allclose(waits[0], drawn(shape, elapsed)[1], atol=0.012)


@pytest.mark.parametrize("toll", [0.8, 1.1])
@pytest.mark.parametrize("shape", [1, 2, 4])
def test_each_order_takes_its_toll_of_those_after_it(shape, toll):
    expected = expected_orders(*begin(shape, 20.0), np.array([toll]), CLOCK)
    np.testing.assert_allclose(expected[0], drawn(shape, 20.0, toll=toll)[0], rtol=0.03, atol=0.01)


def test_a_quiet_habit_is_due_sooner_than_a_quiet_chance():
    due = [expected_orders(*begin(shape, 45.0), np.ones(1), np.array([0.0, 10.0]))[0, 0] for shape in (1, 4)]
    assert due[1] > due[0]


def test_a_wait_in_two_parts_is_the_wait_in_one():
    behind, speed = begin(4, 10.0)
    once = waiting_phases(behind, speed, 50.0)
    np.testing.assert_allclose(waiting_phases(waiting_phases(behind, speed, 20.0), speed, 30.0), once)


def test_those_who_stay_quiet_for_a_month_bring_a_part_of_the_later_orders():
    behind, speed = begin(2, 10.0)
    later = expected_orders(behind, speed, np.ones(1), np.array([0.0, 30.0, 200.0]))[0, 1]
    quiet = waiting_phases(behind, speed, 30.0)
    of_quiet = expected_orders(quiet, speed, np.ones(1), np.array([0.0, 170.0]))[0, 0]
    assert 0 < of_quiet < later
