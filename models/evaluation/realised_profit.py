"""What plans earn in a world whose laws are known, beside rules of thumb that spend the same money.

Every rule may give the same offers to the same customers, each within their cap; rules differ in whom they
choose. Profit is expected over all futures, so that all rules meet the same luck and none has more of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation.rounding import rounded
from models.policy.allocation.allocate import allocate
from models.policy.allocation.problem import FORBIDDEN, NOTHING, Limits, Options, use_of

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

PLAN, BEST = "plan", "truth"
SHARES = (0.25, 0.5, 1.0)  # of what the plan promises where no budget holds it


@dataclass(frozen=True)
class CouponLaw:
    """What a coupon does to each of n customers; amounts in minor units, margins discounted over the window.

    telling: the face value that pulls by 1 − 1/e. most_kept: the chance to keep, at endless pull. parting: of
    being about to leave, or gone, in such a way that a coupon can keep. wakes: that it drives away.
    uses_least, uses_more: that it is used by who buys, and what pull adds. buys, buys_if_swayed: of an order
    while it is valid. as_it_is, if_swayed: margin as things stand, and if swayed.
    """

    telling: Floats
    most_kept: Floats
    parting: Floats
    wakes: Floats
    uses_least: Floats
    uses_more: Floats
    buys: Floats
    buys_if_swayed: Floats
    as_it_is: Floats
    if_swayed: Floats

    def profit(self, face_value: int, contact_cost: int) -> Floats:
        """Margin that a coupon adds, less what it costs where it is used, less the contact [n].

        Of the lucky, whom it would keep, those parting stay and surely use it; the others do not part anyway.
        """
        pull = -np.expm1(-face_value / self.telling)
        lucky, woken = np.clip(self.most_kept * pull, 0, 1), self.wakes * (face_value > 0)
        uses = np.clip(self.uses_least + self.uses_more * pull, 0, 1)
        used_by_lucky = self.parting + (1 - self.parting) * uses * self.buys_if_swayed
        used = (1 - woken) * ((1 - lucky) * uses * self.buys + lucky * used_by_lucky)
        added = lucky * (self.if_swayed - self.as_it_is) - woken * self.as_it_is
        earned: Floats = added - face_value * used - contact_cost
        return earned


def rules_beside_plan(
    options: Options, profit: Floats, orders: Mapping[str, Floats], shares: Sequence[float] = SHARES
) -> dict[str, Any]:
    """Profit of the plan and of rules of thumb at the same budgets; minor units, plain values.

    options: what may be given, with the gain that the policy believes in. profit: the true one of every offer
    to everybody, allowed or not [options, n]. orders: by name of the rule a number for each customer, the
    greatest first [n]. Each rule goes down its order and gives everybody the offer that the policy likes best
    for them, until the next one does not fit. `without_caps`: the same rules with the plan's commonest offer
    for anybody, whatever caps and stages say.
    """
    planned = allocate(options, Limits()).choice
    liked, common = _liked(options), _commonest(planned)
    true_gain = np.where(options.gain == FORBIDDEN, FORBIDDEN, np.floor(profit).astype(np.int64))
    truth = Options(true_gain, options.liability, options.uses, options.segment)

    def at(budget: int) -> dict[str, Any]:
        choices = {
            PLAN: allocate(options, Limits(budget)).choice,
            **{name: _going_down(options, liked, order, budget) for name, order in orders.items()},
            BEST: allocate(truth, Limits(budget)).choice,
        }
        free = {name: _going_down(options, common, order, budget) for name, order in orders.items()}
        return {
            "budget_minor": budget,
            "believed_minor": use_of(options, choices[PLAN], Limits(budget)).gain,
            "rules": {name: _told(options, profit, choice) for name, choice in choices.items()},
            "without_caps": {name: _told(options, profit, choice) for name, choice in free.items()},
        }

    whole = use_of(options, planned, Limits()).total
    found: dict[str, Any] = rounded(
        {
            "allowed": int(np.sum(liked != NOTHING)),
            "budgets": [at(int(share * whole)) for share in shares],
        }
    )
    return found


def _liked(options: Options) -> Integers:
    """The offer that the policy likes best for each customer, `NOTHING` where none is allowed [n]."""
    if not options.uses:
        return np.full(len(options), NOTHING)
    return np.where(options.gain.max(axis=0) > FORBIDDEN, options.gain.argmax(axis=0), NOTHING)


def _commonest(choice: Integers) -> Integers:
    """The option that is chosen most often, for everybody; NOTHING where none is [n]."""
    taken = choice[choice != NOTHING]
    return np.full(len(choice), np.bincount(taken).argmax() if len(taken) else NOTHING)


def _going_down(options: Options, offer: Integers, order: Floats, budget: int) -> Integers:
    """Who gets their offer [n], the greatest of `order` first, as long as the budget lasts."""
    ranked = np.argsort(-order, kind="stable")
    ranked = ranked[offer[ranked] != NOTHING]
    spent = np.cumsum(options.liability[offer[ranked], ranked])
    chosen = ranked[spent <= budget]
    choice = np.full(len(options), NOTHING)
    choice[chosen] = offer[chosen]
    return choice


def _told(options: Options, profit: Floats, choice: Integers) -> dict[str, float]:
    taken = np.flatnonzero(choice != NOTHING)
    return {
        "customers": len(taken),
        "liability_minor": int(options.liability[choice[taken], taken].sum()),
        "profit_minor": float(profit[choice[taken], taken].sum()),
    }
