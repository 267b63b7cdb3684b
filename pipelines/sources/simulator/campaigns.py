"""Three past campaigns: whom each chose, and what an offer does to whoever gets it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY, HOUR
from models.domain.vocabulary import OfferDesign
from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.customers import Customers
from pipelines.sources.simulator.departures import CONTACT, NATURE, Lives
from pipelines.sources.simulator.orders import Orders
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import OUTLOOK_DAYS, ShopTime, lasting
from pipelines.sources.simulator.streams import stream

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NONE = "none"
CONTACT_COST = 0.015  # against the median price
BOUGHT_WITHIN_DAYS = 365  # who counts as a customer worth writing to
SENT_AT = 10 * HOUR

# A coupon reaches those about to leave and those gone of late, and keeps this share of them on average; its
# pull grows with its face value and flattens, and the thrifty feel it most. At the larger default this is 7.6
# points of retention over those who can be swayed. It mends no complaint: whom the business has wronged it
# does not buy back. Whoever gets too many letters leaves more of them unread.
JUST_GONE_DAYS, ABOUT_TO_LEAVE_DAYS = 365, 120
MOST_KEPT, TELLING_FACE = 0.53, 0.21  # the second against the median price
THRIFT_COUNTS = 1.2
BACK_WITHIN_DAYS = 45  # whoever is kept comes back with the coupon in hand
UNREAD = 0.3
VALID_DAYS = 60
# Who stays because of a coupon uses it; of those who would have bought anyway, some do: the more, the dearer
# the coupon and the thriftier the customer.
REDEEM_LEAST, REDEEM_MORE = 0.25, 0.35
# A sleeping dog is reminded that leaving is possible.
DOG_WAKES, DOG_LEAVES_WITHIN_DAYS = 0.12, 4.0

TARGET_SILENCE_DAYS, TARGET_SPREAD_DAYS, TARGET_LOW, TARGET_HIGH = 75.0, 40.0, 0.1, 0.9
INTUITION_SILENCE_DAYS = 60.0


@dataclass(frozen=True)
class Campaign:
    """One past campaign: when before the end, and how its customers were chosen."""

    name: str
    days_before_end: int
    design: OfferDesign

    def at(self, time: ShopTime) -> int:
        """The instant of assignment, in the morning of a local day."""
        return int(time.midnights[time.longest - self.days_before_end]) + SENT_AT


# Oldest first, since each acts on the lives that the one before left behind.
CAMPAIGNS = (
    Campaign("intuition", 430, OfferDesign.UNKNOWN),
    Campaign("trial", 310, OfferDesign.RANDOMISED),
    Campaign("targeted", 200, OfferDesign.TARGETED),
)
TRIAL = CAMPAIGNS[1]


@dataclass(frozen=True)
class Assignment:
    """Who was in a campaign.

    customer: numbers, ascending. arm: 0 none, j the j-th face value. propensity: of that arm; NaN where
    nobody logged it. menu: its face values in the money of the first day, those of the settings for None.
    """

    campaign: Campaign
    at: int
    customer: Integers
    arm: Integers
    propensity: Floats
    menu: tuple[float, ...] | None = None

    def faces(self, settings: SimulatorSettings) -> Floats:
        """The face value that each got, in the money of the first day [n]."""
        menu = settings.face_values_minor if self.menu is None else self.menu
        given: Floats = np.array([0.0, *menu])[self.arm]
        return given


def arm_names(settings: SimulatorSettings, menu: Sequence[float] | None = None) -> tuple[str, ...]:
    """'none', then one coupon a face value, of the settings where no menu is told."""
    faces = settings.face_values_minor if menu is None else menu
    return (NONE, *(f"coupon_{face:.0f}" for face in faces))


def assign(
    settings: SimulatorSettings,
    campaign: Campaign,
    at: int,
    customers: Customers,
    silence: Floats,
) -> Assignment:
    """Choose arms for everybody who bought within a year and has not refused e-mail.

    The trial draws arms evenly. The targeted campaign prefers the silent and logs with what chance. The
    third followed somebody's intuition about who was both silent and poor, and nobody wrote down why.
    """
    rng = stream(settings.seed, f"assignment {campaign.name}")
    draw, face = (
        rng.random(len(customers)),
        rng.integers(len(settings.face_values_minor), size=len(customers)) + 1,
    )
    faces = len(settings.face_values_minor)
    match campaign.design:
        case OfferDesign.RANDOMISED:
            treated = np.full(len(customers), faces / (faces + 1))
        case OfferDesign.TARGETED:
            wish = 1 / (1 + np.exp(-(silence - TARGET_SILENCE_DAYS) / TARGET_SPREAD_DAYS))
            treated = np.clip(wish, TARGET_LOW, TARGET_HIGH)
        case OfferDesign.UNKNOWN:
            treated = ((silence > INTUITION_SILENCE_DAYS) & (customers.spend < 0.5)).astype(np.float64)
    arm = np.where(draw < treated, face, 0)
    propensity = np.where(arm == 0, 1 - treated, treated / faces)
    if campaign.design is OfferDesign.UNKNOWN:
        propensity = np.full(len(customers), np.nan)
    who = np.flatnonzero((silence <= BOUGHT_WITHIN_DAYS) & (customers.allow("email") != 0))
    return Assignment(campaign, at, who, arm[who], propensity[who])


def persuade(
    settings: SimulatorSettings, lives: Lives, customers: Customers, assignment: Assignment
) -> tuple[Lives, Flags]:
    """What the offers change: some of those on their way out stay, some sleeping dogs wake and go.

    Draws belong to the customer and the campaign, not to the arm: under another arm the same customer would
    have been persuaded by the same luck. Returns the lives and a mask of the customers who were kept.
    """
    rng = stream(settings.seed, f"persuasion {assignment.campaign.name}")
    n, at = len(customers), assignment.at
    luck, second_life, temper, haste = (
        rng.random(n),
        rng.standard_exponential(n),
        rng.random(n),
        rng.random(n),
    )
    face = np.zeros(n)
    face[assignment.customer] = assignment.faces(settings)
    wavers = (lives.cause == NATURE) & (lives.leaves_at > at - JUST_GONE_DAYS * DAY)
    wavers &= (lives.leaves_at <= at + ABOUT_TO_LEAVE_DAYS * DAY) & ~customers.dog
    kept = wavers & (luck < settings.offer_strength * MOST_KEPT * liking(customers) * pull(settings, face))
    woken = (face > 0) & customers.dog & (lives.leaves_at > at) & (temper < DOG_WAKES)
    stays_until = at + ABOUT_TO_LEAVE_DAYS * DAY + lasting(second_life / customers.hazard)
    goes_at = np.minimum(lives.leaves_at, at + lasting(haste * DOG_LEAVES_WITHIN_DAYS))
    leaves_at = np.where(kept, stays_until, np.where(woken, goes_at, lives.leaves_at))
    return Lives(leaves_at, np.where(woken, CONTACT, lives.cause).astype(np.int8)), kept


def days_until_back(settings: SimulatorSettings, campaign: Campaign, customers: int) -> Integers:
    """How many days after the offer each customer orders, should it keep them: the same under every arm."""
    rng = stream(settings.seed, f"return {campaign.name}")
    return rng.integers(1, BACK_WITHIN_DAYS + 1, size=customers)


def pull(settings: SimulatorSettings, face: Floats) -> Floats:
    """How telling a face value is, 0 to 1: 1 − e^(−face ÷ (TELLING_FACE · median price))."""
    told: Floats = -np.expm1(-face / (TELLING_FACE * settings.median_price_minor))
    return told


def liking(customers: Customers) -> Floats:
    """How much more than the average customer each likes a coupon: from 0 to 2, 1 in the middle."""
    likes: Floats = 2 / (1 + np.exp(-THRIFT_COUNTS * customers.thrift)) * (1 - UNREAD * customers.weary)
    return likes


def outcome_closes(at: int) -> int:
    """The instant until which a customer assigned at `at` counts as retained by an order."""
    return at + OUTLOOK_DAYS * DAY


def days_silent(customers: Customers, orders: Orders, placed: Flags, at: int) -> Floats:
    """Days from each customer's last order, of those `placed`, until `at`; infinite before the first."""
    last = np.full(len(customers), NEVER)
    last[orders.customer[placed]] = orders.at[placed]  # sorted by time: the last one written stays
    return np.where(last == NEVER, np.inf, (at - last) / DAY)
