"""When the gate opens: where treating earned, and treating all who seem to pay did not lose."""

import numpy as np
import pytest

from benchmarks.light_worlds import offers as world
from models.domain.vocabulary import ResponseState
from models.evaluation.uplift_gate import ALL, REACH, UNIFORM, _compared, _state, open_only
from models.evaluation.uplift_values import Interval, interval, treat
from models.learned.settings import BoosterSettings, UpliftSettings
from models.learned.training.uplift import cross_fit
from models.learned.training.uplift_shapes import Learner

EARNS, LOSES, UNSURE = Interval(3, 1, 5), Interval(-5, -8, -2), Interval(1, -1, 3)
DOUBTFUL = Interval(-1, -3, 1)
FIRST = {learner.value: Interval(0.05, 0.03, 0.07) for learner in Learner}


def state(by_effects, *, alike=(UNSURE, UNSURE), beyond=(UNSURE, UNSURE)):
    """What the gate says; each pair is without a limit, and within reach."""
    pairs = {learner.value: by_effects for learner in Learner} | {UNIFORM: alike}
    values = {name: {ALL: pair[0], REACH: pair[1]} for name, pair in pairs.items()}
    by_learner = {learner.value: {ALL: beyond[0], REACH: beyond[1]} for learner in Learner}
    return _state(values, by_learner, FIRST, 0.05, Learner.DR)[0]


def test_it_opens_where_treating_all_who_seem_to_pay_earns():
    assert state((EARNS, UNSURE)) is ResponseState.LEARNED


def test_it_opens_where_a_share_earns_and_all_who_seem_to_pay_do_not_lose():
    assert state((UNSURE, EARNS)) is ResponseState.LEARNED


@pytest.mark.parametrize("all_who_pay", [LOSES, DOUBTFUL])
def test_what_a_share_earns_opens_nothing_where_all_who_seem_to_pay_lose(all_who_pay):
    assert state((all_who_pay, EARNS)) is ResponseState.NO_EFFECT


@pytest.mark.parametrize("all_who_pay", [LOSES, DOUBTFUL])
def test_what_a_share_earns_by_value_alone_opens_nothing_where_all_lose(all_who_pay):
    assert state((UNSURE, UNSURE), alike=(all_who_pay, EARNS)) is ResponseState.NO_EFFECT


def test_effects_that_are_shown_to_earn_less_than_value_alone_do_not_decide():
    found = state((EARNS, EARNS), alike=(EARNS, EARNS), beyond=(LOSES, EARNS))
    assert found is ResponseState.UNIFORM


def test_comparing_more_makes_it_no_harder_to_show_a_loss_against_value_alone():
    settings = UpliftSettings(
        outcome=BoosterSettings(10, 4, 0.1, 20.0, 0.5, 0.7, 100, 31),
        effect=BoosterSettings(10, 2, 0.1, 50.0, 0.5, 0.5, 100, 31),
        folds=2,
        seeds=1,
    )
    people = world.customers(2000, 2.0, 1)
    log, stakes = world.trial(people, 1), world.stakes(people)
    fitted = cross_fit(log, settings)
    policies = {
        learner: {ALL: treat(open_only(log, stakes.gain(effects, fitted.means[0])))}
        for learner, effects in fitted.effects.items()
    }
    _, beyond = _compared(log, fitted, stakes, settings, policies)
    realised = stakes.gain(fitted.added, fitted.scores[0])
    by, alone = (policies[each][ALL] for each in (Learner.DR, None))
    rows = np.arange(len(log))
    apart = by.weight * realised[by.best, rows] - alone.weight * realised[alone.best, rows]
    assert beyond[Learner.DR.value][ALL] == interval(apart, log.person, settings.confidence)
