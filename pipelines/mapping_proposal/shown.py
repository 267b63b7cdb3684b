"""The proposal in words: what was found, how each column is read, and rows as they are understood."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from models.contract.attributes import PREFIX
from models.contract.columns import Kind
from models.contract.storage import RowCounts
from models.contract.tables import table
from models.domain.money import format_minor
from pipelines.mapping_proposal.assignment import is_personal
from pipelines.mapping_proposal.money_words import shown as money_in_words
from pipelines.mapping_proposal.planned import Planned, TablePlan
from pipelines.mapping_proposal.proposal import Proposal
from pipelines.mapping_proposal.rehearsal import Rehearsal, Rehearsed

LONGEST_ID = 14
KEPT_DIGITS = 4
DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}


def proposal_lines(proposal: Proposal) -> Iterator[str]:
    """The tables with their columns, and what was found."""
    for plan in proposal.plans.values():
        yield ""
        yield f"{plan.declared.name}: {_written(plan)}"
        for name, planned in plan.columns.items():
            yield f"  {name} ← {_reads(planned)}{_example(plan, planned)}{_remark(planned)}"
        yield from (f"  {line}" for line in _other_settings(plan))
        yield from (f"  {line}" for line in _not_used(plan))
        yield from (f"  {finding}" for finding in plan.findings)
    yield ""
    yield from proposal.findings


def rehearsal_lines(proposal: Proposal, rehearsal: Rehearsal) -> Iterator[str]:
    """Rows as they are understood, what became of all of them, and what is missing."""
    for name, rehearsed in rehearsal.tables.items():
        plan = proposal.plans.get(name)
        yield ""
        yield f"{name}, as they are understood:"
        yield from (f"  {row}" for row in _rows(rehearsed, name, proposal.source))
        whole = (plan is None or plan.looked.exact) and not rehearsed.sampled
        yield f"  {_counted(rehearsed.counts)}{'' if whole else ' of a sample'}"
        for file, counts in rehearsed.counts.files.items():
            yield f"    {file}: {_counted(counts)}"
    yield ""
    yield from (f"note: {note}" for note in (*rehearsal.notes, *rehearsal.missing))


def money_lines(what: str, minor: int, currency: str) -> Iterator[str]:
    """An amount that a person will recognise, in words."""
    yield ""
    yield f"{what[0].upper()}{what[1:]} is {money_in_words(minor, currency)}."
    yield "If that is ten or a hundred times too much or too little, give another UNIT=…"


def _written(plan: TablePlan) -> str:
    looked = plan.looked
    parts = [looked.title, f"{looked.rows:,} rows" if looked.exact else f"about {looked.rows:,} rows"]
    if looked.encoding is not None and looked.delimiter is not None:
        parts += [looked.encoding.value, f"parted by {DELIMITERS.get(looked.delimiter, looked.delimiter)}"]
    if "calendar" in plan.settings:
        parts.append(f"{plan.settings['calendar']} calendar")
    if looked.ragged:
        parts.append(f"{looked.ragged:,} lines with too many or too few values")
    return ", ".join(parts)


def _reads(planned: Planned) -> str:
    setting = planned.setting
    if not isinstance(setting, dict):
        return str(setting)
    said = dict(setting)
    if "product" in said:
        first = " × ".join(said.pop("product"))
    elif "constant" in said:
        first = f"always {said.pop('constant')}"
    else:
        first = str(said.pop("column"))
    more = ", ".join(f"{name}: {_short(value)}" for name, value in said.items())
    return f"{first} [{more}]" if more else first


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{word} = {'nothing' if said is None else said}" for word, said in value.items())
    return str(value)


def _example(plan: TablePlan, planned: Planned) -> str:
    if not planned.headings:
        return ""
    keys = isinstance(planned.setting, dict) and "identity" in planned.setting
    examples = [plan.looked.column(heading).examples[:1] for heading in planned.headings]
    texts = [text[0] for text in examples if text]
    shown = [hidden(text) for text in texts] if keys else texts
    return f" (e.g. {', '.join(shown)})" if shown else ""


def hidden(key: str) -> str:
    """A phone number or an address with its middle left out: enough for its owner's shop to know it by."""
    return f"{key[:KEPT_DIGITS]}…{key[-2:]}"


def _remark(planned: Planned) -> str:
    return f"  ({planned.remark})" if planned.remark else ""


def _other_settings(plan: TablePlan) -> Iterator[str]:
    for condition in plan.settings.get("where", ()):
        yield f"where: {condition['column']} is not {', '.join(condition['not_in'])}"
    for kind, heading in plan.settings.get("identities", {}).items():
        yield f"identities: {kind} ← {heading} (says whose key it is)"


def _not_used(plan: TablePlan) -> Iterator[str]:
    """Columns that nothing reads, and how to add those that may be meant."""
    unsure = {match.heading: match.column for match in plan.unsure}
    read = plan.taken | set(plan.settings.get("identities", {}).values())
    read |= {condition["column"] for condition in plan.settings.get("where", ())}
    for heading in plan.looked.headings:
        if heading in read:
            continue
        if is_personal(plan.looked.column(heading)):
            yield f"not used: {heading} (personal, never read)"
            continue
        name = unsure.get(heading)
        maybe = f" (perhaps {name}: add `{name}: {heading}` to its columns)" if name else ""
        yield f"not used: {heading}{maybe}"


def _rows(rehearsed: Rehearsed, name: str, source: Mapping[str, Any]) -> Iterator[str]:
    kinds = {column.name: column.kind for column in table(name).columns}
    days = {column for column in rehearsed.shown.column_names if _whole_days(rehearsed, column, source)}
    for row in rehearsed.shown.to_pylist():
        values = {name: value for name, value in row.items() if value is not None}
        yield "; ".join(
            f"{column.removeprefix(PREFIX)} {_value(value, kinds.get(column), source, column in days)}"
            for column, value in values.items()
        )


def _whole_days(rehearsed: Rehearsed, column: str, source: Mapping[str, Any]) -> bool:
    """Whether a column holds dates alone: midnights, all of them."""
    values, zone = rehearsed.accepted[column], ZoneInfo(source["timezone"])
    if not pa.types.is_timestamp(values.type):
        return False
    moments = (moment.as_py() for moment in values.unique() if moment.is_valid)
    return all(moment.astimezone(zone).time() == time.min for moment in moments)


def _value(value: Any, kind: Kind | None, source: Mapping[str, Any], whole_day: bool) -> str:
    if kind is Kind.MONEY:
        return format_minor(value, source["currency"])
    if isinstance(value, datetime):
        return _moment(value.astimezone(ZoneInfo(source["timezone"])), whole_day)
    text = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    return text if kind is not Kind.ID or len(text) <= LONGEST_ID else f"{text[:LONGEST_ID]}…"


def _moment(local: datetime, whole_day: bool) -> str:
    """A local time with its weekday and zone; of a date alone, the end of that day."""
    if whole_day:
        return f"{local - timedelta(days=1):%a %Y-%m-%d} 24:00 {local:%Z}"
    return f"{local:%a %Y-%m-%d %H:%M %Z}"


def _counted(counts: RowCounts) -> str:
    reasons = ", ".join(f"{reason} {rows:,}" for reason, rows in sorted(counts.reasons.items()))
    return (
        f"{counts.read:,} rows read = {counts.accepted:,} accepted + {counts.merged:,} merged + "
        f"{counts.out_of_scope:,} out of scope + {counts.rejected:,} rejected"
        + (f" ({reasons})" if reasons else "")
    )
