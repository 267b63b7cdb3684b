"""A line of the outcome for who got an offer and one for the others: the T learner."""

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from benchmarks.light_worlds import offers as world
from models.learned.lines import Lines
from models.learned.training.lines import fit_lines
from models.learned.trial import OTHER, Trial

RIDGE = 1_000.0


def log(rows=4_000, *, seed=3):
    """A campaign that keeps the more of a customer's chances the greater the first of two columns."""
    random = np.random.default_rng(seed)
    values = random.standard_normal((rows, 2)).astype(np.float32)
    arm = random.integers(0, 2, rows)
    odds = values[:, 1] + arm * (0.5 + 1.0 * values[:, 0])
    stayed = (random.random(rows) < 1 / (1 + np.exp(-odds))).astype(float)
    return Trial(("a", "b"), values, ("none", "coupon"), arm, np.full(rows, 0.5), stayed, np.arange(rows))


def test_who_is_changed_more_is_told_so():
    trial = log()
    told = fit_lines(trial, RIDGE).difference(trial.values)
    assert np.corrcoef(told, trial.values[:, 0])[0, 1] > 0.8


def test_without_a_pull_each_side_is_its_own_logistic_regression():
    trial = log()
    lines = fit_lines(trial, 1e-3)
    design = lines.columns.read(trial.values)
    for side, given in enumerate((~trial.treated, trial.treated)):
        theirs = LogisticRegression(C=1e3, tol=1e-10).fit(design[given], trial.outcome[given])
        assert lines.slopes[side] == pytest.approx(theirs.coef_[0], abs=0.01)
        assert lines.bases[side] == pytest.approx(theirs.intercept_[0], abs=0.01)


def test_a_strong_pull_leaves_one_slope():
    lines = fit_lines(log(), 1e9)
    assert lines.slopes[0] == pytest.approx(lines.slopes[1], abs=1e-4)
    assert lines.bases[1] > lines.bases[0]


def test_a_missing_value_stands_at_the_mean():
    trial = log()
    lines = fit_lines(trial, RIDGE)
    unknown = np.full((1, 2), np.nan, np.float32)
    at_the_mean = lines.columns.means[None, :].astype(np.float32)
    assert lines.difference(unknown) == pytest.approx(lines.difference(at_the_mean), abs=1e-6)


def test_skewed_amounts_are_read_by_their_logarithm():
    trial = log()
    amounts = np.exp(2 * trial.values)
    assert fit_lines(replace(trial, values=amounts), RIDGE).columns.logged.all()


def test_what_too_few_had_teaches_neither_side():
    trial = log()
    rare = np.arange(len(trial)) % 5 == 0
    with_rare = replace(trial, arm=np.where(rare, OTHER, trial.arm))
    without = trial.rows(~rare)
    assert fit_lines(with_rare, RIDGE).slopes == pytest.approx(fit_lines(without, RIDGE).slopes)


def test_lines_are_read_as_they_were_written():
    trial = log()
    lines = fit_lines(trial, RIDGE)
    again = Lines.from_json(json.loads(json.dumps(lines.to_json())))
    assert np.array_equal(again.difference(trial.values), lines.difference(trial.values))


def test_amounts_are_told_in_amounts():
    trial = log()
    spent = replace(trial, outcome=10.0 * trial.treated + trial.values[:, 1])
    lines = fit_lines(spent, RIDGE)
    assert not lines.binary
    assert lines.difference(trial.values).mean() == pytest.approx(10.0, abs=0.1)


def test_a_world_of_lines_is_found_by_lines():
    people = world.customers(20_000, 2.0, 5)
    trial = world.trial(people, 5)
    told = fit_lines(trial, RIDGE).difference(people.values)
    assert np.corrcoef(told, people.effects.mean(axis=0))[0, 1] > 0.4
