"""Learning whom an offer changes: DR and X learners on boosted stumps, cross-fitted.

Customers are split into folds. For each fold the others are halved: the outcomes of one half are learned from
the other half, and effects from both. So nothing that is said of a customer has seen what they did.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.learned.booster import Booster
from models.learned.settings import BoosterSettings, UpliftSettings
from models.learned.training.boosting import Objective, bin_rows, boost
from models.learned.training.outcomes import fit_outcomes, robust_scores
from models.learned.trial import Flags, Floats, Integers, Trial, folds_of
from models.learned.uplift import Effects

LEAF_SHARE = 40  # a leaf of an effect holds a fortieth of the rows at least


class Learner(StrEnum):
    """How effects are learned from what customers would have done."""

    DR = "dr"  # Kennedy, Electronic Journal of Statistics 17 (2023)
    X = "x"  # Künzel, Sekhon, Bickel and Yu, PNAS 116 (2019)


@dataclass(frozen=True)
class CrossFitted:
    """What is said of the customers of a trial by models that never saw them.

    means, scores: expected outcomes and doubly robust scores [arms, n]. effects: τ̂_a by learner, and of
    means alone under None [arms − 1, n]. slopes: κ by learner, how much of what was foretold came true, by
    which effects learned from everybody are to be slowed as well. fold: int64 [n].
    """

    means: Floats
    scores: Floats
    effects: Mapping[Learner | None, Floats]
    slopes: Mapping[Learner, float]
    fold: Integers

    @property
    def added(self) -> Floats:
        """Γ_a − Γ_0: what each arm adds, customer by customer, unbiased and noisy [arms − 1, n]."""
        added: Floats = self.scores[1:] - self.scores[0]
        return added


def cross_fit(trial: Trial, settings: UpliftSettings, seed: int = 0) -> CrossFitted:
    """Outcomes, scores and effects of every customer, out of fold."""
    fold = folds_of(trial.person, settings.folds, seed)
    arms, rows = len(trial.arms), len(trial)
    means, told = np.empty((arms, rows)), {learner: np.empty((arms - 1, rows)) for learner in Learner}
    flat = np.empty((arms - 1, rows))
    for number in range(settings.folds):
        there = fold == number
        learned, apart = _learned(trial.rows(~there), settings, seed + number)
        means[:, there] = apart(trial.rows(there))
        for learner, model in learned.items():
            told[learner][:, there] = model.of(trial.values[there])
        flat[:, there] = next(iter(learned.values())).means[:, None]
    scores = robust_scores(trial, means)
    added = scores[1:] - scores[0]
    effects: dict[Learner | None, Floats] = {None: flat}
    opened = trial.open[1:]
    effects |= {learner: _slowed(raw, flat, added, opened, fold) for learner, raw in told.items()}
    slopes = {learner: slope_of(raw, flat, added, opened) for learner, raw in told.items()}
    return CrossFitted(means, scores, effects, slopes, fold)


def fit_effects(
    trial: Trial, settings: UpliftSettings, learner: Learner, slope: float, seed: int = 0
) -> Effects:
    """Effects learned from everybody, as steep as `slope` [0, 1] says."""
    learned, _ = _learned(trial, settings, seed, (learner,))
    return replace(learned[learner], slope=slope)


def slope_of(foretold: Floats, flat: Floats, added: Floats, opened: Flags) -> float:
    """By how much of what was foretold beyond the mean did effects differ, 0 to 1.

    The slope of Γ_a − Γ_0 on τ̂_a − τ̄_a, over all arms together where they were open [arms − 1, n]
    (Chernozhukov, Demirer, Duflo and Fernández-Val, NBER 24678, 2018).
    """
    beyond = foretold - flat
    middle = np.where(opened, beyond, 0.0).sum(axis=1) / np.maximum(1, opened.sum(axis=1))
    beyond = np.where(opened, beyond - middle[:, None], 0.0)
    spread = float((beyond**2).sum())
    return float(np.clip((beyond * added).sum() / spread, 0, 1)) if spread > 0 else 0.0


def _slowed(foretold: Floats, flat: Floats, added: Floats, opened: Flags, fold: Integers) -> Floats:
    """Effects as steep as the other folds came true [arms − 1, n]."""
    found = foretold.copy()
    for number in np.unique(fold):
        there = fold == number
        slope = slope_of(foretold[:, ~there], flat[:, ~there], added[:, ~there], opened[:, ~there])
        found[:, there] = flat[:, there] + slope * (foretold[:, there] - flat[:, there])
    return found


def _learned(
    trial: Trial, settings: UpliftSettings, seed: int, learners: tuple[Learner, ...] = tuple(Learner)
) -> tuple[dict[Learner, Effects], Callable[[Trial], Floats]]:
    """Effects by learner, and the expected outcomes of anybody who is not in the trial."""
    half = folds_of(trial.person, 2, seed)  # whoever was in several campaigns is in one half
    sides, campaigns = (half == 0, half == 1), int(trial.season.max()) + 1
    outcomes = [fit_outcomes(trial.rows(~side), settings.outcome, seed, campaigns) for side in sides]
    means = np.empty((len(trial.arms), len(trial)))
    for side, model in zip(sides, outcomes, strict=True):
        means[:, side] = model.means(trial.rows(side))
    added = (scores := robust_scores(trial, means))[1:] - scores[0]
    pulled = pulled_together(added, trial.open[1:])
    share = trial.shares
    fits = {Learner.DR: _by_dr, Learner.X: _by_x}
    learned = {
        learner: _scaled(fits[learner](trial, means, trial.averaged(added), settings), trial, pulled, share)
        for learner in learners
    }

    def apart(others: Trial) -> Floats:
        told: Floats = np.mean([model.means(others) for model in outcomes], axis=0)
        return told

    return learned, apart


def pulled_together(added: Floats, opened: Flags) -> Floats:
    """Mean effects [arms − 1] from scores [arms − 1, n], each drawn to their mean as far as chance goes.

    opened: which scores count [arms − 1, n]. James and Stein's way: the variance between
    arms beyond that of chance is what may be believed.
    """
    many = np.maximum(1, opened.sum(axis=1))
    means = np.where(opened, added, 0.0).sum(axis=1) / many
    noise = np.where(opened, (added - means[:, None]) ** 2, 0.0).sum(axis=1) / many**2
    if len(means) < 2:
        return np.asarray(means, dtype=np.float64)
    weights = 1 / np.maximum(noise, 1e-12)
    middle = float((weights * means).sum() / weights.sum())
    between = max(0.0, float(means.var(ddof=1)) - float(noise.mean()))
    kept = between / (between + noise)
    pulled: Floats = middle + kept * (means - middle)
    return pulled


def _scaled(
    model: tuple[tuple[Booster, ...], tuple[float, ...]], trial: Trial, means: Floats, share: Floats
) -> Effects:
    """Effects of every arm from the shape of being given anything."""
    whole = float(share @ means)
    scales = np.clip(means / whole, 0.0, 3.0) if whole > 0 else np.ones_like(means)
    unplaced = Effects(*model, means, scales, 1.0, 0.0)
    return replace(unplaced, middle=float(unplaced.shape(trial.values).mean()))


def _by_dr(
    trial: Trial, _means: Floats, added: Floats, settings: UpliftSettings
) -> tuple[tuple[Booster, ...], tuple[float, ...]]:
    """Trees of the doubly robust score of being given anything."""
    boosters = _boosters(trial, added, settings)
    return boosters, (1 / len(boosters),) * len(boosters)


def _by_x(
    trial: Trial, means: Floats, _added: Floats, settings: UpliftSettings
) -> tuple[tuple[Booster, ...], tuple[float, ...]]:
    """Trees of what each side did beside what the other is expected to, weighed by how many there are."""
    treated, rows = trial.treated, np.arange(len(trial))
    given = trial.averaged(means[1:])
    sides_of = (treated, trial.arm == 0)
    # What an arm adds beyond the average one is its own: the shape is that of being given anything.
    level = means[trial.arm, rows] - given
    imputed = np.where(treated, trial.outcome - level - means[0], given - trial.outcome)
    sides = [_boosters(trial.rows(side), imputed[side], settings) for side in sides_of]
    chance = sides_of[0].sum() / (sides_of[0].sum() + sides_of[1].sum())
    shares = (1 - chance, chance)
    weights = [share / len(side) for side, share in zip(sides, shares, strict=True) for _ in side]
    return (*sides[0], *sides[1]), tuple(float(weight) for weight in weights)


def _boosters(trial: Trial, pseudo: Floats, settings: UpliftSettings) -> tuple[Booster, ...]:
    shape: BoosterSettings = replace(
        settings.effect, min_rows_leaf=max(settings.effect.min_rows_leaf, len(trial) // LEAF_SHARE)
    )
    dataset = bin_rows(trial.values, trial.names, pseudo, bins=shape.bins)
    return tuple(boost(dataset, Objective.MEAN, shape, seed) for seed in range(settings.seeds))
