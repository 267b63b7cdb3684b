"""One table with a row a customer and a column that says who left: how it is proposed to be read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.contract.parse_text import normalise_array
from models.domain.errors import BadSource, InvalidSetting
from models.domain.vocabulary import AmountUnit
from pipelines.mapping_proposal.assignment import USED
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import NEARLY_ALL
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.money_terms import Terms, terms_of_columns
from pipelines.mapping_proposal.proposal import Proposal
from pipelines.mapping_proposal.questions import Question, share_of
from pipelines.mapping_proposal.similarity import SAME_WORDS, similarity
from pipelines.mapping_proposal.source_section import zone_of
from pipelines.mapping_proposal.synonyms.dealings import WORTH
from pipelines.mapping_proposal.synonyms.people import ANY_ID, CUSTOMER_ID
from pipelines.sources.wide_label import Label, find_label
from pipelines.sources.wide_settings import LabelSettings

# A table without money names a currency only because every source does.
NO_MONEY = "EUR"


def label_of(looked: Looked, answers: Mapping[str, str]) -> Label | None:
    """Who left, by the column that says so; None where none does and none was named.

    `LABEL=visit:0` names a column, and after a colon the value of those who left. Raises `BadSource` for a
    named column that does not say it, and `InvalidSetting` for one that is not there.
    """
    column, _, left = answers.get("LABEL", "").partition(":")
    texts = {one.heading: normalise_array(pa.array(one.texts, pa.string())) for one in looked.columns}
    if not column:
        try:
            return find_label(texts, LabelSettings())
        except BadSource:
            return None  # most files have none: they are something else
    if column not in texts:
        raise InvalidSetting(
            "LABEL names no column", allowed=", ".join(texts), given=column, remedy="Correct LABEL=…"
        )
    return find_label(texts, LabelSettings(column, (left,) if left else ()))


def propose_wide(looked: Looked, path: Path, label: Label, answers: Mapping[str, str]) -> Proposal:
    """The proposal for a file of which `label` says who left."""
    worth = _worth(looked, label.column)
    terms = terms_of_columns([worth], answers) if worth else Terms(NO_MONEY, AmountUnit.MAJOR)
    questions = list(terms.questions)
    as_of = answers.get("AS_OF")
    if as_of is None:
        asks = "For which day does the table speak (when was it exported)?"
        questions.append(Question("AS_OF", asks, (), "2026-05-31"))
    source = {
        "kind": "table",
        "path": str(path),
        "currency": terms.currency,
        "amount_unit": terms.unit and terms.unit.value,
        "timezone": zone_of(terms, answers) or "UTC",
        "extracted_at": as_of,
        "table": _table(looked, label, worth, answers),
    }
    margin = share_of("MARGIN", answers["MARGIN"]) if "MARGIN" in answers else None
    findings = (*_found(looked, label, source), *terms.findings)
    return Proposal({}, source, findings, tuple(questions), margin, looked.name)


def _table(
    looked: Looked, label: Label, worth: Contents | None, answers: Mapping[str, str]
) -> dict[str, Any]:
    customer = _customer(looked, label.column)
    written: dict[str, Any] = {} if customer is None else {"customer_id": customer}
    written["label"] = {"column": label.column, **_values(looked, label)}
    if worth is not None:
        written["value_minor"] = worth.heading
    for name in ("DROP", "KEEP"):
        if name in answers:
            written[name.lower()] = [heading.strip() for heading in answers[name].split(",")]
    if looked.delimiter is not None and looked.encoding is not None:
        written |= {"delimiter": looked.delimiter, "encoding": looked.encoding.value}
    return written if looked.sheet is None else {**written, "sheet": looked.sheet}


def _values(looked: Looked, label: Label) -> dict[str, list[str]]:
    """The values of those who left and of those who stayed, as texts."""
    texts = normalise_array(pa.array(looked.column(label.column).texts, pa.string())).to_pylist()
    said = dict(zip(texts, label.churned.to_pylist(), strict=True))
    return {
        "churned": sorted(text for text, left in said.items() if text is not None and left),
        "stayed": sorted(text for text, left in said.items() if text is not None and left is False),
    }


def _customer(looked: Looked, label: str) -> str | None:
    """The heading of the customers' ids, None where the file has none."""
    named = [
        (max(similarity(one.heading, CUSTOMER_ID), similarity(one.heading, ANY_ID)), one.heading)
        for one in looked.columns
        if one.unique and one.heading != label
    ]
    like = [(score, heading) for score, heading in named if score >= USED]
    return max(like)[1] if like else None


def _worth(looked: Looked, label: str) -> Contents | None:
    """The column that tells what a customer brings; only a heading that says so counts."""
    for one in looked.columns:
        called = one.heading != label and similarity(one.heading, WORTH) >= SAME_WORDS
        if called and one.numbers.share >= NEARLY_ALL:
            return one
    return None


def _found(looked: Looked, label: Label, source: Mapping[str, Any]) -> tuple[str, ...]:
    rows = f"{looked.rows:,} rows" if looked.exact else f"about {looked.rows:,} rows"
    table = source["table"]
    values = table["label"]
    worth = table.get("value_minor")
    return (
        f"{looked.name}: {rows}, one row a customer",
        f"label ← {label.sentence}"
        + (" (of the rows looked at)" if looked.rows > len(label.churned) else ""),
        f"  left: {', '.join(values['churned'])}; stayed: {', '.join(values['stayed'])}",
        f"customer_id ← {table.get('customer_id', 'the number of the row (no column of ids)')}",
        f"value_minor ← {worth}" if worth else "no column says what a customer is worth: no caps, no money",
        f"time zone: {source['timezone']} (for the end of the day that the table speaks for)",
    )
