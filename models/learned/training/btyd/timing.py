"""Fitting Pareto/NBD and BG/NBD: the most probable parameters, or a reason for having none.

No label is read: a fit at a snapshot uses purchases known by then. Where there are more customers than
`most`, an even sample of them is used; nothing is drawn by chance. A fit may start from that of the snapshot
before, in place of two of the usual starts; the end depends on that in the last digits alone.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from models.learned.btyd.bg_nbd import BGNBD
from models.learned.btyd.fitted import FitReport, Fitted, Model
from models.learned.btyd.histories import Floats, PurchaseHistories
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.training.btyd import likelihoods
from models.learned.training.btyd.grouping import WeightedHistories, grouped, sampled, standing_for
from models.learned.training.btyd.search import Space, Target, search
from models.learned.training.btyd.spaces import TIMING_STARTS, bg_nbd_space, pareto_nbd_space, starts
from models.learned.training.btyd.verdict import report, rivals, too_few, trouble, values

MOST_CUSTOMERS = 20_000
# Customers among whom optima are looked for before all are read.
ROUGH_CUSTOMERS = 1_500
# Rivals of the best optimum may differ from it so much in the share that stays silent for a mean age.
RIVALS_DIFFER = 0.01
# With fewer gone than this the data say next to nothing of how customers leave.
LEAST_GONE = 0.02


class Timing(Model, Protocol):
    """A model of when customers buy and leave."""

    def log_odds_of_silence(self, histories: PurchaseHistories, horizon: float) -> Floats:
        """Log-odds [n] of no purchase in (T, T + horizon]."""
        ...

    def probability_alive(self, histories: PurchaseHistories) -> Floats:
        """Probability [n] of not having left by T."""
        ...


T = TypeVar("T", bound=Timing)


def fit_pareto_nbd(
    histories: PurchaseHistories,
    *,
    prior_weight: float = 1.0,
    most: int = MOST_CUSTOMERS,
    start: ParetoNBD | None = None,
) -> Fitted[ParetoNBD]:
    """The Pareto/NBD of customers' histories, in their unit of time.

    Where hardly anybody is seen to leave the model stands, for it is then one of buying alone, and says so.
    """
    fitted = _fit(
        ParetoNBD,
        histories,
        partial(_targets, pareto_nbd_space, likelihoods.pareto_nbd, prior_weight),
        most,
        None if start is None else (start.r, start.alpha, start.s, start.beta),
    )
    if fitted.model is None or fitted.report.share_gone >= LEAST_GONE:
        return fitted
    reason = f"{fitted.report.reason}; {_hardly_any(fitted.report)}: as good as a model of buying alone"
    return replace(fitted, report=replace(fitted.report, reason=reason))


def fit_bg_nbd(
    histories: PurchaseHistories,
    *,
    prior_weight: float = 1.0,
    most: int = MOST_CUSTOMERS,
    start: BGNBD | None = None,
) -> Fitted[BGNBD]:
    """The BG/NBD of customers' histories, in their unit of time.

    Where hardly anybody is seen to leave it can have two optima, a small probability of leaving for all or a
    large one for very few. The data hardly choose between them, and neither is given.
    """
    fitted = _fit(
        BGNBD,
        histories,
        partial(_targets, bg_nbd_space, likelihoods.bg_nbd, prior_weight),
        most,
        None if start is None else (start.r, start.alpha, start.a, start.b),
    )
    if fitted.model is None or fitted.report.share_gone >= LEAST_GONE:
        return fitted
    reason = f"a degenerate optimum: {_hardly_any(fitted.report)}, so that a and b mean nothing"
    return Fitted(None, replace(fitted.report, converged=False, reason=reason))


def _fit(
    make: Callable[..., T],
    histories: PurchaseHistories,
    targets: Callable[[WeightedHistories], tuple[Target, Target]],
    most: int,
    before: tuple[float, ...] | None,
) -> Fitted[T]:
    """The model at the best optimum, unless there is a reason against it."""
    sizes = FitReport(
        False, too_few(len(histories), int((histories.repeats > 0).sum())), available=len(histories)
    )
    if sizes.reason:
        return Fitted(None, sizes)
    rows = sampled(grouped(histories), most)
    sizes = replace(sizes, customers=int(rows.customers), distinct=len(rows.weights))
    with threadpool_limits(limits=1):  # more threads spin for longer than these small products take
        target, rough = targets(rows)
        from_places = starts(target.space, TIMING_STARTS, before)
        optima = search(target, rough, from_places, rows.customers)
        told = report(target, optima, len(from_places), sizes)
        models = [make(*values(target, optimum)) for optimum in optima]
        told = replace(told, share_gone=_share_gone(models[0], rows))
        reason = trouble(target, optima[0]) or _rivalry(
            [models[0], *(models[at] for at in rivals(optima))], rows
        )
    if reason:
        return Fitted(None, replace(told, converged=False, reason=reason))
    return Fitted(models[0], told)


def _targets(
    space_of: Callable[[float], Space],
    likelihood: Callable[[WeightedHistories, Floats], tuple[float, Floats]],
    prior_weight: float,
    rows: WeightedHistories,
) -> tuple[Target, Target]:
    """What is to be maximised, on all rows and on a sample that stands for them."""
    space = space_of(rows.mean_age)
    whole = Target(space, partial(likelihood, rows), prior_weight)
    if len(rows.weights) <= ROUGH_CUSTOMERS:
        return whole, whole
    part = standing_for(sampled(rows, ROUGH_CUSTOMERS), rows.customers)
    return whole, Target(space, partial(likelihood, part), prior_weight)


def _rivalry(models: list[T], rows: WeightedHistories) -> str:
    """Why the first model may not be told from its rivals, which follow it; empty where it may."""
    silent = [_share_silent(model, rows) for model in models]
    apart = max(abs(share - silent[0]) for share in silent)
    return (
        f"two optima are about as probable and answer differently (by {apart:.1%})"
        if apart > RIVALS_DIFFER
        else ""
    )


def _share_silent(model: Timing, rows: WeightedHistories) -> float:
    """The share expected to stay silent for as long as customers have been watched on average."""
    odds = model.log_odds_of_silence(rows.histories, rows.mean_age)
    return float(rows.weights @ np.exp(-np.logaddexp(0.0, -odds))) / rows.customers


def _share_gone(model: Timing, rows: WeightedHistories) -> float:
    """The expected share of customers who have left."""
    return float(rows.weights @ (1.0 - model.probability_alive(rows.histories))) / rows.customers


def _hardly_any(told: FitReport) -> str:
    return f"hardly anybody is seen to leave ({told.share_gone:.1%} gone)"
