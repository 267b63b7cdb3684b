"""Fitting Gamma-Gamma: the most probable parameters, or a reason for having none."""

from dataclasses import replace
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from models.learned.btyd.fitted import FitReport, Fitted
from models.learned.btyd.gamma_gamma import GammaGamma
from models.learned.btyd.histories import Floats
from models.learned.training.btyd import likelihoods
from models.learned.training.btyd.grouping import even_places
from models.learned.training.btyd.search import Target, search
from models.learned.training.btyd.spaces import SPENDING_STARTS, gamma_gamma_space, starts
from models.learned.training.btyd.verdict import report, rivals, too_few, trouble, values

MOST_CUSTOMERS = 20_000


def fit_gamma_gamma(
    repeats: Floats,
    mean_amount: Floats,
    *,
    prior_weight: float = 1.0,
    most: int = MOST_CUSTOMERS,
    start: GammaGamma | None = None,
) -> Fitted[GammaGamma]:
    """The Gamma-Gamma of customers' mean amounts per repeat purchase day [n], in their unit of money.

    Customers without one (repeats 0) say nothing and are left out; the other means must be above 0. Where
    there are more than `most`, an even sample of them is used. Raises `ValueError` for a mean of 0 or less.
    """
    again = np.flatnonzero(repeats > 0)
    if not np.all(mean_amount[again] > 0):
        raise ValueError("the mean amount of a customer with a repeat purchase day must be above 0")
    sizes = FitReport(False, too_few(len(repeats), len(again)), available=len(again))
    if sizes.reason:
        return Fitted(None, sizes)
    again = again[np.lexsort((mean_amount[again], repeats[again]))]
    if len(again) > most:
        again = again[even_places(len(again), most).astype(np.int64)]
    sizes = replace(sizes, customers=len(again), distinct=len(again))
    x, mean = repeats[again], mean_amount[again]
    with threadpool_limits(limits=1):
        space = gamma_gamma_space(float(mean.mean()))
        target = Target(space, partial(likelihoods.gamma_gamma, x, mean), prior_weight)
        before = None if start is None else (start.p, start.q - 1.0, start.gamma)
        places = starts(space, SPENDING_STARTS, before)
        optima = search(target, target, places, len(again))
    told = report(target, optima, len(places), sizes)
    p, over, gamma = values(target, optima[0])
    q = round(1.0 + over, 9)
    told = replace(told, parameters={"p": p, "q": q, "gamma": gamma})
    reason = trouble(target, optima[0])
    if rivals(optima):
        reason = reason or "two optima explain the amounts about equally well"
    if reason:
        return Fitted(None, replace(told, converged=False, reason=reason))
    return Fitted(GammaGamma(p, q, gamma), told)
