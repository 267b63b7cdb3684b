"""The list as a page that a marketer reads: words instead of codes, money instead of minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import jinja2
import numpy as np
from numpy.typing import NDArray

from models.domain.money import format_minor
from models.domain.vocabulary import LifecycleStage
from serving.columns import Columns
from serving.filters import AtRiskQuery
from serving.formats import Format
from serving.schemas import AtRisk

PAGES = Path(__file__).parent / "pages"
HERE = "/v1/at-risk"

WORDS: Mapping[str, str] = {
    "no_gain": "acting would cost more than it brings",
    "cap_too_low": "too little may be spent to matter",
    "open_complaint": "resolve the open complaint first",
    "contacted_recently": "contacted recently",
    "no_consent": "may not be contacted",
    "consent_unknown": "consent is not recorded",
    "lost_cause": "past winning back",
    "unscored": "too little is known",
}


@dataclass(frozen=True)
class Totals:
    """What all matching customers amount to; amounts in minor units, gains of those to contact only."""

    customers: int
    to_contact: int
    value_at_risk_minor: int
    expected_gain_minor: int


def totals_of(plan: Columns, rows: NDArray[np.int64]) -> Totals:
    """Sums over the matching rows of the plan."""
    free = rows[plan.is_null("do_not_contact_reason")[rows]]
    return Totals(
        customers=len(rows),
        to_contact=len(free),
        value_at_risk_minor=int(plan["value_at_risk_minor"][rows].sum()),
        expected_gain_minor=int(plan["expected_gain_minor"][free].sum()),
    )


def page_templates() -> jinja2.Environment:
    """The templates, escaping whatever they are given."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {"percent": percent, "words": words, "day": day, "in_path": partial(quote, safe="")}
    )
    return environment


def list_page(templates: jinja2.Environment, answer: AtRisk, totals: Totals, query: AtRiskQuery) -> str:
    """The HTML of one page of the list."""
    return templates.get_template("at_risk.html").render(
        answer=answer,
        totals=totals,
        query=query,
        stages=list(LifecycleStage),
        money=partial(_money, answer.currency),
        offer=partial(offer_words, answer.currency),
        csv_link=link(query, format=Format.CSV, cursor=None, limit=None),
        next_link=link(query, cursor=answer.next_cursor) if answer.next_cursor else None,
        first_link=link(query, cursor=None) if query.cursor else None,
    )


def link(query: AtRiskQuery, **changes: object) -> str:
    """The list's address with the same filters but for `changes`; None drops a parameter."""
    values = {**query.model_dump(mode="json", exclude_defaults=True), "format": Format.HTML, **changes}
    kept = {name: value for name, value in values.items() if value is not None}
    return f"{HERE}?{urlencode(kept, doseq=True)}"


def percent(share: float | None) -> str:
    """'37 %'; a dash when nobody knows."""
    return "–" if share is None else f"{share:.0%}".replace("%", " %")


def words(code: str | None) -> str:
    """A coded word as people say it."""
    return "" if code is None else WORDS.get(code, code.replace("_", " "))


def offer_words(currency: str, offer: str) -> str:
    """'coupon of 5.00 EUR' of 'coupon:500'; any other text as it is."""
    kind, _, face_value = offer.partition(":")
    if not face_value.isdecimal():
        return words(offer)
    return f"{words(kind)} of {format_minor(int(face_value), currency)}"


def day(moment: datetime | None) -> str:
    """'10 Sep 2011' in UTC; a dash when there is none."""
    return "–" if moment is None else f"{moment.day} {moment:%b %Y}"


def _money(currency: str, amount_minor: int | None) -> str:
    return "–" if amount_minor is None else format_minor(amount_minor, currency)
