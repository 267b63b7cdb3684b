"""What a simulated world shows of complaints: waiting, promises, calls afterwards, making up for it."""

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.facts import (
    Fact,
    Unit,
    change,
    flags,
    floats,
    micros,
    numbered,
    sample,
)
from pipelines.sources.simulator.timeline import last_at, next_after
from pipelines.sources.simulator.world import World

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

UNNAMED = "published"
LATE_DAYS, PROMPT_DAYS = 5, 1
AGAIN_DAYS = 90  # within so many days of the solution
SURVEYED_DAYS = 12  # an answer that comes so soon after a solution is about it
SATISFIED = 4


def service_facts(world: World) -> tuple[Fact, ...]:
    """Facts about complaints, the plain ones first."""
    return (
        _lost_when_late(world),
        _stays_when_prompt(world),
        _orders_again(world),
        _satisfied_by_a_call(world),
        _satisfied_by_a_promise(world),
        _recovery_returns(world),
    )


def _lost_when_late(world: World) -> Fact:
    complaints = world.oracle["complaints"]
    late = floats(complaints["answered_after_days"]) > LATE_DAYS
    lost = sample(flags(complaints["lost"])[late])
    name = "complaint answered after more than 5 days: lost"
    return Fact(name, UNNAMED, "40 to 50 %", Unit.SHARE, 0.40, 0.50, lost.mean, lost.error, lost.cases)


def _stays_when_prompt(world: World) -> Fact:
    complaints = world.oracle["complaints"]
    prompt = floats(complaints["answered_after_days"]) <= PROMPT_DAYS
    prompt &= flags(complaints["resolved"])
    without = floats(complaints["leaves_without_complaint"])[prompt]
    more = sample(without - flags(complaints["lost"])[prompt])
    name = "answered within a day and resolved, against no complaint"
    return Fact(name, UNNAMED, "stays more", Unit.POINTS, 0.0, np.inf, more.mean, more.error, more.cases)


def _orders_again(world: World) -> Fact:
    solved, customer, called = _solved(world)
    watched = solved <= world.extracted_at - AGAIN_DAYS * DAY
    orders = world.tables["orders"].filter(pc.greater(world.tables["orders"]["amount_minor"], 0))
    buyer = numbered(orders["customer_id"], world.oracle["customers"]["customer_id"])
    at = micros(orders["ordered_at"])
    following = next_after(buyer, at, customer, solved)
    again = (following >= 0) & (at[following] <= solved + AGAIN_DAYS * DAY)
    more, error = change(sample(again[watched & called]), sample(again[watched & ~called]))
    name = "follow-up call: order again within 90 days"
    return Fact(name, UNNAMED, "+8 to 12 %", Unit.CHANGE, 0.08, 0.12, more, error, int(watched.sum()))


def _satisfied_by_a_call(world: World) -> Fact:
    solved, customer, called = _solved(world)
    surveys = world.tables["surveys"].filter(pc.equal(world.tables["surveys"]["kind"], "csat"))
    who = numbered(surveys["customer_id"], world.oracle["customers"]["customer_id"])
    at, score = micros(surveys["answered_at"]), floats(surveys["score"])
    about = last_at(customer, solved, who, at)
    recent = (about >= 0) & (at - solved[about] <= SURVEYED_DAYS * DAY)
    more, error = change(sample(score[recent & called[about]]), sample(score[recent & ~called[about]]))
    name = "follow-up call: satisfaction"
    return Fact(name, UNNAMED, "+5 to 7 %", Unit.CHANGE, 0.05, 0.07, more, error, int(recent.sum()))


def _satisfied_by_a_promise(world: World) -> Fact:
    complaints = world.tables["complaints"]
    rated = complaints.filter(complaints["satisfaction"].is_valid())
    satisfied = floats(rated["satisfaction"]) >= SATISFIED
    promised, answered = micros(rated["promised_at"]), micros(rated["first_response_at"])
    none = ~flags(rated["promised_at"].is_valid())
    kept = sample(satisfied[~none & (answered <= promised)])
    more, error = change(kept, sample(satisfied[none]))
    name = "a promised time kept, against no promise: satisfied"
    return Fact(name, "one bank", "up (+40 %)", Unit.CHANGE, 0.25, 0.55, more, error, len(satisfied))


def _recovery_returns(world: World) -> Fact:
    """Margin kept over a year for each unit of money given, less that unit.

    What leaving costs is the customer's own margin an order × orders a year × the expected years there of the
    next one, (1 − e^−h) ÷ h.
    """
    handling, customers = world.oracle["handling"], world.oracle["customers"]
    given = handling.filter(handling["gesture_given"])
    who = numbered(given["customer_id"], customers["customer_id"])
    hazard, rate = floats(customers["departures_per_year"]), floats(customers["orders_per_year"])
    stake = _margin_an_order(world) * rate * -np.expm1(-hazard) / hazard
    kept = floats(given["leaves_without_gesture"]) - floats(given["leaves_probability"])
    gain, spent = sample(kept * stake[who]), _mean_gesture(world)
    name = "recovery spend: margin kept in a year, beyond the money spent"
    figures = (gain.mean / spent - 1, gain.error / spent, gain.cases)
    return Fact(name, UNNAMED, "30 to 150 %", Unit.CHANGE, 0.30, 1.50, *figures)


def _solved(world: World) -> tuple[Integers, Integers, Flags]:
    """Complaints that were truly solved by the end: known when, whose, and whether a call followed.

    Sorted by customer and time. Who is called is chance, so the two groups differ by the call alone.
    """
    handling = world.oracle["handling"]
    solved = micros(handling["solved_known_at"])
    customer = numbered(handling["customer_id"], world.oracle["customers"]["customer_id"])
    called = flags(world.oracle["complaints"]["followed_up"])
    known = flags(handling["solved_known_at"].is_valid()) & (solved <= world.extracted_at)
    order = np.flatnonzero(known)[np.lexsort((solved[known], customer[known]))]
    return solved[order], customer[order], called[order]


def _margin_an_order(world: World) -> Floats:
    """Each customer's mean margin an order, in minor units; NaN for whoever has none."""
    orders = world.tables["orders"]
    who = numbered(orders["customer_id"], world.oracle["customers"]["customer_id"])
    n = world.oracle["customers"].num_rows
    bought = (
        orders.filter(pc.greater(orders["amount_minor"], 0))
        .group_by(["customer_id", "order_id"])
        .aggregate([])
    )
    made = np.bincount(numbered(bought["customer_id"], world.oracle["customers"]["customer_id"]), minlength=n)
    with np.errstate(invalid="ignore"):
        margin: Floats = np.bincount(who, floats(orders["margin_minor"]), minlength=n) / made
    return margin


def _mean_gesture(world: World) -> float:
    offers = world.tables["offers"]
    made = offers.filter(
        pc.and_(pc.equal(offers["purpose"], "recovery"), pc.not_equal(offers["arm"], "none"))
    )
    return float(pc.mean(made["face_value_minor"]).as_py())
