"""Learning whom an offer changes, on small worlds whose truth is known, and the gate."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.light_worlds import offers as world
from models.domain.vocabulary import ResponseState
from models.evaluation.uplift_gate import judge
from models.evaluation.uplift_values import interval
from models.learned.settings import BoosterSettings, UpliftSettings
from models.learned.training import uplift as training
from models.learned.training.outcomes import fit_outcomes, robust_scores
from models.learned.training.uplift import cross_fit, fit_effects, pulled_together, slope_of
from models.learned.training.uplift_shapes import Learner
from models.learned.trial import Trial, folds_of
from models.learned.uplift import Effects

SETTINGS = UpliftSettings(
    outcome=BoosterSettings(30, 8, 0.1, 20.0, 0.5, 0.7, 100, 31),
    effect=BoosterSettings(100, 2, 0.08, 50.0, 0.5, 0.5, 100, 31),
    folds=4,
    seeds=1,
)
ROWS, STRONG = 12_000, 2.0


def found_in(strength, *, seed=1, rows=ROWS, **how):
    """A world's customers, its log, and what is said of them out of fold."""
    people = world.customers(rows, strength, seed)
    log = world.trial(people, seed, **how)
    return people, log, cross_fit(log, SETTINGS)


@pytest.fixture(scope="module")
def strong():
    return found_in(STRONG, seed=1000, rows=40_000)


def verdict_of(found):
    people, log, fitted = found
    return judge(log, fitted, world.stakes(people), SETTINGS)


def test_a_score_is_the_mean_where_the_arm_was_another():
    log = Trial(
        ("x",), np.zeros((2, 1), np.float32), ("none", "a"), np.array([0, 1]), np.array([0.5, 0.25]),
        np.array([1.0, 0.0]), np.arange(2),
    )  # fmt: skip
    scores = robust_scores(log, np.array([[0.6, 0.6], [0.7, 0.7]]))
    assert scores == pytest.approx(np.array([[0.6 + 0.4 / 0.5, 0.6], [0.7, 0.7 - 0.7 / 0.25]]))


def test_mean_effects_of_all_arms_are_found_within_error(strong):
    people, log, fitted = strong
    for arm, truth in enumerate(people.effects.mean(axis=1)):
        told = interval(fitted.added[arm], log.person, 0.999)
        assert told.low < truth < told.high


def test_effects_order_customers_as_the_truth_does(strong):
    people, _, fitted = strong
    for learner in Learner:
        assert np.corrcoef(fitted.effects[learner][3], people.effects[3])[0, 1] > 0.3


def test_a_strong_effect_opens_the_gate(strong):
    assert verdict_of(strong).state is ResponseState.LEARNED


def test_no_effect_leaves_the_gate_closed():
    assert [verdict_of(found_in(0.0, seed=seed, rows=4000)).state for seed in range(3)] == [
        ResponseState.NO_EFFECT
    ] * 3


def test_an_effect_alike_for_everybody_is_not_targeted_on():
    random = np.random.default_rng(5)
    people = world.customers(ROWS, 0.0, 5)
    alike = replace(
        people, effects=np.full((4, ROWS), 0.15), retention=np.full(ROWS, 0.5), luck=random.random(ROWS)
    )
    log = world.trial(alike, 5)
    assert judge(log, cross_fit(log, SETTINGS), world.stakes(alike), SETTINGS).state is ResponseState.UNIFORM


def test_a_targeted_log_with_right_propensities_tells_the_same_effects(strong):
    _, log, fitted = strong
    _, targeted, by_targeting = found_in(STRONG, seed=1000, rows=20_000, targeted=True)
    for arm in range(4):
        one, other = (
            interval(each.added[arm], of.person, 0.95)
            for each, of in ((fitted, log), (by_targeting, targeted))
        )
        apart = ((one.mean - one.low) ** 2 + (other.mean - other.low) ** 2) ** 0.5
        assert abs(one.mean - other.mean) < 2 * apart


def test_the_lower_bound_is_a_share_of_what_is_foretold(strong):
    assert 0 < verdict_of(strong).low_share <= 1


def test_nobody_is_judged_by_what_they_taught():
    _, log, fitted = found_in(1.0, rows=3000)
    there = fitted.fold == 0
    changed = Trial(**{**vars(log), "outcome": np.where(there, 1 - log.outcome, log.outcome)})
    again = cross_fit(changed, SETTINGS)
    assert np.array_equal(fitted.means[:, there], again.means[:, there])


def test_the_same_log_teaches_the_same(strong):
    _, log, _ = strong
    one, other = (fit_effects(log.rows(np.arange(2000)), SETTINGS, Learner.DR, 1.0) for _ in range(2))
    assert [booster.text for booster in one.boosters] == [booster.text for booster in other.boosters]


def test_a_customer_of_several_campaigns_is_in_one_fold():
    person = np.repeat(np.arange(50), 3)
    folds = folds_of(person, 5, 0).reshape(50, 3)
    assert (folds == folds[:, :1]).all()


def test_outcomes_of_a_customer_are_not_foretold_from_their_other_campaigns(monkeypatch):
    _, log, _ = found_in(1.0, rows=1500)
    twice = replace(log.rows(np.tile(np.arange(1500), 2)), person=np.tile(np.arange(1500), 2))
    seen = []

    def fit(trial, *told):
        seen.append(set(trial.person.tolist()))
        return fit_outcomes(trial, *told)

    monkeypatch.setattr(training, "fit_outcomes", fit)
    fit_effects(twice, SETTINGS, Learner.DR, 1.0)
    assert not seen[0] & seen[1]


def test_arms_that_chance_alone_tells_apart_share_their_mean():
    random = np.random.default_rng(1)
    added = random.standard_normal((4, 400)) + 0.1
    added -= added.mean(axis=1, keepdims=True) - 0.1
    assert pulled_together(added, added < np.inf) == pytest.approx(np.full(4, 0.1))


def test_effects_that_did_not_come_true_have_no_slope():
    random = np.random.default_rng(2)
    foretold, added = random.standard_normal((1, 500)), np.zeros((1, 500))
    assert slope_of(foretold, np.zeros((1, 1)), added, added == 0) == 0


def test_released_effects_differ_as_much_as_those_that_were_judged():
    _, log, fitted = found = found_in(1.0, rows=8000)
    verdict = verdict_of(found)
    released = fit_effects(log, SETTINGS, verdict.learner, verdict.slope).of(log.values)
    judged = fitted.effects[verdict.learner]
    assert 0.5 < released.std(axis=1)[-1] / judged.std(axis=1)[-1] < 1.5


def test_flat_effects_are_the_means():
    effects = Effects((), (), np.array([0.1, 0.2]), np.ones(2), 1.0, 0.0)
    assert effects.flat().of(np.zeros((3, 1), np.float32)).tolist() == [[0.1] * 3, [0.2] * 3]
