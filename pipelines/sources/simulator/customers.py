"""Who the customers are: what the tables show of them, and what only the oracle knows."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.instants import DAY, MINUTE, local_midnight
from pipelines.sources.simulator.arrow_columns import NEVER, identifiers
from pipelines.sources.simulator.catalogue import CATEGORIES
from pipelines.sources.simulator.settings import DAYS_PER_YEAR, SimulatorSettings
from pipelines.sources.simulator.shop_time import ShopTime, in_opening_hours
from pipelines.sources.simulator.streams import choose, stream

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

REGIONS = ("north", "south", "east", "west", "capital")
REGION_SHARES = (0.18, 0.22, 0.15, 0.15, 0.30)
ACQUISITION = ("search", "social", "referral", "marketplace", "store")
ACQUISITION_SHARES = (0.34, 0.22, 0.14, 0.18, 0.12)
# Who comes for a bargain or by an advertisement leaves sooner; who comes by a friend stays.
HAZARD_BY_ACQUISITION = np.array([1.0, 1.25, 0.7, 1.4, 0.8])
REFERRAL = ACQUISITION.index("referral")

FOUNDERS = 0.25  # customers who were there before the books begin
FOUNDED_WITHIN_DAYS = 730
GROWTH = 0.8  # below 1 newcomers come faster every year
RATE_SHAPE = 2.0  # Gamma over customers: many who buy rarely, a few who buy weekly
HAZARD_SHAPE = 2.0
ERLANG_SHAPES = (1, 2, 4)  # regularity: 1 buys at random, 4 almost by habit
ERLANG_SHARES = (0.5, 0.35, 0.15)
UNHAPPY_SHARE = 0.30  # customers who are prone to complain, and how much more than the rest
UNHAPPY_FACTOR = 4.0
FAVOURITES = 3
# Each later year's newcomers are a little less loyal and order a little less; 1 in the middle of the world.
COHORT_HAZARD, COHORT_RATE = 1.08, 0.96
BIRTH_UNKNOWN = 0.4
MEAN_AGE, AGE_DEVIATION = 42, 13

CONSENTS = ("email", "sms", "phone")
CONSENT_YES = {"email": 0.62, "sms": 0.40, "phone": 0.35}
CONSENT_UNASKED = {"email": 0.22, "sms": 0.35, "phone": 0.30}
# Newsletters a year, by the list on which chance put the customer. Too many wear out: whoever gets the most
# of them leaves a little sooner, and answers an offer less.
LETTER_LISTS, LETTER_SHARES = np.array([1.0, 4.0, 12.0]), (0.55, 0.35, 0.10)
TOO_MANY_LETTERS, FATIGUE = 10.0, 1.25
THRIFT_BY_SPEND = -0.6  # whoever likes cheap articles likes coupons; the correlation
DOG_REFUSES = 0.25  # so many of the sleeping dogs refuse whatever they might have allowed: half visible


@dataclass(frozen=True)
class Customers:
    """One entry a customer, in order of joining.

    Seen: joined_at (instant), region, acquisition (codes), referred_by (index, -1 nobody), born_at (instant
    or NEVER), consents (int8 [n, 3]; 1, 0, -1 unasked). Latent: first_day (day number of the first order),
    founder, rate (orders a busy day), regularity (Erlang shape), hazard (departures a day), spend (standard
    normal: dear or cheap articles), thrift (standard normal: hunts for coupons), tastes (category codes
    [n, 3]), habit (0 to 1: which articles of a category are the customer's own), complaint_factor, dog,
    patience (mean 1 draw with which a customer's first departure is set). letters_per_year is the shop's
    doing, by chance; rate and hazard hold what cohort and letters do to them.
    """

    joined_at: Integers
    first_day: Floats
    founder: NDArray[np.bool_]
    region: Integers
    acquisition: Integers
    referred_by: Integers
    born_at: Integers
    consents: NDArray[np.int8]
    rate: Floats
    regularity: Integers
    hazard: Floats
    spend: Floats
    thrift: Floats
    tastes: Integers
    habit: Floats
    complaint_factor: Floats
    dog: NDArray[np.bool_]
    patience: Floats
    letters_per_year: Floats

    def __len__(self) -> int:
        """How many."""
        return len(self.joined_at)

    @property
    def ids(self) -> pa.Array:
        """Their identifiers, 'C000000' onwards in order of joining."""
        return self.id_of(np.arange(len(self)))

    def id_of(self, numbers: Integers) -> pa.Array:
        """The identifiers of customers by number; below 0 is null."""
        return identifiers("C", numbers, 6)

    def allow(self, channel: str) -> NDArray[np.int8]:
        """Their answers about one channel."""
        return self.consents[:, CONSENTS.index(channel)]

    @property
    def weary(self) -> NDArray[np.bool_]:
        """Who gets too many letters."""
        return self.letters_per_year > TOO_MANY_LETTERS


def invent_customers(settings: SimulatorSettings, time: ShopTime, zone: str) -> Customers:
    """Draw every customer of the world."""
    seen, latent = stream(settings.seed, "customers"), stream(settings.seed, "latent")
    n = settings.customers
    founder, first_day, joined_at = _joining(seen, time, n)
    acquisition = choose(seen, ACQUISITION_SHARES, n)
    rate = latent.gamma(RATE_SHAPE, settings.orders_per_year / DAYS_PER_YEAR / RATE_SHAPE, n)
    hazard = latent.gamma(HAZARD_SHAPE, settings.departures_per_year / DAYS_PER_YEAR / HAZARD_SHAPE, n)
    dog = latent.random(n) < settings.sleeping_dogs
    answers = _consents(seen, dog)
    letters = _letters_per_year(settings.seed, answers)
    years = first_day / DAYS_PER_YEAR - settings.years / 2
    fatigue = np.where(letters > TOO_MANY_LETTERS, FATIGUE, 1.0)
    regularity = np.array(ERLANG_SHAPES)[choose(latent, ERLANG_SHARES, n)]
    spend = latent.standard_normal(n)
    return Customers(
        joined_at=joined_at,
        first_day=first_day,
        founder=founder,
        region=choose(seen, REGION_SHARES, n),
        acquisition=acquisition,
        referred_by=_referrers(seen, acquisition),
        born_at=_birth_dates(seen, settings.first_day, zone, n),
        consents=answers,
        rate=rate * COHORT_RATE**years,
        regularity=regularity,
        hazard=hazard * HAZARD_BY_ACQUISITION[acquisition] * COHORT_HAZARD**years * fatigue,
        spend=spend,
        thrift=_thrift(settings.seed, spend),
        tastes=latent.random((n, len(CATEGORIES))).argsort(axis=1, kind="stable")[:, :FAVOURITES],
        habit=stream(settings.seed, "habit").random(n),
        complaint_factor=_complaint_factor(latent, n),
        dog=dog,
        patience=latent.standard_exponential(n),
        letters_per_year=letters,
    )


def _joining(rng: np.random.Generator, time: ShopTime, n: int) -> tuple[NDArray[np.bool_], Floats, Integers]:
    """Founders first, then newcomers through all the years, who join with their first order."""
    founders = round(n * FOUNDERS)
    before = np.sort(rng.random(founders))
    first_day = np.concatenate(
        [np.zeros(founders), in_opening_hours(np.sort(rng.random(n - founders)) ** GROWTH * time.days)]
    )
    joined_at = time.instants(first_day) - 15 * MINUTE
    joined_at[:founders] = time.start - ((1 - before) * FOUNDED_WITHIN_DAYS * DAY).astype(np.int64)
    return np.arange(n) < founders, first_day, joined_at


def _referrers(rng: np.random.Generator, acquisition: Integers) -> Integers:
    """A referred customer names somebody who had joined before."""
    n = len(acquisition)
    earlier = (rng.random(n) * np.arange(n)).astype(np.int64)
    return np.where((acquisition == REFERRAL) & (np.arange(n) > 0), earlier, -1)


def _birth_dates(rng: np.random.Generator, today: date, zone: str, n: int) -> Integers:
    age = np.clip(rng.normal(MEAN_AGE, AGE_DEVIATION, n), 18, 90)
    unknown = rng.random(n) < BIRTH_UNKNOWN
    days, which = np.unique((age[~unknown] * DAYS_PER_YEAR).astype(np.int64), return_inverse=True)
    midnights = np.array([local_midnight(today - timedelta(days=int(day)), zone) for day in days])
    born_at = np.full(n, NEVER)
    born_at[~unknown] = midnights[which]
    return born_at


def _consents(rng: np.random.Generator, dog: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Yes, no or unasked by channel; some sleeping dogs refuse, which makes them partly visible."""
    answers = np.zeros((len(dog), len(CONSENTS)), np.int8)
    for place, channel in enumerate(CONSENTS):
        drawn = rng.random(len(dog))
        answers[drawn < CONSENT_YES[channel] + CONSENT_UNASKED[channel], place] = -1
        answers[drawn < CONSENT_YES[channel], place] = 1
    answers[dog & (rng.random(len(dog)) < DOG_REFUSES)] = 0
    return answers


def _letters_per_year(seed: int, answers: NDArray[np.int8]) -> Floats:
    """By chance, and none for those who refuse e-mail."""
    list_number = choose(stream(seed, "letter lists"), LETTER_SHARES, len(answers))
    letters: Floats = LETTER_LISTS[list_number] * (answers[:, CONSENTS.index("email")] != 0)
    return letters


def _thrift(seed: int, spend: Floats) -> Floats:
    own = stream(seed, "thrift").standard_normal(len(spend))
    thrift: Floats = THRIFT_BY_SPEND * spend + np.sqrt(1 - THRIFT_BY_SPEND**2) * own
    return thrift


def _complaint_factor(rng: np.random.Generator, n: int) -> Floats:
    """How much more often than average a customer complains; the mean is 1."""
    factor = np.where(rng.random(n) < UNHAPPY_SHARE, UNHAPPY_FACTOR, 1.0)
    return factor / (UNHAPPY_SHARE * UNHAPPY_FACTOR + 1 - UNHAPPY_SHARE)
