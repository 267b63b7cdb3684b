"""The shipped policy's amounts, brought to the size of a shop: a proposal for a person to check.

Amounts in the shipped `params.yaml` are cents and suit the simulated shop. A shop with other orders, or in
another currency, is offered the same shares of its own middling order, rounded to amounts that people give:
1, 2 or 5 times a power of ten is the step, and face values and limits are multiples of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.domain.settings import settings_from
from models.policy.settings import PolicySettings

# What a middling order of the simulated shop comes to, and what its middling customer brings in margin over a
# year: 60 and 43 EUR, in cents.
SHIPPED_ORDER_MINOR = 6_000
SHIPPED_VALUE_MINOR = 4_300
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True)
class Size:
    """How large a shop is: what was measured, in words and in minor units, and ÷ the simulated shop's."""

    what: str
    minor: int
    factor: float


def size_of_orders(orders: pa.Table) -> Size | None:
    """By the median of what orders come to; returns and empty orders aside, None without any."""
    lines = orders.select(["order_id", "amount_minor"]).filter(pc.greater(orders["amount_minor"], 0))
    if not lines.num_rows:
        return None
    totals = lines.group_by("order_id").aggregate([("amount_minor", "sum")])["amount_minor_sum"]
    median = int(np.median(totals.to_numpy()))
    return Size("a middling order", median, median / SHIPPED_ORDER_MINOR)


def size_of_customers(outcomes: pa.Table, margin_share: float | None) -> Size | None:
    """By the median of the margin that customers bring; None where nobody is known to bring any."""
    if "value_minor" not in outcomes.column_names:
        return None
    brought = outcomes["value_minor"].filter(pc.greater(outcomes["value_minor"], 0)).drop_null()
    if not len(brought):
        return None
    median = max(1, round(float(np.median(brought.to_numpy())) * (margin_share or 1.0)))
    return Size("the margin of a middling customer", median, median / SHIPPED_VALUE_MINOR)


def scaled_policy(shipped: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """The amounts of the section `policy` for a shop so many times as large, in minor units.

    Only what holds amounts: actions, tiers, limits and the rounding step; the rest stays as shipped. Raises
    `InvalidSetting` when the outcome would be no policy, which no positive factor leads to.
    """
    step = nice_step(shipped["rounding_step_minor"] * factor)
    scaled = {
        "actions": [_action(action, factor, step) for action in shipped["actions"]],
        "tiers": _tiers(shipped["tiers"], factor, step),
        "absolute_limit_minor": multiple(shipped["absolute_limit_minor"] * factor, step),
        "recovery_authority_minor": multiple(shipped["recovery_authority_minor"] * factor, step),
        "rounding_step_minor": step,
    }
    if shipped.get("authority_minor"):
        authority = shipped["authority_minor"]
        scaled["authority_minor"] = {
            owner: multiple(most * factor, step) for owner, most in authority.items()
        }
    settings_from(PolicySettings, {**shipped, **scaled}, where="policy")
    return scaled


def nice_step(amount: float) -> int:
    """The nearest of 1, 2, 5, 10, 20, 50, … to an amount, by ratio; at least 1."""
    if amount <= 1:
        return 1
    power = 10 ** int(np.floor(np.log10(amount)))
    return int(min(_STEPS, key=lambda step: abs(np.log(step * power / amount))) * power)


def multiple(amount: float, step: int) -> int:
    """The nearest multiple of the step that is not 0."""
    return max(1, round(amount / step)) * step


def two_digits(amount: float) -> int:
    """The amount rounded to its first two digits, at least 1."""
    return max(1, int(float(f"{amount:.1e}") if amount >= 10 else round(amount)))


def _action(action: Mapping[str, Any], factor: float, step: int) -> dict[str, Any]:
    faces = [face and multiple(face * factor, step) for face in action["face_values_minor"]]
    return {
        **action,
        "contact_cost_minor": two_digits(action["contact_cost_minor"] * factor),
        "face_values_minor": sorted(set(faces)),
    }


def _tiers(tiers: Sequence[Mapping[str, Any]], factor: float, step: int) -> list[dict[str, Any]]:
    """Rising tiers; those that rounding made equal are one, with the most that any of them may get."""
    greatest: dict[int, dict[str, Any]] = {}
    for tier in tiers:
        start = tier["from_lifetime_value_minor"]
        start = start and multiple(start * factor, step)
        face = tier["greatest_face_value_minor"]
        before = greatest.get(start, {}).get("greatest_face_value_minor", 0)
        most = max(before, face and multiple(face * factor, step))
        amounts = {"from_lifetime_value_minor": start, "greatest_face_value_minor": most}
        greatest[start] = {**tier, **amounts}
    return list(greatest.values())
