import numpy as np
import pytest

from pipelines.sources.simulator.pending import Pending

HAZARD = 0.001


def pending(spared=0.0, complaints=(), customers=1, *, voiced=True, early=0.0, joined=400.0):
    """One customer or more; complaints (or problems, unless voiced) are (customer, since, odds)."""
    customer, since, odds = zip(*complaints, strict=True) if complaints else ((), (), ())
    return Pending(
        hazard=np.full(customers, HAZARD),
        spared=np.full(customers, spared),
        early=np.full(customers, early),
        joined=np.full(customers, joined),
        customer=np.array(customer, np.int64),
        since=np.array(since, float),
        odds=np.array(odds, float),
        voiced=np.full(len(customer), voiced),
    )


def test_nature_takes_its_share_every_day():
    there = pending().at(np.array([0.0, 10.0, 100.0]))
    np.testing.assert_allclose(there[0], np.exp(-HAZARD * np.array([0, 10, 100])))


def test_nature_waits_while_the_law_of_complaints_speaks():
    np.testing.assert_allclose(pending(spared=60.0).at(np.array([50.0, 70.0]))[0], [1, np.exp(-HAZARD * 10)])


def test_a_verdict_still_out_takes_those_lost_within_weeks():
    there = pending(spared=90.0, complaints=[(0, 0.0, 1.0)]).at(np.array([0.0, 40.0]))
    np.testing.assert_allclose(there[0], [1.0, 0.5])


def test_who_has_stayed_for_weeks_is_hardly_about_to_leave():
    days = np.array([40.0])
    fresh, stale = (pending(90.0, [(0, since, 1.0)]).at(days)[0, 0] for since in (0.0, 30.0))
    assert (fresh < 0.6, stale > 0.97) == (True, True)


def test_before_the_answer_nobody_has_made_up_their_mind():
    there = pending(spared=90.0, complaints=[(0, -10.0, 1.0)]).at(np.array([9.0]))
    assert there[0, 0] == pytest.approx(1.0)


def test_a_complaint_concerns_the_one_who_made_it():
    there = pending(90.0, [(1, 0.0, 1.0)], customers=3).at(np.array([40.0]))[:, 0]
    np.testing.assert_allclose(there, [1, 0.5, 1])


def test_some_customers_keep_their_own_complaints():
    chosen = pending(90.0, [(0, 0.0, 3.0), (2, 0.0, 1.0)], customers=4).of(np.array([1, 2]))
    np.testing.assert_allclose(chosen.at(np.array([40.0]))[:, 0], [1, 0.5])


def test_of_nobody_there_is_nothing_to_tell():
    assert pending(90.0, [(0, 0.0, 1.0)]).of(np.zeros(0, np.int64)).at(np.array([1.0])).shape == (0, 1)


def test_a_problem_that_nobody_spoke_of_does_not_suspend_nature():
    there = pending(0.0, [(0, 0.0, 1.0)], voiced=False).at(np.array([20.0]))
    assert there[0, 0] == pytest.approx(np.exp(-HAZARD * 20) * (1 + np.exp(-20 / 12)) / 2)


def test_a_newcomer_may_never_come_back():
    there = pending(early=0.16, joined=2.0).at(np.array([30.0]))
    assert there[0, 0] == pytest.approx(np.exp(-HAZARD * 30) * 0.84)


def test_who_has_been_here_for_weeks_is_no_newcomer():
    there = pending(early=0.16, joined=22.0).at(np.array([30.0]))
    assert there[0, 0] == pytest.approx(np.exp(-HAZARD * 30))
