"""The list as a page that a marketer reads, in their language: words instead of codes, and money."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import jinja2
import numpy as np
from numpy.typing import NDArray

from models.contract.told_days import told_day
from models.domain.languages import WRITINGS, Language
from models.domain.vocabulary import LifecycleStage
from models.domain.words import Words, words_in
from models.policy.offer_words import offer_words
from serving.filters import AtRiskQuery
from serving.formats import Format
from serving.page_words import Told, tile_headings, view_names
from serving.schemas import AtRisk
from serving.snapshot import Snapshot
from serving.totals import Totals, stage_counts, totals_of

PAGES = Path(__file__).parent / "pages"
HERE = "/v1/at-risk"

# By `contactable`: which figures say something of what the list then shows.
TILES: Mapping[bool | None, tuple[str, ...]] = {
    True: ("to_contact", "value_at_risk", "expected_gain"),
    False: ("to_leave_alone", "value_at_risk"),
    None: ("customers", "to_contact", "value_at_risk", "expected_gain"),
}


@dataclass(frozen=True)
class Link:
    """A way to see more or less of the list, or otherwise; `on` where it is what the page shows."""

    text: str
    address: str
    on: bool
    name: str = ""
    count: str = ""


def page_templates() -> jinja2.Environment:
    """The templates, escaping whatever they are given."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def list_page(
    templates: jinja2.Environment,
    snapshot: Snapshot,
    answer: AtRisk,
    rows: NDArray[np.int64],
    query: AtRiskQuery,
) -> str:
    """The HTML of one page of the list; rows: all that match, on every page."""
    words = words_in(query.language or snapshot.language)
    return templates.get_template("at_risk.html").render(
        answer=answer,
        last_day=snapshot.last_day,
        until=told_day(snapshot.last_day, words),
        tiles=tiles(totals_of(snapshot.plan, rows), query, snapshot.currency, words),
        views=views(query, words),
        stages=stage_chips(stage_counts(snapshot.plan, query), query, words),
        languages=languages(query, words.language),
        words=words,
        told=Told(words, snapshot.currency, snapshot.timezone),
        offer=partial(offer_words, currency=snapshot.currency, words=words),
        reasons_in=snapshot.language,
        gettext=words.gettext,
        ngettext=words.ngettext,
        csv_link=link(query, format=Format.CSV, language=None, cursor=None, limit=None),
        next_link=link(query, cursor=answer.next_cursor) if answer.next_cursor else None,
        first_link=link(query, cursor=None) if query.cursor else None,
        everyone_link=link(AtRiskQuery(language=query.language)),
    )


def tiles(totals: Totals, query: AtRiskQuery, currency: str, words: Words) -> list[tuple[str, str]]:
    """Headings and figures that speak of what is shown, in whole currency units."""
    told = {
        "customers": words.number(f"{totals.customers:,}"),
        "to_contact": words.number(f"{totals.to_contact:,}"),
        "to_leave_alone": words.number(f"{totals.customers - totals.to_contact:,}"),
        "value_at_risk": words.whole_money(totals.value_at_risk_minor, currency),
        "expected_gain": words.whole_money(totals.expected_gain_minor, currency),
    }
    headings = tile_headings(words)
    return [(headings[name], told[name]) for name in TILES[query.contactable]]


def views(query: AtRiskQuery, words: Words) -> list[Link]:
    """The list's three views."""
    return [
        Link(text, link(query, contactable=contactable, cursor=None), on=query.contactable is contactable)
        for contactable, text in view_names(words).items()
    ]


def stage_chips(counts: Mapping[LifecycleStage, int], query: AtRiskQuery, words: Words) -> list[Link]:
    """One chip a stage: asks for it too, or no longer where it is asked for."""
    return [
        Link(
            words.coded("lifecycle_stage", stage),
            _toggled(query, stage),
            on=stage in query.lifecycle_stage,
            name=stage,
            count=words.number(f"{count:,}") if count else "",
        )
        for stage, count in counts.items()
    ]


def languages(query: AtRiskQuery, shown: Language) -> list[Link]:
    """The same page in each language, by the name its speakers give it."""
    return [
        Link(writing.name, link(query, language=language), on=language is shown, name=language)
        for language, writing in WRITINGS.items()
    ]


def _toggled(query: AtRiskQuery, stage: LifecycleStage) -> str:
    asked = {*query.lifecycle_stage} ^ {stage}
    return link(query, lifecycle_stage=[other for other in LifecycleStage if other in asked], cursor=None)


def link(query: AtRiskQuery, **changes: object) -> str:
    """The list's address with the same filters but for `changes`; None drops a parameter."""
    values = {**query.model_dump(mode="json", exclude_defaults=True), "format": Format.HTML, **changes}
    kept = {name: _spelt(value) for name, value in values.items() if value is not None}
    return f"{HERE}?{urlencode(kept, doseq=True)}"


def _spelt(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
