"""One life of the world: complaints and campaigns in order of time, and what the trial would have done."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    days_until_back,
    outcome_closes,
    persuade,
)
from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.departures import Lives, begin, endure, placed_between
from pipelines.sources.simulator.hastened import hasten
from pipelines.sources.simulator.law_of_complaints import Verdicts
from pipelines.sources.simulator.onboarding import Onboarding
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.plans import Plans, in_order
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime
from pipelines.sources.simulator.silent_problems import SilentProblems
from pipelines.sources.simulator.troubles import Troubles

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
    silent: SilentProblems
    troubles: Troubles
    onboarding: Onboarding


@dataclass(frozen=True)
class History:
    """What came true of the wishes.

    orders: the wishes at the times at which offers had them made. plans: what each customer was headed for,
    at any time. placed, made, suffered: masks of the orders placed, complaints made and silent problems met,
    to the end of the outlook. assignments and kept (mask of customers each campaign kept) in order of
    CAMPAIGNS, those decided elsewhere last. trial_retained: for each arm, whether each customer of the trial
    would have ordered within a horizon of it.
    """

    lives: Lives
    orders: Orders
    plans: Plans
    placed: Flags
    made: Flags
    suffered: Flags
    assignments: tuple[Assignment, ...]
    kept: tuple[Flags, ...]
    trial_retained: Mapping[str, Flags]


@dataclass(frozen=True)
class _Past:
    """The story so far, up to `until`; `met` marks the troubles."""

    lives: Lives
    orders: Orders
    until: int
    placed: Flags
    missed: Flags
    met: Flags
    changes: tuple[Plans, ...]


def live_through(wishes: Wishes, track: Track, decided: Sequence[Assignment] = ()) -> History:
    """Let time pass to the end of the outlook, campaign by campaign; `decided`: further ones after them."""
    past = _birth(wishes)
    assignments, kept = [], []
    retained: Mapping[str, Flags] = {}
    for campaign in track(CAMPAIGNS, "Living through the campaigns"):
        past = _pass_time(wishes, past, campaign.at(wishes.time))
        silence = days_silent(wishes.customers, past.orders, past.placed, past.until)
        assignment = assign(wishes.settings, campaign, past.until, wishes.customers, silence)
        if campaign is TRIAL:
            retained = _trial_outcomes(wishes, past, assignment)
        past, won = _offer(wishes, past, assignment)
        assignments.append(assignment)
        kept.append(won)
    for assignment in decided:
        past, won = _offer(wishes, _pass_time(wishes, past, assignment.at), assignment)
        assignments.append(assignment)
        kept.append(won)
    past = _pass_time(wishes, past, wishes.time.outlook_ends)
    voiced = wishes.troubles.voiced
    return History(
        lives=past.lives,
        orders=past.orders,
        plans=in_order(past.changes),
        placed=past.placed,
        made=past.met[voiced],
        suffered=past.met[~voiced],
        assignments=tuple(assignments),
        kept=tuple(kept),
        trial_retained=retained,
    )


def _birth(wishes: Wishes) -> _Past:
    nothing = np.zeros(len(wishes.orders), bool)
    lives, before = begin(wishes.customers, wishes.time, wishes.onboarding), wishes.time.start - 1
    everybody = np.arange(len(wishes.customers))
    return _Past(
        lives=lives,
        orders=wishes.orders,
        until=before,
        placed=nothing,
        missed=nothing,
        met=np.zeros(len(wishes.troubles), bool),
        changes=(lives.plans(everybody, np.full(len(everybody), before)),),
    )


def _pass_time(wishes: Wishes, past: _Past, until: int) -> _Past:
    lives, met, changes = endure(
        past.lives, wishes.customers, wishes.troubles, missed=past.missed, since=past.until, until=until
    )
    placed = past.placed | placed_between(lives, past.orders, past.until, until)
    return replace(
        past,
        lives=lives,
        until=until,
        placed=placed,
        missed=(past.orders.at <= until) & ~placed,
        met=past.met | met,
        changes=past.changes + changes,
    )


def _offer(wishes: Wishes, past: _Past, assignment: Assignment) -> tuple[_Past, Flags]:
    """Let the offers of a campaign do what they do; gives also who was kept."""
    lives, kept = persuade(wishes.settings, past.lives, wishes.customers, assignment)
    changed = np.flatnonzero((lives.leaves_at != past.lives.leaves_at) | (lives.cause != past.lives.cause))
    plans = lives.plans(changed, np.full(len(changed), assignment.at))
    orders = _come_back(wishes, past.orders, assignment, kept)
    return replace(past, lives=lives, orders=orders, changes=(*past.changes, plans)), kept


def _come_back(wishes: Wishes, orders: Orders, assignment: Assignment, kept: Flags) -> Orders:
    """Whom an offer kept orders soon. Orders that go wrong must not move: troubles are dated by them."""
    who = np.flatnonzero(kept)
    fixed = np.zeros(len(orders), bool)
    fixed[wishes.troubles.order] = True
    days = days_until_back(wishes.settings, assignment.campaign, len(kept))[who]
    return hasten(orders, wishes.time, who, np.full(len(who), assignment.at), days_later=days, fixed=fixed)


def _trial_outcomes(wishes: Wishes, past: _Past, assignment: Assignment) -> Mapping[str, Flags]:
    """Potential outcomes: the same customers with the same luck, all of them given each arm in turn."""
    outcomes = {}
    for number, name in enumerate(arm_names(wishes.settings)):
        everybody = replace(assignment, arm=np.full_like(assignment.arm, number))
        offered, _ = _offer(wishes, past, everybody)
        later = _pass_time(wishes, offered, outcome_closes(assignment.at))
        bought = np.zeros(len(wishes.customers), bool)
        bought[wishes.orders.customer[later.placed & ~past.placed]] = True
        outcomes[name] = bought[assignment.customer]
    return outcomes
