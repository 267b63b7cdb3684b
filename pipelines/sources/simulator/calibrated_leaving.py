"""What a simulated world shows of leaving: what staying is worth, why people go, and what coupons do."""

from math import inf

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.facts import Fact, Unit, change, flags, floats, micros, numbered, sample
from pipelines.sources.simulator.reasons import QUESTIONNAIRES, Questionnaire
from pipelines.sources.simulator.world import World

UNNAMED, OWN = "published", "this world's own"
NAMED = {"one_article": "one article", "a_second": "a second survey", "a_third": "a third survey"}
YEAR_DAYS = 365
FIVE_POINTS = 0.05
SAID_WITHIN = 0.03  # an article counts 99 leavers: five points are its own standard error
NOT_PUBLISHED = "other"


def leaving_facts(world: World) -> tuple[Fact, ...]:
    """Facts about leaving, then what the world adds of its own."""
    reasons = [fact for asked in QUESTIONNAIRES for fact in _said(world, asked)]
    own = (_silent_problem(world), _welcomed(world), *_coupons(world), _dogs(world))
    return (_profit_of_retention(world), *reasons, *own)


def _profit_of_retention(world: World) -> Fact:
    """Five more of a hundred customers stay each year.

    Where margins grow as fast as they are discounted, a customer's lifetime profit is m ÷ (1 − r) with r the
    yearly retention: here of those who were there a year before the end.
    """
    people, truth = world.tables["customers"], world.oracle["customers"]
    place = numbered(people["customer_id"], truth["customer_id"])
    left_at = np.where(flags(truth["left_at"].is_valid()), micros(truth["left_at"]), np.iinfo(np.int64).max)[
        place
    ]
    year_ago = world.extracted_at - YEAR_DAYS * DAY
    there = (micros(people["signed_up_at"]) <= year_ago) & (left_at > year_ago)
    stayed = sample(left_at[there] > world.extracted_at)
    lost = 1 - FIVE_POINTS - stayed.mean
    gain, error = FIVE_POINTS / lost, FIVE_POINTS / lost**2 * stayed.error
    name = "5 % more retention, where margins grow as fast as they are discounted: profit"
    return Fact(name, UNNAMED, "+25 to 85 %", Unit.CHANGE, 0.25, 0.85, gain, error, stayed.cases)


def _said(world: World, asked: Questionnaire) -> list[Fact]:
    answers = world.oracle["departures"][asked.name]
    facts = []
    for answer, share in zip(asked.answers, asked.published, strict=True):
        if answer == NOT_PUBLISHED:
            continue
        said = sample(flags(pc.equal(answers, answer)))
        name, target = f"left, and would say: {answer.replace('_', ' ')}", f"{100 * share:.0f} %"
        low, high = share - SAID_WITHIN, share + SAID_WITHIN
        figures = (said.mean, said.error, said.cases)
        facts.append(Fact(name, NAMED[asked.name], target, Unit.SHARE, low, high, *figures))
    return facts


def _silent_problem(world: World) -> Fact:
    """In log-odds of leaving within the law's days; silent problems take away beside nature."""
    problems = world.oracle["silent_problems"]
    without, lost = floats(problems["leaves_without_problem"]), flags(problems["lost"])
    left = sample(without + (1 - without) * lost)
    more = np.log(left.mean / (1 - left.mean)) - np.log(without.mean() / (1 - without.mean()))
    figures = (float(more), left.error / (left.mean * (1 - left.mean)), left.cases)
    name = "a problem that nobody complains about: log-odds of leaving"
    return Fact(name, OWN, "+0.75", Unit.NUMBER, 0.65, 0.85, *figures)


def _welcomed(world: World) -> Fact:
    """Among newcomers since the calls began, who may be called: chance said whom to call."""
    newcomers, people = world.oracle["onboarding"], world.tables["customers"]
    called = flags(newcomers["called_at"].is_valid())
    place = numbered(newcomers["customer_id"], people["customer_id"])
    joined, refuses = micros(people["signed_up_at"])[place], _refuses(world)[place]
    since = joined[called].min()
    tossed = (joined >= since) & ~refuses
    lost = flags(newcomers["lost_early_at"].is_valid())
    fewer, error = change(sample(lost[tossed & called]), sample(lost[tossed & ~called]))
    name = "newcomers called after their first order: never come back"
    return Fact(name, OWN, "-50 %", Unit.CHANGE, -0.6, -0.4, fewer, error, int(tossed.sum()))


def _refuses(world: World) -> NDArray[np.bool_]:
    answers = world.tables["customers"]["may_contact_phone"]
    return flags(pc.fill_null(pc.invert(answers), False))


def _coupons(world: World) -> list[Fact]:
    """Retention under the largest coupon less that under none, by who is given it."""
    trial, truth = world.oracle["trial"], world.oracle["customers"]
    dog = flags(truth["sleeping_dog"])[numbered(trial["customer_id"], truth["customer_id"])]
    outcomes = [name for name in trial.column_names if name.startswith("retained_")]
    none, largest = (flags(trial[name]).astype(np.int64) for name in (outcomes[0], outcomes[-1]))
    facts = []
    for who, name, target, band in (
        (~dog, "the largest coupon, of those who can be swayed: retention", "+7.6 points", (0.066, 0.086)),
        (dog, "the largest coupon, of sleeping dogs: retention", "down", (-inf, 0.0)),
    ):
        more = sample((largest - none)[who])
        facts.append(Fact(name, OWN, target, Unit.POINTS, *band, more.mean, more.error, more.cases))
    return facts


def _dogs(world: World) -> Fact:
    dogs = sample(flags(world.oracle["customers"]["sleeping_dog"]))
    figures = (dogs.mean, dogs.error, dogs.cases)
    return Fact("customers whom an offer reminds of leaving", OWN, "15 %", Unit.SHARE, 0.15, 0.15, *figures)
