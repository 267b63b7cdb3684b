"""Surveys: a week after a complaint was solved, and when a customer has been silent for long."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.tables import SURVEYS
from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import (
    NEVER,
    contract_table,
    identifiers,
    instants,
    numbered_by_time,
    words,
)
from pipelines.sources.simulator.complaints import stars
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.reasons import DEATH, ONE_ARTICLE, stated_reasons
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import choose, stream

Integers = NDArray[np.int64]

CSAT, NPS = 0, 1
KINDS = ("csat", "nps")
ASKED_AFTER_DAYS, CSAT_ANSWERED = 7.0, 0.35
CALL_MENDS = 0.24  # stars that the follow-up call adds
SILENT_DAYS, SILENT_ANSWERED, ANSWERED_WITHIN_DAYS = 180, 0.10, 10.0
GONE_SAY, STILL_THERE_SAY = 0.75, 0.3  # share of those who name a reason when they are asked
GONE_SCORE, STILL_THERE_SCORE, SCORE_DEVIATION = 3.5, 6.5, 2.5
STILL_THERE = len(ONE_ARTICLE.answers)  # the code of what is said by whoever has not left
REASONS = (*ONE_ARTICLE.answers, "no_need")


def surveys_table(wishes: Wishes, history: History, causes: Integers) -> pa.Table:
    """The `surveys` table up to the end, sorted by customer and time.

    causes: the true cause of each customer's leaving. The silent are asked whether they would recommend the
    shop, and why (the questionnaire of one article); the shop cannot tell who has left among them.
    """
    parts = (_after_complaints(wishes, history), _of_the_silent(wishes, history, causes))
    customer, at, kind, score, reason = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((kind, at, customer))
    order = order[at[order] <= wishes.time.end]
    moments = instants(at[order])
    return contract_table(
        SURVEYS,
        {
            "survey_id": identifiers("S", numbered_by_time(at[order]), 6),
            "customer_id": wishes.customers.id_of(customer[order]),
            "answered_at": moments,
            "kind": words(KINDS, kind[order]),
            "score": score[order],
            "reason": words(REASONS, reason[order]),
            "known_at": moments,
        },
    )


def _after_complaints(wishes: Wishes, history: History) -> tuple[Integers, ...]:
    rng, complaints = stream(wishes.settings.seed, "csat"), wishes.complaints
    n = len(complaints)
    answers, noise, late = rng.random(n) < CSAT_ANSWERED, rng.standard_normal(n), rng.random(n)
    called = complaints.followed_up_at != NEVER
    score = stars(complaints.mood + CALL_MENDS * called, noise)
    asked = answers & history.made & (complaints.resolved_at != NEVER)
    at = complaints.resolved_known_at + lasting(ASKED_AFTER_DAYS + 3 * late)
    n = int(asked.sum())
    return complaints.customer[asked], at[asked], np.full(n, CSAT), score[asked], np.full(n, -1)


def _of_the_silent(wishes: Wishes, history: History, causes: Integers) -> tuple[Integers, ...]:
    """One letter a silence, half a year after the order that began it."""
    rng, orders = stream(wishes.settings.seed, "silence"), wishes.orders
    n = len(orders)
    answers, late, noise = rng.random(n) < SILENT_ANSWERED, rng.random(n), rng.standard_normal(n)
    asked = np.flatnonzero(answers & history.placed & _begins_silence(wishes, history))
    who = orders.customer[asked]
    at = orders.at[asked] + SILENT_DAYS * DAY + lasting(ANSWERED_WITHIN_DAYS * late[asked])
    gone = history.lives.leaves_at[who] <= at
    mean = np.where(gone, GONE_SCORE, STILL_THERE_SCORE)
    score = np.clip(np.rint(mean + SCORE_DEVIATION * noise[asked]), 0, 10).astype(np.int64)
    alive = ~gone | (causes[who] != DEATH)
    reason = _said(wishes, causes, who, gone)
    return who[alive], at[alive], np.full(int(alive.sum()), NPS), score[alive], reason[alive]


def _said(wishes: Wishes, causes: Integers, who: Integers, gone: NDArray[np.bool_]) -> Integers:
    """What they say about their silence: some have a grievance and stay, some leave and say nothing of it."""
    rng = stream(wishes.settings.seed, "what the silent say")
    why = stated_reasons(wishes.settings.seed, causes, ONE_ARTICLE)[who]
    grievance = choose(rng, ONE_ARTICLE.published, len(who))
    names_it = rng.random(len(who)) < np.where(gone, GONE_SAY, STILL_THERE_SAY)
    said = np.where(names_it, np.where(gone, why, grievance), STILL_THERE)
    return np.where(said == ONE_ARTICLE.answers.index("death"), STILL_THERE, said)


def _begins_silence(wishes: Wishes, history: History) -> NDArray[np.bool_]:
    """Mask of the placed orders that none follows for SILENT_DAYS."""
    placed = np.flatnonzero(history.placed)
    customer, at = wishes.orders.customer[placed], wishes.orders.at[placed]
    gap = np.diff(at, append=np.iinfo(np.int64).max)
    last = np.diff(customer, append=-1) != 0
    mask = np.zeros(len(wishes.orders), bool)
    mask[placed] = last | (gap > SILENT_DAYS * DAY)
    return mask
