"""Sentences for the families of features, with the customer's own figures.

Each says what is so, not what it caused: the family raised the risk, the figures show why that may be.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.domain.money import format_minor
from models.domain.vocabulary import LifecycleStage

HOURS_TO_DAYS_FROM = 48
PROBABLY_GONE = 0.5

# How long somebody has been a customer moves the odds, but nobody can act on it.
UNTOLD = frozenset({"tenure"})

# What put a customer into a stage is said first: it is what the recommended action answers.
EVIDENCE: Mapping[LifecycleStage, str] = {
    LifecycleStage.UNHAPPY: "complaints",
    LifecycleStage.CONSIDERING: "recency",
    LifecycleStage.SILENT: "recency",
    LifecycleStage.LOST: "recency",
}


@dataclass(frozen=True)
class Figures:
    """One customer's features by name: `columns` maps a name to its place in `row`.

    price_level: today's prices over those that the features count money in.
    """

    columns: Mapping[str, int]
    row: Sequence[float]
    currency: str
    price_level: float = 1.0

    def get(self, name: str) -> float | None:
        """The feature's value; None where it is absent or has nothing to say."""
        place = self.columns.get(name)
        if place is None:
            return None
        value = self.row[place]
        return value if math.isfinite(value) else None

    def count(self, name: str) -> int:
        """A count; 0 where unknown."""
        return round(self.get(name) or 0.0)

    def money(self, name: str) -> str | None:
        """An amount for people to read, in today's money; None where unknown."""
        value = self.get(name)
        return None if value is None else format_minor(round(value * self.price_level), self.currency)


def sentence(family: str, figures: Figures) -> str:
    """The sentence of a family; a family without one of its own is named."""
    template = SENTENCES.get(family)
    if template is None:
        return f"unlike most customers: {family.replace('_', ' ')}"
    return template(figures)


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _recency(figures: Figures) -> str:
    recency, gap = figures.get("recency_days"), figures.get("gap_mean_days")
    if recency is None:
        return "no order on record"
    silent = f"no order for {_times(round(recency), 'day')}"
    return silent if gap is None else f"{silent}; usually every {max(1, round(gap))}"


def _frequency(figures: Figures) -> str:
    if figures.count("orders_all") == 1:
        return "only one order so far"
    year = f"{_times(figures.count('orders_365'), 'order')} in the last 365 days"
    return (
        year if figures.get("orders_90") is None else f"{year}, {figures.count('orders_90')} in the last 90"
    )


def _monetary(figures: Figures) -> str:
    spent, mean = figures.money("spend_365"), figures.money("mean_order_amount")
    if spent is not None:
        returned = f" and sent back {figures.money('refunds_365')}" if figures.get("refunds_365") else ""
        return f"spent {spent}{returned} in the last 365 days"
    return "little is known of what was spent" if mean is None else f"orders of {mean} on average"


def _regularity(figures: Figures) -> str:
    multiple, gap = figures.get("recency_over_gap"), figures.get("gap_mean_days")
    spread, single = figures.get("gap_deviation_days"), figures.count("orders_all") == 1
    if gap is None:
        return f"no rhythm yet: {'a single order' if single else 'all purchases on one day'}"
    if multiple is not None and multiple > 1.0:
        return f"silent for {multiple:.1f} times the usual gap of {_times(round(gap), 'day')}"
    if spread is None:
        return f"usually {_times(round(gap), 'day')} between purchases"
    return f"irregular: {_times(round(gap), 'day')} between purchases, give or take {round(spread)}"


def _returns(figures: Figures) -> str:
    refunded = figures.get("refunds_365")
    if not refunded:
        return "nothing sent back in the last 365 days"
    return f"sent back goods for {figures.money('refunds_365')} in the last 365 days"


def _items(figures: Figures) -> str:
    dropped = figures.count("categories_dropped_365")
    if dropped:
        return f"{dropped} {'category' if dropped == 1 else 'categories'} no longer bought"
    if figures.get("items_365") is not None:
        bought = figures.count("items_365")
        return f"{'only one article' if bought == 1 else f'{bought} different articles'} in the last 365 days"
    return "a narrow choice of articles"


def _complaints(figures: Figures) -> str:
    open_now, age = figures.count("complaints_open"), figures.get("open_complaint_age_days")
    if open_now:
        still = f"{_times(open_now, 'complaint')} still open"
        return still if age is None else f"{still}, the oldest for {_times(round(age), 'day')}"
    ever, since = figures.count("complaints_all"), figures.get("days_since_complaint")
    if not ever:
        return "no complaint on record"
    told = f"{_times(ever, 'complaint')} so far"
    return told if since is None else f"{told}, the last {_times(round(since), 'day')} ago"


def _response_times(figures: Figures) -> str:
    waiting, last = figures.get("unanswered_age_days"), figures.get("response_hours_last")
    if waiting is not None:
        return f"a complaint has waited {_times(round(waiting), 'day')} for an answer"
    if last is None:
        return "no answer to a complaint on record"
    if last >= HOURS_TO_DAYS_FROM:
        return f"the last complaint was answered after {_times(round(last / 24), 'day')}"
    return f"the last complaint was answered after {_times(round(last), 'hour')}"


def _satisfaction(figures: Figures) -> str:
    last = figures.get("satisfaction_last")
    return "no rating of a complaint yet" if last is None else f"rated the last complaint {round(last)} of 5"


def _surveys(figures: Figures) -> str:
    satisfied, would_recommend = figures.get("csat_last"), figures.get("nps_last")
    if satisfied is not None:
        return f"satisfaction {round(satisfied)} of 5 when last asked"
    if would_recommend is not None:
        return f"readiness to recommend {round(would_recommend)} of 10 when last asked"
    return "no survey answered yet"


def _contacts(figures: Figures) -> str:
    contacted, since = figures.count("contacts_out_90"), figures.get("days_since_contact_out")
    if contacted:
        return f"contacted {_times(contacted, 'time')} in the last 90 days"
    return "never contacted" if since is None else f"not contacted for {_times(round(since), 'day')}"


def _offers(figures: Figures) -> str:
    made, used = figures.count("offers_365"), figures.count("offers_redeemed_365")
    if not made:
        return "no offer in the last 365 days"
    return f"{_times(made, 'offer')} in the last 365 days, {used or 'none'} used"


def _activity(figures: Figures) -> str:
    failed = figures.count("payment_failed_90")
    if failed:
        return f"{_times(failed, 'payment')} failed in the last 90 days"
    for since, last in (("days_since_use", "last use"), ("days_since_visit", "last visit")):
        days = figures.get(since)
        if days is not None:
            return f"{last} {_times(round(days), 'day')} ago"
    return "neither use nor visit on record"


def _contract(figures: Figures) -> str:
    ends, renews = figures.get("days_until_contract_end"), figures.get("days_until_renewal")
    ended, age = figures.get("days_since_contract_end"), figures.get("contract_age_days")
    if ends is not None:
        return f"the contract ends in {_times(round(ends), 'day')}"
    if renews is not None:
        days = _times(abs(round(renews)), "day")
        return (
            f"the contract renews in {days}" if renews >= 0 else f"renewal of the contract overdue by {days}"
        )
    if age is not None:
        return f"under contract for {_times(round(age), 'day')}"
    return "no contract" if ended is None else f"the contract ended {_times(round(ended), 'day')} ago"


def _tenure(figures: Figures) -> str:
    tenure = figures.get("tenure_days")
    return "a new customer" if tenure is None else f"customer for {_times(round(tenure), 'day')}"


def _rhythm(figures: Figures) -> str:
    alive, silence = figures.get("alive_probability"), figures.get("silence_log_odds")
    if alive is not None and alive < PROBABLY_GONE:
        return f"by the days of purchase alone, {1 - alive:.0%} likely to have left for good"
    if silence is not None:
        return f"by the days of purchase alone, {1 / (1 + math.exp(-silence)):.0%} likely to stay silent"
    return f"bought on {_times(1 + figures.count('repeat_purchase_days'), 'day')} so far"


SENTENCES: Mapping[str, Callable[[Figures], str]] = {
    "recency": _recency,
    "frequency": _frequency,
    "monetary": _monetary,
    "regularity": _regularity,
    "returns": _returns,
    "items": _items,
    "complaints": _complaints,
    "response_times": _response_times,
    "satisfaction": _satisfaction,
    "surveys": _surveys,
    "contacts": _contacts,
    "offers": _offers,
    "activity": _activity,
    "contract": _contract,
    "tenure": _tenure,
    "rhythm": _rhythm,
}
