"""Whether the lower bound held: at each closed backtest, the bound that could have been told then."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from models.evaluation.rounding import rounded
from models.learned.training.bounds import ClosedBacktest, fit_bound


def bound_backtests(backtests: Sequence[ClosedBacktest], window_days: int) -> dict[str, Any]:
    """Plain values: at how many cuts a bound could be told, how often it held, and how tight it was.

    backtests: oldest first. At each, k_lo is fitted on those whose window had closed by then. apart: the same
    counts over those cuts alone whose windows share no day, taken from the oldest on; windows that overlap
    see the same orders and are no evidence of their own. tightness: the median of bounded ÷ actual totals;
    None where no bound could be told or nothing came.
    """
    shares = {cut.day: share for cut in backtests for share in _share(cut, backtests, window_days)}
    alone = [shares[day] for day in days_apart(list(shares), window_days)]
    report: dict[str, Any] = rounded(
        {
            **_counts(list(shares.values())),
            "apart": _counts(alone),
            "tightness": float(median(shares.values())) if shares else None,
        }
    )
    return report


def days_apart(days: Sequence[int], window_days: int) -> list[int]:
    """Those of `days`, oldest first, whose windows share no day with one taken before: greedily."""
    taken: list[int] = []
    for day in days:
        if not taken or day >= taken[-1] + window_days:
            taken.append(day)
    return taken


def _counts(shares: Sequence[float]) -> dict[str, int]:
    return {"judged": len(shares), "covered": sum(share <= 1.0 for share in shares)}


def _share(cut: ClosedBacktest, backtests: Sequence[ClosedBacktest], window_days: int) -> list[float]:
    """Bounded ÷ actual total of a cut; nothing where none could be told or nothing came."""
    closed = [one for one in backtests if one.day + window_days <= cut.day]
    actual = float(cut.actual.sum())
    if not closed or actual <= 0:
        return []
    return [fit_bound(closed, cut.day).k_lo * float(cut.predicted.sum()) / actual]
