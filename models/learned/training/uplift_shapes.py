"""The shapes of an effect over customers: boosted stumps, a line for each side, or the mean of both."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from models.learned.booster import Booster
from models.learned.lines import Lines
from models.learned.settings import BoosterSettings, UpliftSettings
from models.learned.training.boosting import Objective, bin_rows, boost
from models.learned.training.lines import fit_lines
from models.learned.trial import Floats, Trial

LEAF_SHARE = 40  # a leaf of an effect holds a fortieth of the rows at least


class Learner(StrEnum):
    """How effects are learned from what customers would have done."""

    DR = "dr"  # Kennedy, Electronic Journal of Statistics 17 (2023)
    X = "x"  # Künzel, Sekhon, Bickel and Yu, PNAS 116 (2019)
    T = "t"  # a line for each side, as there
    BOTH = "dr_t"  # the mean of DR and T: what neither stumps nor lines see, the other may


@dataclass(frozen=True)
class Shape:
    """h of a learner: boosters by their weights, and lines by theirs."""

    boosters: tuple[Booster, ...] = ()
    weights: tuple[float, ...] = ()
    lines: Lines | None = None
    line_weight: float = 0.0


def shapes_of(
    trial: Trial, means: Floats, added: Floats, settings: UpliftSettings, learners: tuple[Learner, ...]
) -> dict[Learner, Shape]:
    """The shapes of being given anything that `learners` need."""
    found, wanted = {}, {*learners}
    if wanted & {Learner.DR, Learner.BOTH}:
        boosters = _boosters(trial, added, settings)
        found[Learner.DR] = Shape(boosters, (1 / len(boosters),) * len(boosters))
    if Learner.X in wanted:
        found[Learner.X] = _by_x(trial, means, settings)
    if wanted & {Learner.T, Learner.BOTH}:
        found[Learner.T] = Shape(lines=fit_lines(trial, settings.line_ridge), line_weight=1.0)
    if Learner.BOTH in wanted:
        stumps, lines = found[Learner.DR], found[Learner.T]
        halves = tuple(weight / 2 for weight in stumps.weights)
        found[Learner.BOTH] = Shape(stumps.boosters, halves, lines.lines, 0.5)
    return found


def _by_x(trial: Trial, means: Floats, settings: UpliftSettings) -> Shape:
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
    return Shape((*sides[0], *sides[1]), tuple(float(weight) for weight in weights))


def _boosters(trial: Trial, pseudo: Floats, settings: UpliftSettings) -> tuple[Booster, ...]:
    shape: BoosterSettings = replace(
        settings.effect, min_rows_leaf=max(settings.effect.min_rows_leaf, len(trial) // LEAF_SHARE)
    )
    dataset = bin_rows(trial.values, trial.names, pseudo, bins=shape.bins)
    return tuple(boost(dataset, Objective.MEAN, shape, seed) for seed in range(settings.seeds))
