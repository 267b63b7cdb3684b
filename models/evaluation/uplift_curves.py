"""How well a score finds whom an offer changes: Qini, area under the uplift curve, share of the effect."""

import numpy as np

from models.learned.trial import Flags, Floats


def qini(outcome: Floats, score: Floats, treated: Flags, weight: Floats | None = None) -> float:
    """The Qini coefficient: area between the Qini curve and a random one, over that of a perfect one.

    Radcliffe (2007), with negative effects, as scikit-uplift's `qini_auc_score` has it: customers of equal
    score come in together. outcome: 0 or 1 [n]. weight: one over each propensity, where those differ.
    """
    weight = np.ones(len(score)) if weight is None else weight
    sure = outcome * treated - outcome * ~treated
    return _above_chance(outcome, score, treated, weight) / _above_chance(outcome, sure, treated, weight)


def auuc(outcome: Floats, score: Floats, treated: Flags, weight: Floats | None = None) -> float:
    """Area under the uplift curve: the mean over all shares of (share × effect among them), in points."""
    weight = np.ones(len(score)) if weight is None else weight
    x, gained = _curve(outcome, score, treated, weight)
    many_treated, many_not = gained[2], gained[3]
    up = np.divide(gained[0], many_treated, out=np.zeros_like(x), where=many_treated > 0)
    down = np.divide(gained[1], many_not, out=np.zeros_like(x), where=many_not > 0)
    return float(np.trapezoid((up - down) * x, x) / x[-1] ** 2)


def share_of_effect(added: Floats, score: Floats, share: float) -> float:
    """Which part of the whole effect falls on the share of customers with the greatest scores.

    added: Γ_a − Γ_0 [n]. Where a score is equal for several, each counts alike; NaN without any effect.
    """
    order = np.argsort(-score, kind="stable")
    limit = score[order[max(0, int(np.ceil(share * len(score))) - 1)]]
    above, at = score > limit, score == limit
    part = (share * len(score) - above.sum()) / at.sum()
    whole = float(added.sum())
    return float((added[above].sum() + part * added[at].sum()) / whole) if whole else float("nan")


def _above_chance(outcome: Floats, score: Floats, treated: Flags, weight: Floats) -> float:
    x, (up, down, many, many_not) = _curve(outcome, score, treated, weight)
    gained = up - down * np.divide(many, many_not, out=np.zeros_like(x), where=many_not > 0)
    return float(np.trapezoid(gained, x) - gained[-1] * x[-1] / 2)


def _curve(
    outcome: Floats, score: Floats, treated: Flags, weight: Floats
) -> tuple[Floats, tuple[Floats, Floats, Floats, Floats]]:
    """How many customers have come in by each distinct score, and their sums; all begin at 0.

    The sums: outcomes of the treated and of the others, and how many they are, weighed.
    """
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    on, off = treated.astype(np.float64), (~treated).astype(np.float64)

    def summed(values: Floats) -> Floats:
        return np.append(0.0, np.cumsum((values * weight)[order])[last])

    up, down, many, many_not = (summed(each) for each in (outcome * on, outcome * off, on, off))
    return np.append(0.0, last + 1.0), (up, down, many, many_not)
