"""One life of the world: complaints and campaigns in order of time, and what the trial would have done."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.campaigns import (
    CAMPAIGNS,
    TRIAL,
    Assignment,
    Campaign,
    arm_names,
    assign,
    days_silent,
    outcome_closes,
    persuade,
)
from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.departures import Lives, begin, complain, placed_between
from pipelines.sources.simulator.law_of_complaints import Verdicts
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime

Flags = NDArray[np.bool_]
Track = Callable[[Iterable[Campaign], str], Iterable[Campaign]]


@dataclass(frozen=True)
class Wishes:
    """Everything drawn before anybody leaves: it is the same whatever the business does."""

    settings: SimulatorSettings
    time: ShopTime
    customers: Customers
    orders: Orders
    complaints: Complaints
    verdicts: Verdicts


@dataclass(frozen=True)
class History:
    """What came true of the wishes.

    placed, made: masks of the orders placed and complaints made, to the end of the outlook. assignments and
    kept (mask of customers each campaign kept) in order of CAMPAIGNS. trial_retained: for each arm, whether
    each customer of the trial would have ordered within a horizon of it.
    """

    lives: Lives
    placed: Flags
    made: Flags
    assignments: tuple[Assignment, ...]
    kept: tuple[Flags, ...]
    trial_retained: Mapping[str, Flags]


@dataclass(frozen=True)
class _Past:
    """The story so far, up to `until`."""

    lives: Lives
    until: int
    placed: Flags
    missed: Flags
    made: Flags


def live_through(wishes: Wishes, track: Track) -> History:
    """Let time pass to the end of the outlook, campaign by campaign."""
    past = _birth(wishes)
    assignments, kept = [], []
    retained: Mapping[str, Flags] = {}
    for campaign in track(CAMPAIGNS, "Living through the campaigns"):
        past = _pass_time(wishes, past, campaign.at(wishes.time))
        silence = days_silent(wishes.customers, wishes.orders, past.placed, past.until)
        assignment = assign(wishes.settings, campaign, past.until, wishes.customers, silence)
        if campaign is TRIAL:
            retained = _trial_outcomes(wishes, past, assignment)
        lives, won = persuade(wishes.settings, past.lives, wishes.customers, assignment)
        past = replace(past, lives=lives)
        assignments.append(assignment)
        kept.append(won)
    past = _pass_time(wishes, past, int(wishes.time.midnights[-1]))
    return History(past.lives, past.placed, past.made, tuple(assignments), tuple(kept), retained)


def _birth(wishes: Wishes) -> _Past:
    nothing = np.zeros(len(wishes.orders), bool)
    return _Past(
        lives=begin(wishes.customers, wishes.time),
        until=wishes.time.start - 1,
        placed=nothing,
        missed=nothing,
        made=np.zeros(len(wishes.complaints), bool),
    )


def _pass_time(wishes: Wishes, past: _Past, until: int) -> _Past:
    lives, made = complain(
        past.lives,
        wishes.customers,
        wishes.complaints,
        wishes.verdicts,
        missed=past.missed,
        since=past.until,
        until=until,
    )
    placed = past.placed | placed_between(lives, wishes.orders, past.until, until)
    return _Past(lives, until, placed, (wishes.orders.at <= until) & ~placed, past.made | made)


def _trial_outcomes(wishes: Wishes, past: _Past, assignment: Assignment) -> Mapping[str, Flags]:
    """Potential outcomes: the same customers with the same luck, all of them given each arm in turn."""
    outcomes = {}
    for number, name in enumerate(arm_names(wishes.settings)):
        everybody = replace(assignment, arm=np.full_like(assignment.arm, number))
        lives, _ = persuade(wishes.settings, past.lives, wishes.customers, everybody)
        later = _pass_time(wishes, replace(past, lives=lives), outcome_closes(assignment.at))
        bought = np.zeros(len(wishes.customers), bool)
        bought[wishes.orders.customer[later.placed & ~past.placed]] = True
        outcomes[name] = bought[assignment.customer]
    return outcomes
