"""The bound that the pipeline would have told at each cut, beside what came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.lower_bounds.backtests import ByWindow
from models.evaluation.schedule import BACKTESTS_TO_VALIDATE
from models.learned.training.bounds import MATERIAL_SHARE, ClosedBacktest, decile_totals, fit_bound


@dataclass(frozen=True)
class Judged:
    """One bound: over which window (days), told when (day), and bounded ÷ actual before and with the factor.

    held: the share of material deciles of predicted value whose bounded total came. every: of all ten.
    """

    window_days: int
    day: int
    before: float
    bounded: float
    held: float
    every: float

    @property
    def covered(self) -> bool:
        """Whether as much came as was counted on."""
        return self.bounded <= 1.0


def judged(by_window: ByWindow, step_days: int, most: int) -> Iterator[Judged]:
    """A bound at each cut where a window is validated by what had closed then; the longest such window.

    Backtests lie `step_days` apart, counted back from the newest that had closed, `most` of them at most. A
    cut whose own window has not closed by the end of the log is not judged.
    """
    for day in sorted({one.day for backtests in by_window.values() for one in backtests}):
        for window in sorted(by_window, reverse=True):
            closed = closed_by(by_window[window], day, window, step_days)[-most:]
            if len(closed) >= BACKTESTS_TO_VALIDATE:
                yield from (_judge(one, closed, window) for one in by_window[window] if one.day == day)
                break


def closed_by(
    backtests: Sequence[ClosedBacktest], day: int, window_days: int, step_days: int
) -> list[ClosedBacktest]:
    """Those whose window had closed by `day`, `step_days` apart from the newest back, oldest first."""
    closed = [one for one in backtests if one.day + window_days <= day]
    return [one for one in closed if (closed[-1].day - one.day) % step_days == 0]


def _judge(cut: ClosedBacktest, closed: Sequence[ClosedBacktest], window: int) -> Judged:
    bound = fit_bound(closed, cut.day)
    level = bound.k_lo / bound.decile_factor if bound.decile_factor else 0.0
    share = float(cut.predicted.sum() / cut.actual.sum())
    levelled, came, _ = decile_totals(cut)
    told = levelled * share
    came_enough = bound.k_lo * told <= came
    material = told >= MATERIAL_SHARE * told.sum()
    return Judged(
        window,
        cut.day,
        level * share,
        bound.k_lo * share,
        float(np.mean(came_enough[material])),
        float(np.mean(came_enough)),
    )
