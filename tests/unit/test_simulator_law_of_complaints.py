import numpy as np
import pytest

from pipelines.sources.simulator.law_of_complaints import SEVERITY_CENTRE, lost_probability


def lost(days=0.2, *, resolved=True, severity=3, followed_up=False, gesture=False, base=0.06):
    facts = (np.array([value]) for value in (base, days, resolved, severity, followed_up))
    return lost_probability(*facts, gesture=np.array([gesture]))[0]


@pytest.mark.parametrize(("sooner", "later"), [(0.6, 1.0), (1.0, 3.0), (3.0, 10.0)])
def test_a_later_answer_loses_more(sooner, later):
    assert lost(sooner) < lost(later)


def test_within_half_a_day_nobody_minds_the_wait():
    assert lost(0.1) == lost(0.5)


def test_an_unresolved_complaint_loses_more():
    assert lost(resolved=False) > lost(resolved=True)


def test_a_graver_complaint_loses_more():
    assert lost(severity=5) > lost(severity=1)


def test_a_call_afterwards_keeps_customers():
    assert lost(followed_up=True) < lost(followed_up=False)


def test_a_recovery_gesture_keeps_customers():
    assert lost(gesture=True) < lost(gesture=False)


def test_a_prompt_and_resolved_complaint_leaves_a_customer_more_loyal_than_none():
    assert lost(0.5, severity=3, base=0.06) < 0.06


def test_the_law_is_the_published_formula():
    logit = np.log(0.1 / 0.9) + 0.55 + 0.80 * np.log(1 + 1.6 * 9.5) + 0.35 * (4 - SEVERITY_CENTRE)
    assert lost(10, resolved=False, severity=4, base=0.1) == pytest.approx(1 / (1 + np.exp(-logit)))
