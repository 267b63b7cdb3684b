"""The plan of one day: what is best for each one, brought within the budgets, with a share left to chance."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa

from models.domain.vocabulary import DoNotContactReason, OfferDesign
from models.policy.action_settings import LEAVE_ALONE
from models.policy.budgets import Planned, planned
from models.policy.choice import Choice, chosen
from models.policy.choices_table import column
from models.policy.customers import Flags, Words
from models.policy.exploration import Draw
from models.policy.lots import EXPLORED, PLANNED, held_out, lots
from models.policy.offered_table import SEGMENT, TRIED, offered_from
from models.policy.settings import PolicySettings

NOT_PLANNED = ("campaign_id", "design", "propensity")


@dataclass(frozen=True)
class DayPlan:
    """The plan of a day.

    choices: as `score` wrote them, a row a customer, but within the budgets, and with the columns of
    `NOT_PLANNED` beside them: how the customer came to it. Whom the plan treats and whom it would but for the
    holdout are an experiment: their chance is that of not being held out, or of it. planned: the numbers
    behind it. held_out, compared: who is held out, and who is in that experiment on either side [n].
    """

    choices: pa.Table
    planned: Planned
    held_out: Flags
    compared: Flags


def plan_day(choices: pa.Table, offered: pa.Table, settings: PolicySettings, day: str) -> DayPlan:
    """Plan for the customers of `choices` and `offered`, the same ones in the same order [n].

    day: the last local day of the data, as YYYY-MM-DD: it names the campaigns and seeds the lots, so that a
    plan made twice is the same. Raises `ValueError` where the tables hold different customers.
    """
    if not choices["customer_id"].equals(offered["customer_id"]):
        raise ValueError("choices and offers do not hold the same customers")
    ids = choices["customer_id"].to_numpy()
    possible = offered_from(offered, settings)
    segment = np.array(offered[SEGMENT].to_pylist(), dtype=np.str_)
    experiment = settings.experiment
    drawing = Draw(lots(ids, f"explore-{day}"), lots(ids, f"arm-{day}"), experiment.exploration_share)
    held = held_out(ids, experiment.holdout_share)
    found = planned(possible, segment, settings.budgets, drawing, held)
    choice = chosen(possible, found.choice)
    changed: dict[str, Any] = {field.name: getattr(choice, field.name) for field in fields(Choice)}
    changed["do_not_contact_reason"] = _why_alone(choices, choice, found.explored.drawn)
    for name, values in changed.items():
        choices = choices.set_column(choices.column_names.index(name), name, column(values))
    # Only the first time: whom earlier plans treated are no longer like those whom they held out.
    compared = found.compared & ~offered[TRIED].to_numpy()
    for name, values in _how(found, compared, held, experiment.holdout_share, day).items():
        choices = choices.append_column(name, column(values))
    return DayPlan(choices, found, held, compared)


def _how(found: Planned, compared: Flags, held: Flags, share: float, day: str) -> dict[str, Any]:
    """How each customer came to what they got: the columns of `NOT_PLANNED` [n]."""
    by_chance = found.explored.drawn | compared
    chance = np.where(held, share, 1.0 - share)
    values = (
        np.char.add(np.where(found.fallen, EXPLORED, PLANNED), day),
        np.where(by_chance, OfferDesign.RANDOMISED.value, OfferDesign.TARGETED.value),
        np.where(compared, chance, found.explored.propensity),
    )
    return dict(zip(NOT_PLANNED, values, strict=True))


def _why_alone(alone: pa.Table, choice: Choice, drawn: Flags) -> Words:
    """Why each customer is left alone within the budgets, '' where they are not [n]."""
    wanted = np.array(alone["recommended_action"].to_pylist(), dtype=np.str_) != LEAVE_ALONE
    before = np.array([reason or "" for reason in alone["do_not_contact_reason"].to_pylist()], dtype=np.str_)
    by_lot, by_budget = DoNotContactReason.IN_HOLDOUT.value, DoNotContactReason.OVER_BUDGET.value
    return np.select([choice.acts, drawn, wanted], ["", by_lot, by_budget], before)
