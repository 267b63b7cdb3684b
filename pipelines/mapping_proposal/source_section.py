"""The section `source` of a parameter file, from what the files and a person said."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.domain.vocabulary import Calendar, IdentityKind
from pipelines.mapping_proposal.customer_keys import wanted_keys
from pipelines.mapping_proposal.money_terms import Terms
from pipelines.mapping_proposal.places import ZONES, calling_code
from pipelines.mapping_proposal.planned import TablePlan
from pipelines.mapping_proposal.questions import Question
from pipelines.mapping_proposal.said import as_of_said, calling_code_said, zone_said


def source_section(
    plans: Mapping[str, TablePlan], folder: Path, terms: Terms, answers: Mapping[str, str]
) -> tuple[dict[str, Any], list[Question]]:
    """The section, and the questions that must be answered before it can be used."""
    questions = list(terms.questions)
    calendar = plans["orders"].settings.get("calendar", Calendar.GREGORIAN.value)
    source = {
        "kind": "files",
        "path": str(folder),
        "currency": terms.currency,
        "amount_unit": terms.unit and terms.unit.value,
        "timezone": zone_of(terms, answers),
        "calendar": calendar,
        "extracted_at": as_of_said(answers, calendar),
    }
    if source["timezone"] is None and terms.currency is not None:
        questions.append(Question("TIMEZONE", "In which time zone is the shop?", (), "Europe/Berlin"))
    if IdentityKind.PHONE in wanted_keys(plans):
        source["phone_country_code"] = calling_code_said(answers) or _calling_code(plans, terms.currency)
        if source["phone_country_code"] is None and terms.currency is not None:
            asks = "Which country's calling code belongs to phone numbers that name none?"
            questions.append(Question("PHONE_COUNTRY", asks, (), "49"))
    source["tables"] = {name: _table(plan, calendar) for name, plan in plans.items()}
    return source, questions


def places_found(source: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[str, ...]:
    """What was taken from the currency's country, and how to say otherwise."""
    found = []
    if source["timezone"] is not None and "TIMEZONE" not in answers:
        found.append(f"time zone: {source['timezone']} (the currency's country; TIMEZONE=… says otherwise)")
    code = source.get("phone_country_code")
    if code is not None and "PHONE_COUNTRY" not in answers:
        found.append(f"phone numbers without a country are of +{code} (PHONE_COUNTRY=… says otherwise)")
    return tuple(found)


def zone_of(terms: Terms, answers: Mapping[str, str]) -> str | None:
    """What a person says, else the currency's own zone where it has one. Raises `InvalidSetting`."""
    return zone_said(answers) or ZONES.get(terms.currency or "")


def _table(plan: TablePlan, calendar: str) -> dict[str, Any]:
    """One table as it stands in a parameter file; a calendar only where it differs from the source's."""
    looked = plan.looked
    names = [looked.name, *looked.others]
    written: dict[str, Any] = {"files": names} if looked.others else {"file": looked.name}
    if looked.sheet is not None:
        written["sheet"] = looked.sheet
    if looked.delimiter is not None and looked.encoding is not None:
        written |= {"delimiter": looked.delimiter, "encoding": looked.encoding.value}
    written |= {
        name: value for name, value in plan.settings.items() if (name, value) != ("calendar", calendar)
    }
    columns = {name: planned.setting for name, planned in plan.columns.items() if not planned.shipped}
    return {**written, "columns": columns} if columns else written


def _calling_code(plans: Mapping[str, TablePlan], currency: str | None) -> str | None:
    for plan in plans.values():
        if plan.identity is IdentityKind.PHONE:
            heading = plan.columns["customer_id"].headings[0]
            return calling_code(plan.looked.column(heading), currency)
    return None
