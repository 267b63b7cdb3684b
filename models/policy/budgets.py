"""The choice that gains most within what one plan may promise and ask for in all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.policy.allocation.allocate import Allocation, allocate, left_after
from models.policy.allocation.problem import FORBIDDEN, NOTHING, Limits, Options, Resource, Use, use_of
from models.policy.allocation.respond import respond
from models.policy.budget_settings import BudgetSettings
from models.policy.customers import Flags, Integers, Words
from models.policy.exploration import Draw, Explored, by_lot, closed_to, explore, open_to_recovery
from models.policy.offered import Offer, Offered

Kind = tuple[str, str]


@dataclass(frozen=True)
class Planned:
    """A plan for n customers.

    choice [n]: an offer's number or `NOTHING`. explored: whose was drawn by lot. fallen: on whom the lot
    fell, held out or not [n]. compared: whom the plan treats, and whom it would but for the holdout [n]. use:
    what all of them gain and take. rest, left: those whose action was not left to chance, segment by segment,
    and the limits that hold for them; allocation: theirs. budgets: what the limits are called.
    """

    choice: Integers
    explored: Explored
    fallen: Flags
    compared: Flags
    use: Use
    rest: Options
    left: Limits
    allocation: Allocation
    budgets: "Budgets"


@dataclass(frozen=True)
class Budgets:
    """Budgets as the allocation knows them: customers segment by segment.

    segments: the names in order. limited: what else runs out, by kind (campaign, channel, owner) and name.
    """

    segments: tuple[str, ...]
    limited: tuple[Kind, ...]
    limits: Limits


def planned(
    offered: Offered, segment: Words, settings: BudgetSettings, draw: Draw, held_out: Flags | None = None
) -> Planned:
    """The plan: some customers' action is drawn by lot first, the others' gains most within what is left.

    segment: of each customer, by the word that `settings.segments` knows it by [n]. held_out: who gets no
    offer but a recovery, whatever `offered` says [n]; None: nobody.
    """
    budgets = budgets_for(segment, settings)
    number = np.searchsorted(budgets.segments, segment).astype(np.int64)
    order = np.argsort(number, kind="stable")
    held = np.zeros(len(order), np.bool_) if held_out is None else held_out
    open_to = closed_to(offered, held) if held.any() else offered
    options = Options(
        open_to.gain[:, order],
        np.broadcast_to(offered.liability[:, None], offered.gain.shape),
        tuple(_uses(offer, budgets.limited) for offer in offered.offers),
        number[order],
    )
    explored = explore(open_to, draw).that_fit(options, order, draw, budgets.limits)
    drawn = explored.choice[order]
    spent = use_of(options, drawn, budgets.limits)
    rest = replace(options, gain=np.where(explored.drawn[order], FORBIDDEN, options.gain))
    left = left_after(budgets.limits, spent)
    found = allocate(rest, left)
    together = np.where(explored.drawn[order], drawn, found.choice)
    compared, choice = np.zeros(len(order), np.bool_), np.full(len(order), NOTHING)
    choice[order], fallen = together, explored.drawn
    if held.any():
        # At the plan's prices everybody's wish can be told, and prices hardly hang on who is held out.
        everybody = replace(options, gain=offered.gain[:, order])
        wished = respond(everybody, found.prices, left).choice
        fallen = by_lot(offered, draw, explored)
        compared[order] = (wished != NOTHING) & (held[order] | (wished == together))
        compared &= ~fallen & ~open_to_recovery(offered)
    use = use_of(options, together, budgets.limits)
    return Planned(choice, explored, fallen, compared, use, rest, left, found, budgets)


def budgets_for(segment: Words, settings: BudgetSettings) -> Budgets:
    """The limits for customers of these segments [n]."""
    names = tuple(sorted(set(segment.tolist()))) or ("",)
    kinds = (("campaign", settings.campaigns), ("channel", settings.contacts), ("owner", settings.teams))
    limited = {
        (kind, name): Resource(limit, in_money=kind == "campaign")
        for kind, limits in kinds
        for name, limit in limits.items()
    }
    own = tuple(settings.segments.get(name) for name in names)
    return Budgets(names, tuple(limited), Limits(settings.total_minor, own, tuple(limited.values())))


def _uses(offer: Offer, limited: Sequence[Kind]) -> tuple[int, ...]:
    """The numbers of the limited things that an offer draws on."""
    action = offer.action
    drawn_on = {("campaign", action.campaign_or_id), ("channel", action.channel), ("owner", action.owner)}
    return tuple(number for number, kind in enumerate(limited) if kind in drawn_on)
