"""Complaints about orders, and how the business answers them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.backlog import held_up
from pipelines.sources.simulator.closures import close
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.prices import price_level
from pipelines.sources.simulator.recovery import Gestures, toss_gestures
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import choose, stream

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

REASONS = ("late_delivery", "damaged_item", "wrong_item", "poor_quality", "wrong_charge", "rude_service")
REASON_SHARES = (0.34, 0.18, 0.12, 0.16, 0.12, 0.08)
SEVERITY_SHARES = (0.15, 0.27, 0.30, 0.18, 0.10)
CHANNELS = ("phone", "email", "app", "post")
CHANNEL_SHARES = (0.35, 0.40, 0.20, 0.05)
TEAMS = 6

COMPLAINT_AFTER_DAYS = 3.0
# Most are answered within a working day or so; the forgotten ones surface after a week or two, some never.
ANSWER_MEDIAN_HOURS, ANSWER_DEVIATION = 9.0, 1.0
FORGOTTEN_MEDIAN_HOURS, FORGOTTEN_DEVIATION = 10.5 * 24, 0.4
SLOWNESS_BY_CHANNEL = np.array([-0.6, 0.1, 0.0, 0.8])  # added to the logarithm of hours
SLOWNESS_BY_TEAM = np.array([-0.3, -0.2, 0.0, 0.0, 0.2, 0.4])
NEVER_ANSWERED = 0.03
LATE_DAYS = 5.0
RESOLVED_IN_TIME, RESOLVED_LATE = 0.86, 0.5
RESOLVED_WITHIN_DAYS = 0.8
BOOKED_WITHIN_DAYS = 0.5  # a resolution is entered by the end of the shift
FOLLOWED_UP, REOPENED, RATED, PROMISED = 0.3, 0.06, 0.45, 0.5
CAUSE_AS_STATED = 0.75
MOOD, SOURED, PROMISE_COUNTS = 4.0, 0.6, 0.42


@dataclass(frozen=True)
class Complaints:
    """Complaints that would be made, sorted by customer and time; instants that never come are NEVER.

    order and customer: places of the order and of the customer. answered_after_days: infinite where nobody
    answers. resolved_at is the true solution, closed_at the day on which the business's system closed an
    unsolved or reopened one. channel, reason, cause: codes. mood: how the customer feels about it, on the
    scale from 1 to 5; satisfaction: the answer when it was settled, -1 where not asked. The business handles
    a complaint the same way whether or not the customer is still there to see it.
    """

    order: Integers
    customer: Integers
    opened_at: Integers
    promised_at: Integers
    answered_after_days: Floats
    first_response_at: Integers
    resolved_at: Integers
    resolved_known_at: Integers
    followed_up_at: Integers
    reopened_at: Integers
    closed_at: Integers
    gestures: Gestures
    channel: Integers
    reason: Integers
    cause: Integers
    severity: Integers
    mood: Floats
    satisfaction: Integers
    team: Integers
    cost_minor: Integers

    def __len__(self) -> int:
        """How many."""
        return len(self.opened_at)


def wish_complaints(
    settings: SimulatorSettings, customers: Customers, orders: Orders, start: int
) -> Complaints:
    """Draw complaints about orders that would be made, and the business's handling of each."""
    rng = stream(settings.seed, "complaints")
    chance = np.minimum(settings.complaint_share * customers.complaint_factor[orders.customer], 1)
    about = np.flatnonzero(rng.random(len(orders)) < chance)
    after = lasting(0.1 + rng.standard_exponential(len(about)) * COMPLAINT_AFTER_DAYS)
    opened_at = orders.at[about] + after
    by_time = np.lexsort((opened_at, orders.customer[about]))
    order = about[by_time]
    return _handle(rng, settings, order, orders.customer[order], opened_at=opened_at[by_time], start=start)


def _handle(
    rng: np.random.Generator,
    settings: SimulatorSettings,
    order: Integers,
    customer: Integers,
    *,
    opened_at: Integers,
    start: int,
) -> Complaints:
    n = len(order)
    channel, team = choose(rng, CHANNEL_SHARES, n), rng.integers(TEAMS, size=n)
    severity, reason = choose(rng, SEVERITY_SHARES, n) + 1, choose(rng, REASON_SHARES, n)
    waited = _days_to_answer(rng, settings, channel, team, age=opened_at - start)
    answered = np.isfinite(waited)
    resolved = answered & (rng.random(n) < np.where(waited > LATE_DAYS, RESOLVED_LATE, RESOLVED_IN_TIME))
    responded_at = opened_at + lasting(waited)
    resolved_at = responded_at + lasting(rng.standard_exponential(n) * RESOLVED_WITHIN_DAYS)
    followed_up = resolved & (rng.random(n) < FOLLOWED_UP)
    reopened = resolved & (rng.random(n) < REOPENED)
    promised_at = np.where(rng.random(n) < PROMISED, opened_at + rng.integers(1, 4, n) * DAY, NEVER)
    mood = _moods(waited, _promise(promised_at, responded_at), severity)
    rating = stars(mood, rng.standard_normal(n))
    booked_at = resolved_at + lasting(rng.random(n) * BOOKED_WITHIN_DAYS)
    reopened_at = np.where(reopened, booked_at + lasting(1 + 9 * rng.random(n)), NEVER)
    first_response_at = np.where(answered, responded_at, NEVER)
    return Complaints(
        order=order,
        customer=customer,
        opened_at=opened_at,
        promised_at=promised_at,
        answered_after_days=waited,
        first_response_at=first_response_at,
        resolved_at=np.where(resolved, resolved_at, NEVER),
        resolved_known_at=np.where(resolved, booked_at, NEVER),
        followed_up_at=np.where(followed_up, booked_at + lasting(1 + 4 * rng.random(n)), NEVER),
        reopened_at=reopened_at,
        closed_at=close(settings.seed, opened_at, resolved, reopened_at),
        gestures=toss_gestures(settings.seed, customer, first_response_at, severity, start=start),
        channel=channel,
        reason=reason,
        cause=np.where(rng.random(n) < CAUSE_AS_STATED, reason, choose(rng, REASON_SHARES, n)),
        severity=severity,
        mood=mood,
        satisfaction=np.where(rng.random(n) < RATED, rating, -1),
        team=team,
        cost_minor=_costs(
            rng, severity, settings.median_price_minor * price_level(settings, start, opened_at)
        ),
    )


def _days_to_answer(
    rng: np.random.Generator, settings: SimulatorSettings, channel: Integers, team: Integers, *, age: Integers
) -> Floats:
    """Lognormal hours by channel and team, a share of forgotten ones, and some for ever.

    age: of the world when the complaint was made.
    """
    n = len(channel)
    noise = rng.standard_normal(n)
    usual = np.log(ANSWER_MEDIAN_HOURS) + SLOWNESS_BY_CHANNEL[channel] + SLOWNESS_BY_TEAM[team]
    prompt = usual + ANSWER_DEVIATION * noise
    late = np.log(FORGOTTEN_MEDIAN_HOURS) + FORGOTTEN_DEVIATION * noise
    hours = np.exp(np.where(rng.random(n) < settings.forgotten_share, late, prompt))
    days: Floats = np.where(rng.random(n) < NEVER_ANSWERED, np.inf, hours / 24)
    return held_up(settings, days, age)


def _promise(promised_at: Integers, responded_at: Integers) -> Floats:
    """1 where an answer was promised and came in time, -1 where it did not, 0 where nothing was promised."""
    kept: Floats = (promised_at != NEVER) * np.where(responded_at <= promised_at, 1.0, -1.0)
    return kept


def _moods(waited: Floats, promise: Floats, severity: Integers) -> Floats:
    """Waiting and a broken promise sour it, a promise kept mends it."""
    mood: Floats = (
        MOOD - SOURED * np.log1p(np.minimum(waited, 30)) + PROMISE_COUNTS * promise - 0.2 * (severity - 3)
    )
    return mood


def stars(mood: Floats, noise: Floats) -> Integers:
    """What is answered on the day, from 1 to 5."""
    rating: Integers = np.clip(np.rint(mood + 0.8 * noise), 1, 5).astype(np.int64)
    return rating


def _costs(rng: np.random.Generator, severity: Integers, price_minor: Floats) -> Integers:
    effort = np.exp(0.5 * rng.standard_normal(len(severity)) + 0.25 * (severity - 3))
    return np.rint(0.2 * price_minor * effort).astype(np.int64)
