"""One table with a row a customer and a column that says who left: how it is proposed to be read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.contract.parse_text import normalise_array
from models.domain.vocabulary import AmountUnit, IdentityKind
from pipelines.mapping_proposal.assignment import USED, is_personal
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.customer_keys import key_column
from pipelines.mapping_proposal.fitting import NEARLY_ALL
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.money_terms import Terms, terms_of_columns
from pipelines.mapping_proposal.places import calling_code
from pipelines.mapping_proposal.proposal import Proposal
from pipelines.mapping_proposal.questions import Question, share_of
from pipelines.mapping_proposal.said import as_of_said, calling_code_said, headings_said
from pipelines.mapping_proposal.similarity import SAME_WORDS, similarity
from pipelines.mapping_proposal.source_section import zone_of
from pipelines.mapping_proposal.synonyms.dealings import WORTH
from pipelines.mapping_proposal.synonyms.people import ANY_ID, CUSTOMER_ID
from pipelines.sources.wide_columns import NEARLY_UNIQUE
from pipelines.sources.wide_customers import key_kind
from pipelines.sources.wide_label import Label

# A table without money names a currency only because every source does.
NO_MONEY = "EUR"


def propose_wide(looked: Looked, path: Path, label: Label, answers: Mapping[str, str]) -> Proposal:
    """The proposal for a file of which `label` says who left."""
    worth = _worth(looked, label.column)
    terms = terms_of_columns([worth], answers) if worth else Terms(NO_MONEY, AmountUnit.MAJOR)
    questions = list(terms.questions)
    as_of = as_of_said(answers, answers.get("CALENDAR"))
    if as_of is None:
        asks = "For which day does the table speak (when was it exported)?"
        questions.append(Question("AS_OF", asks, (), "2026-05-31"))
    source: dict[str, Any] = {
        "kind": "table",
        "path": str(path),
        "currency": terms.currency,
        "amount_unit": terms.unit and terms.unit.value,
        "timezone": zone_of(terms, answers) or "UTC",
        "extracted_at": as_of,
    }
    table = _table(looked, label, worth, answers)
    country, asked = _phones(looked, table.get("customer_id"), terms.currency, answers)
    source |= {**country, "table": table}
    questions += asked
    margin = share_of("MARGIN", answers["MARGIN"]) if "MARGIN" in answers else None
    findings = (*_found(looked, label, source), *terms.findings)
    return Proposal({}, source, findings, tuple(questions), margin, looked.name)


def names_by_key(source: Mapping[str, Any]) -> bool:
    """Whether the wide table of a section `source` names customers by a key that is hidden."""
    return isinstance(source.get("table", {}).get("customer_id"), Mapping)


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
            written[name.lower()] = headings_said(name, answers, looked.headings)
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


def _customer(looked: Looked, label: str) -> str | dict[str, str] | None:
    """How customers are named: by ids, else by addresses or phones; None where the file has neither."""
    named = [
        (max(similarity(one.heading, CUSTOMER_ID), similarity(one.heading, ANY_ID)), one.heading)
        for one in looked.columns
        if _names_rows(one) and one.heading != label and not is_personal(one)
    ]
    like = [(score, heading) for score, heading in named if score >= USED]
    if like:
        heading = max(like)[1]
        kind = key_kind(heading, looked.column(heading).texts)
        return heading if kind is None else {"column": heading, "identity": kind.value}
    for kind in (IdentityKind.EMAIL, IdentityKind.PHONE):
        key = key_column(looked, kind, (label,))
        if key is not None and _names_rows(key):
            return {"column": key.heading, "identity": kind.value}
    return None


def _names_rows(one: Contents) -> bool:
    """Whether (nearly) every row has a value of its own: an id that two rows share is still an id."""
    return one.distinct > 1 and one.distinct >= NEARLY_UNIQUE * one.filled


def _phones(
    looked: Looked, customer: Any, currency: str | None, answers: Mapping[str, str]
) -> tuple[dict[str, str | None], list[Question]]:
    """The country of phone numbers where customers are known by them, and the question where it is open."""
    if not isinstance(customer, dict) or customer["identity"] != IdentityKind.PHONE.value:
        return {}, []
    known = calling_code_said(answers) or calling_code(looked.column(customer["column"]), currency)
    asks = "Which country's calling code belongs to phone numbers that name none?"
    return {"phone_country_code": known}, [] if known else [Question("PHONE_COUNTRY", asks, (), "49")]


def _worth(looked: Looked, label: str) -> Contents | None:
    """The column that tells what a customer brings; only a heading that says so counts."""
    for one in looked.columns:
        called = one.heading != label and similarity(one.heading, WORTH) >= SAME_WORDS
        if called and one.numbers.share >= NEARLY_ALL:
            return one
    return None


def _named(customer: str | dict[str, str] | None) -> str:
    if isinstance(customer, dict):
        return f"{customer['column']} [identity: {customer['identity']}], kept as a keyed hash alone"
    return customer or "the number of the row (no column of ids)"


def _found(looked: Looked, label: Label, source: Mapping[str, Any]) -> tuple[str, ...]:
    rows = f"{looked.rows:,} rows" if looked.exact else f"about {looked.rows:,} rows"
    table = source["table"]
    left, stayed = (", ".join(table["label"][said]) or "nobody" for said in ("churned", "stayed"))
    worth = table.get("value_minor")
    return (
        f"{looked.name}: {rows}, one row a customer",
        f"label ← {label.sentence}"
        + (" (of the rows looked at)" if looked.rows > len(label.churned) else ""),
        f"  left: {left}; stayed: {stayed}",
        f"customer_id ← {_named(table.get('customer_id'))}",
        f"value_minor ← {worth}" if worth else "no column says what a customer is worth: no caps, no money",
        f"time zone: {source['timezone']} (for the end of the day that the table speaks for)",
    )
