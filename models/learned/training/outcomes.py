"""What customers do under each arm, and doubly robust scores of it.

One model learns the outcome from all arms together, and each arm only shifts it (on the log-odds where the
outcome is 0 or 1): effects are small beside what tells customers apart, and what is left over is mended by
the scores, which are right whatever the model says as long as the propensities are.
"""

from dataclasses import dataclass

import numpy as np

from models.learned.booster import Booster
from models.learned.calibration import probability
from models.learned.settings import BoosterSettings
from models.learned.training.boosting import Objective, bin_rows, boost
from models.learned.trial import OTHER, Floats, Trial

STEPS = 12
LEAST_ROOM = 1e-3  # an arm in which nobody, or everybody, stayed is no certainty


@dataclass(frozen=True)
class Outcomes:
    """A booster of the outcome, and what each campaign and each arm add to it; log-odds where `binary`.

    shifts: of each arm [arms]. levels: of each campaign [campaigns].
    """

    booster: Booster
    shifts: Floats
    levels: Floats
    binary: bool

    def means(self, trial: Trial) -> Floats:
        """The expected outcome under each arm [arms, n], in the campaign of each row."""
        level = self.levels[trial.season] if len(self.levels) > 1 else 0.0
        told = self.booster.raw(trial.values)[None, :] + self.shifts[:, None] + level
        return probability(told) if self.binary else told


def fit_outcomes(trial: Trial, settings: BoosterSettings, seed: int = 0, campaigns: int = 1) -> Outcomes:
    """Learn the outcome from every arm of the trial, which is of so many campaigns."""
    objective = Objective.BINARY if trial.binary else Objective.MEAN
    dataset = bin_rows(trial.values, trial.names, trial.outcome, bins=settings.bins)
    booster = boost(dataset, objective, settings, seed)
    told = booster.raw(trial.values)
    if campaigns > 1:
        return Outcomes(booster, *_shifts(told, trial, campaigns), trial.binary)
    shifts = np.zeros(len(trial.arms))
    for arm in range(len(trial.arms)):
        of = trial.arm == arm
        if of.any():
            shifts[arm] = _shift(told[of], trial.outcome[of], binary=trial.binary)
    return Outcomes(booster, shifts, np.zeros(1), trial.binary)


def _shifts(told: Floats, trial: Trial, campaigns: int) -> tuple[Floats, Floats]:
    """What each arm adds, and the level of each campaign, so that no season counts as an effect.

    Together, by Newton's steps (one where the outcome is no 0 or 1), each drawn a little towards 0.
    """
    of = trial.arm != OTHER
    told, outcome, arms = told[of], trial.outcome[of], len(trial.arms)
    columns = np.zeros((len(told), arms - 1 + campaigns))
    treated = trial.arm[of] > 0
    columns[np.flatnonzero(treated), trial.arm[of][treated] - 1] = 1.0
    columns[np.arange(len(told)), arms - 1 + trial.season[of]] = 1.0
    added = np.zeros(columns.shape[1])
    for _ in range(STEPS if trial.binary else 1):
        p = probability(told + columns @ added) if trial.binary else told
        weight = p * (1 - p) if trial.binary else np.ones_like(told)
        bend = (columns * weight[:, None]).T @ columns + np.eye(len(added))
        added += np.linalg.solve(bend, columns.T @ (outcome - p) - added)
    return np.concatenate([[0.0], added[: arms - 1]]), added[arms - 1 :]


def _shift(told: Floats, outcome: Floats, *, binary: bool) -> float:
    """What has to be added so that the mean outcome is met: Newton's steps on the log-odds."""
    if not binary:
        return float((outcome - told).mean())
    wanted, shift = float(np.clip(outcome.mean(), LEAST_ROOM, 1 - LEAST_ROOM)), 0.0
    for _ in range(STEPS):
        p = probability(told + shift)
        shift += (wanted - float(p.mean())) / max(float((p * (1 - p)).mean()), LEAST_ROOM)
    return shift


def robust_scores(trial: Trial, means: Floats) -> Floats:
    """Doubly robust scores Γ [arms, n]: μ_a(x) + 1(A = a)·(Y − μ_a(x)) ÷ e_a(x).

    Their mean is the mean outcome had everybody got arm a (Robins, Rotnitzky and Zhao, JASA 89, 1994); it is
    unbiased where either the means or the propensities are right.
    """
    rows = np.flatnonzero(trial.arm != OTHER)
    arm, scores = trial.arm[rows], means.copy()
    scores[arm, rows] += (trial.outcome[rows] - means[arm, rows]) / trial.propensity[rows]
    return scores
