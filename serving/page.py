"""The list as a page that a marketer reads: words instead of codes, money instead of minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import jinja2
import numpy as np
from numpy.typing import NDArray

from models.domain.instants import last_day, local_date, to_micros
from models.domain.money import format_minor, format_whole
from models.domain.vocabulary import LifecycleStage
from models.policy.offer_words import offer_words
from serving.filters import AtRiskQuery
from serving.formats import Format
from serving.schemas import AtRisk
from serving.snapshot import Snapshot
from serving.totals import Totals, stage_counts, totals_of

PAGES = Path(__file__).parent / "pages"
HERE = "/v1/at-risk"

WORDS: Mapping[str, str] = {
    "no_gain": "acting would cost more than it brings",
    "value_unknown": "what customers are worth is not known",
    "cap_too_low": "too little may be spent to matter",
    "in_holdout": "held out, to see what campaigns bring",
    "over_budget": "the budget gains more elsewhere",
    "open_complaint": "resolve the open complaint first",
    "contacted_recently": "contacted recently",
    "no_consent": "may not be contacted",
    "consent_unknown": "consent is not recorded",
    "lost_cause": "past winning back",
    "sleeping_dog": "would stay; an approach may remind them of leaving",
    "cap_reached": "approached as often as allowed",
    "unscored": "too little is known",
}

# By `contactable`: what the list may show, and which figures then say something.
VIEWS: Mapping[bool | None, str] = {True: "Contact now", False: "Leave alone", None: "Everyone"}
TILES: Mapping[bool | None, tuple[str, ...]] = {
    True: ("To contact now", "Value at risk", "Expected gain"),
    False: ("To leave alone", "Value at risk"),
    None: ("Customers listed", "To contact now", "Value at risk", "Expected gain"),
}


@dataclass(frozen=True)
class Link:
    """A way to see more or less of the list; `on` where it is what the page shows."""

    text: str
    address: str
    on: bool
    name: str = ""
    count: int | None = None


def page_templates() -> jinja2.Environment:
    """The templates, escaping whatever they are given."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({"percent": percent, "words": words})
    return environment


def list_page(
    templates: jinja2.Environment,
    snapshot: Snapshot,
    answer: AtRisk,
    rows: NDArray[np.int64],
    query: AtRiskQuery,
) -> str:
    """The HTML of one page of the list; rows: all that match, on every page."""
    return templates.get_template("at_risk.html").render(
        answer=answer,
        last_day=snapshot.last_day,
        until=f"{snapshot.last_day.day} {snapshot.last_day:%B %Y}",
        tiles=tiles(totals_of(snapshot.plan, rows), query, snapshot.currency),
        views=views(query),
        stages=stage_chips(stage_counts(snapshot.plan, query), query),
        money=partial(_money, snapshot.currency),
        offer=partial(offer_words, currency=snapshot.currency),
        local_day=partial(_local_day, snapshot.timezone),
        last_day_before=partial(_last_day, snapshot.timezone),
        csv_link=link(query, format=Format.CSV, cursor=None, limit=None),
        next_link=link(query, cursor=answer.next_cursor) if answer.next_cursor else None,
        first_link=link(query, cursor=None) if query.cursor else None,
        everyone_link=f"{HERE}?format=html",
    )


def tiles(totals: Totals, query: AtRiskQuery, currency: str) -> list[tuple[str, str]]:
    """Headings and figures that speak of what is shown, in whole currency units."""
    told = {
        "Customers listed": f"{totals.customers:,}",
        "To contact now": f"{totals.to_contact:,}",
        "To leave alone": f"{totals.customers - totals.to_contact:,}",
        "Value at risk": format_whole(totals.value_at_risk_minor, currency),
        "Expected gain": format_whole(totals.expected_gain_minor, currency),
    }
    return [(heading, told[heading]) for heading in TILES[query.contactable]]


def views(query: AtRiskQuery) -> list[Link]:
    """The list's three views."""
    return [
        Link(text, link(query, contactable=contactable, cursor=None), on=query.contactable is contactable)
        for contactable, text in VIEWS.items()
    ]


def stage_chips(counts: Mapping[LifecycleStage, int], query: AtRiskQuery) -> list[Link]:
    """One chip a stage: asks for it too, or no longer where it is asked for."""
    return [
        Link(words(stage), _toggled(query, stage), stage in query.lifecycle_stage, name=stage, count=count)
        for stage, count in counts.items()
    ]


def _toggled(query: AtRiskQuery, stage: LifecycleStage) -> str:
    asked = {*query.lifecycle_stage} ^ {stage}
    return link(query, lifecycle_stage=[other for other in LifecycleStage if other in asked], cursor=None)


def link(query: AtRiskQuery, **changes: object) -> str:
    """The list's address with the same filters but for `changes`; None drops a parameter."""
    values = {**query.model_dump(mode="json", exclude_defaults=True), "format": Format.HTML, **changes}
    kept = {name: _spelt(value) for name, value in values.items() if value is not None}
    return f"{HERE}?{urlencode(kept, doseq=True)}"


def percent(share: float | None) -> str:
    """'37 %'; a dash when nobody knows."""
    return "–" if share is None else f"{share:.0%}".replace("%", " %")


def words(code: str | None) -> str:
    """A coded word as people say it."""
    return "" if code is None else WORDS.get(code, code.replace("_", " "))


def day(moment: date) -> str:
    """'10 Sep 2011'."""
    return f"{moment.day} {moment:%b %Y}"


def _last_day(zone: str, moment: datetime) -> str:
    """The last local day that has ended by the moment."""
    return day(last_day(to_micros(moment), zone))


def _local_day(zone: str, moment: datetime | None) -> str:
    return "–" if moment is None else day(local_date(to_micros(moment), zone))


def _money(currency: str, amount_minor: int | None) -> str:
    return "–" if amount_minor is None else format_minor(amount_minor, currency)


def _spelt(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
