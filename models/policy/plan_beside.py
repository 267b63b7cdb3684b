"""A plan beside rules of thumb that promise as much: nobody, everybody, by risk, by value.

All are valued alike, by the effects that the policy assumes or has learned; only campaigns that have come
back say what was earned.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.policy.allocation.problem import FORBIDDEN, NOTHING
from models.policy.customers import Floats, Integers
from models.policy.offered import Offered

PLAN, NOBODY, EVERYBODY, BY_RISK, BY_VALUE = "plan", "nobody", "everybody", "by_risk", "by_value"


def beside(offered: Offered, choice: Integers, risk: Floats, value: Floats) -> Mapping[str, Any]:
    """What each promises and is expected to gain, minor units, plain values.

    offered: all that may be done for n customers. choice: the plan's offers, or `NOTHING` [n]. risk, value:
    what the rules of their name go down, the greatest first [n]; who was not scored comes last. Each rule
    gives the offer that the policy likes best for the customer, whether it gains anything or not.
    """
    liked = best_allowed(offered)
    promised = told(offered, choice)["liability_minor"]
    choices = {
        PLAN: choice,
        NOBODY: np.full(len(choice), NOTHING),
        EVERYBODY: liked,
        BY_RISK: down(offered, liked, risk, promised),
        BY_VALUE: down(offered, liked, value, promised),
    }
    return {name: told(offered, each) for name, each in choices.items()}


def best_allowed(offered: Offered) -> Integers:
    """The offer that gains each customer most, though it lose; `NOTHING` where none may be made [n]."""
    if not offered.offers:
        return np.full(offered.gain.shape[1], NOTHING)
    return np.where(offered.gain.max(axis=0) > FORBIDDEN, offered.gain.argmax(axis=0), NOTHING)


def down(offered: Offered, liked: Integers, order: Floats, promised: int) -> Integers:
    """Who gets the offer liked best [n], the greatest of `order` first, whoever's still fits the money."""
    ranked = np.argsort(-np.nan_to_num(order, nan=-np.inf), kind="stable")
    ranked = ranked[liked[ranked] != NOTHING]
    choice, left = np.full(len(liked), NOTHING), promised
    for one, promises in zip(ranked.tolist(), offered.liability[liked[ranked]].tolist(), strict=True):
        if promises <= left:
            choice[one], left = liked[one], left - promises
    return choice


def told(offered: Offered, choice: Integers) -> dict[str, int]:
    """Customers, what they are promised, and what that is expected to gain."""
    taken = np.flatnonzero(choice != NOTHING)
    return {
        "customers": len(taken),
        "liability_minor": int(offered.liability[choice[taken]].sum()) if len(taken) else 0,
        "expected_gain_minor": int(offered.gain[choice[taken], taken].sum()) if len(taken) else 0,
    }
