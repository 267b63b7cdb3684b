"""A search among settings of churn that respects time: judged at closed cuts, never at the final one.

Drawn at random from ranges around what worked on real logs (small, strongly regularised trees); a few dozen
draws find what there is to find. What is proposed must help at every cut, like a weight (decision 7).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.domain.errors import NotEnoughHistory
from models.evaluation.churn_backtest import Job, backtest_churn
from models.evaluation.metrics import log_loss
from models.evaluation.schedule import Schedule
from models.learned.rows import LabelledRows
from models.learned.settings import ChurnSettings
from models.learned.told_alike import RhythmOfDay
from models.learned.training.weight import CUTS_TO_WEIGH, LEAST_GAIN

BOOSTER_RANGES = {
    "trees": (40, 200),
    "leaves": (4, 15),
    "rate": (0.02, 0.1),
    "ridge": (5.0, 40.0),
    "column_share": (0.2, 0.7),
    "row_share": (0.5, 0.9),
    "min_rows_leaf": (40, 160),
}
RIDGE_RANGE = (0.1, 10.0)

Track = Callable[[Iterable[Job], str], Iterable[Job]]


@dataclass(frozen=True)
class Trial:
    """Settings and their log-loss at each tuning cut, oldest first."""

    settings: ChurnSettings
    losses: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the cuts."""
        return float(np.mean(self.losses))


@dataclass(frozen=True)
class Verdict:
    """What the trials speak for: other settings, or (None) those that were set; and why."""

    proposed: Trial | None
    reason: str


def tuning_only(schedule: Schedule) -> Schedule:
    """The same schedule without its final cut and without value.

    Raises `NotEnoughHistory` where fewer than two cuts are left: what helps once may have been lucky.
    """
    cuts = {cut: schedule.churn_training[cut] for cut in schedule.churn_cuts[:-1]}
    if len(cuts) < CUTS_TO_WEIGH:
        raise NotEnoughHistory(
            "there are too few closed cuts to search by",
            allowed=f"at least {CUTS_TO_WEIGH} beside the final one",
            given=f"{len(cuts)}",
            remedy="Bring a longer log, or lower churn.horizon_days.",
        )
    return replace(schedule, churn_training=cuts, value_training={}, churn_at_value_cuts={})


def snapshots_of(schedule: Schedule) -> set[int]:
    """Every snapshot that a search trains on or judges at."""
    return {*schedule.churn_training, *(each for group in schedule.churn_training.values() for each in group)}


def drawn(settings: ChurnSettings, seed: int, number: int) -> ChurnSettings:
    """Other settings, alike for the same seed and number: evenly on a log scale within the ranges."""
    chance = np.random.default_rng([seed, number])
    shape: dict[str, Any] = {name: _between(chance, *ends) for name, ends in BOOSTER_RANGES.items()}
    return replace(
        settings,
        booster=replace(settings.booster, **shape),
        logistic_ridge=_between(chance, *RIDGE_RANGE),
    )


def trial(
    rows: LabelledRows,
    schedule: Schedule,
    settings: ChurnSettings,
    zone: str,
    track: Track,
    *,
    rhythms: Sequence[RhythmOfDay],
) -> Trial:
    """Backtests at every cut of `tuning_only`, with one booster each; rhythms: as for `backtest_churn`.

    Raises `Leakage` when an embargo is broken.
    """
    one_booster = replace(settings, seeds=1)
    found = backtest_churn(rows, schedule, one_booster, zone, track, rhythms=rhythms, peer=False)
    return Trial(settings, tuple(log_loss(one.p_model, one.churned) for one in found))


def verdict(trials: Sequence[Trial]) -> Verdict:
    """The best of the trials that beat the first, which has the settings in force, at every cut."""
    in_force, best = trials[0], min(trials, key=lambda one: one.mean)
    helps = [one for one in trials if all(map(float.__lt__, one.losses, in_force.losses))]
    chosen = min(helps, key=lambda one: one.mean, default=in_force)
    if in_force.mean - chosen.mean < LEAST_GAIN:
        return Verdict(
            None,
            f"stay: log-loss {in_force.mean:.4f} as set; the lowest of {len(trials)} is {best.mean:.4f}, and "
            f"none is lower by {LEAST_GAIN} and at each of {len(in_force.losses)} cuts",
        )
    return Verdict(
        chosen,
        f"log-loss {chosen.mean:.4f} rather than {in_force.mean:.4f}, lower at each of "
        f"{len(in_force.losses)} cuts; the final cut has not been looked at",
    )


def _between(chance: np.random.Generator, low: float, high: float) -> float:
    value = float(np.exp(chance.uniform(np.log(low), np.log(high))))
    return round(value) if isinstance(low, int) else float(f"{value:.3g}")
