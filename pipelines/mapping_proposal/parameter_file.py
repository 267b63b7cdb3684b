"""The proposal as a parameter file: every setting with what it asks, laid over params.yaml by `make real`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from shlex import quote
from typing import Any

import yaml

from pipelines.mapping_proposal.proposal import Proposal

WIDTH = 110
# Comments stand as far in as their settings.
INDENT = 6
# By these words a file is known for one that may be written anew.
MARK = "Proposed by `make map`"

_ASKS = {
    "kind": "Where do the data come from? files: several tables; table: one, with a row a customer.",
    "path": "Which file or folder holds them? (`make real … FILE=…` fills this in.)",
    "currency": "Which currency are all amounts in? Never converted.",
    "amount_unit": "Which unit are amounts written in (major, minor; for IRR rial, toman, thousand_toman)?",
    "timezone": "In which time zone does a time without an offset stand, and where does a local day end?",
    "calendar": "In which calendar are dates written (gregorian, jalali)?",
    "extracted_at": "Up to which instant do the files speak? null: up to their newest fact.",
    "phone_country_code": "Which country's calling code belongs to phone numbers that name none?",
    "tables": "Which file is which table, and which of its columns (by heading) is each of the table's?",
    "table": "Which column says who left, and what do its values mean? Which are the ids, and the money?",
}
_SNAPSHOT_ASKS = {
    "spacing_days": "The books are short: how many days apart are the moments to learn from?",
    "min_history_days": "How many days of log must lie behind a moment before it is worth learning from?",
    "value_cut_spacing_days": "How many days apart are value backtests?",
}
_POLICY_ASKS = {
    "actions": "What can be done for a customer, what does a contact cost, which face values may be given?",
    "tiers": "From which lifetime value on may which greatest face value be given?",
    "absolute_limit_minor": "What is the most that may ever be spent on one customer at a time?",
    "recovery_authority_minor": "How much may a member of staff give on an open complaint?",
    "authority_minor": "How much may each team spend on one customer at most?",
    "rounding_step_minor": "In which steps is money given?",
    "unknown_consent": "Nobody asked for consent: list_only (listed without a cap), allow or refuse?",
}


@dataclass(frozen=True)
class Beside:
    """Sections beside `source`. policy: settings that hold amounts. measure: what they were brought to.

    snapshots: settings for short books, empty for long ones.
    """

    policy: Mapping[str, Any]
    measure: str = ""
    snapshots: Mapping[str, int] = field(default_factory=dict)


def parameter_file(name: str, proposal: Proposal, beside: Beside) -> str:
    """The whole file, to be `params/<name>.yaml`."""
    files = proposal.file or ", ".join(plan.looked.title for plan in proposal.plans.values())
    sections = {
        "source": _source(proposal),
        "snapshots": _asked(beside.snapshots, _SNAPSHOT_ASKS),
        "value": _value(proposal),
        "policy": _asked(beside.policy, _POLICY_ASKS),
    }
    lines = [
        *_comment(f"{MARK} from {files}. Laid over params.yaml by"),
        *_comment(f"`{command(name, proposal)}`; correct whatever is wrong."),
    ]
    for section, settings in sections.items():
        inside = [f"  {line}" for line in settings]
        if inside:
            about = _comment(_about_policy(beside.measure)) if section == "policy" else ()
            lines += ["", *about, f"{section}:", *inside]
    return "\n".join(lines) + "\n"


def command(name: str, proposal: Proposal) -> str:
    """What runs the pipeline with these settings."""
    return f"make real SOURCE={quote(name)} FILE={quote(proposal.source['path'])}"


def dumped(value: Any) -> str:
    """A value as YAML on one line."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=10_000
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _source(proposal: Proposal) -> Iterator[str]:
    sections = ("tables", "table")
    yield from _asked({name: value for name, value in proposal.source.items() if name not in sections}, _ASKS)
    for section in sections:
        if section in proposal.source:
            yield f"# {_ASKS[section]}"
            yield f"{section}:"
    if "table" in proposal.source:
        yield from (f"  {line}" for line in _table(proposal.source["table"]))
    for name, table in proposal.source.get("tables", {}).items():
        yield f"  {name}:"
        yield from (f"    {line}" for line in _table(table))
        for sentence, settings in proposal.plans[name].suggestions.items():
            yield from (f"    {line}" for line in _suggested(sentence, settings))


def _table(table: Mapping[str, Any]) -> Iterator[str]:
    for setting, value in table.items():
        if isinstance(value, (dict, list)) and value:
            yield f"{setting}:"
            yield from (f"  {line}" for line in _entries(value))
        else:
            yield f"{setting}: {dumped(value)}"


def _entries(value: Mapping[str, Any] | list[Any]) -> Iterator[str]:
    if isinstance(value, list):
        yield from (f"- {dumped(entry)}" for entry in value)
    else:
        yield from (f"{name}: {dumped(entry)}" for name, entry in value.items())


def _suggested(sentence: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """A setting that a person may want, as a comment."""
    yield from _comment(sentence)
    yield from (f"# {line}" for line in _table(settings))


def _value(proposal: Proposal) -> Iterator[str]:
    given = "value_minor is margin already" if proposal.file else "orders carry margin_minor"
    yield f"# Which share of an amount is contribution margin? null: {given}."
    yield f"margin_share: {dumped(proposal.margin_share)}"


def _about_policy(measure: str) -> str:
    if not measure:
        return "Without money in the files there is nothing to bring the shipped policy's amounts to."
    return (
        f"Amounts are the shipped policy's, brought to this shop's size ({measure}), in minor units of "
        "source.currency. They are PROPOSALS: put your own in their place before anybody spends by them."
    )


def _asked(settings: Mapping[str, Any], asks: Mapping[str, str]) -> Iterator[str]:
    for name, value in settings.items():
        yield f"# {asks[name]}"
        if isinstance(value, list) and value:
            yield f"{name}:"
            yield from (f"  {line}" for entry in value for line in _item(entry))
        else:
            yield f"{name}: {dumped(value)}"


def _item(entry: Mapping[str, Any]) -> Iterator[str]:
    """An entry of a list: short ones on one line, others a setting a line."""
    flow = dumped(entry)
    if INDENT + len(flow) <= WIDTH:
        yield f"- {flow}"
        return
    for place, (name, value) in enumerate(entry.items()):
        yield f"{'-' if place == 0 else ' '} {name}: {dumped(value)}"


def _comment(text: str) -> Iterator[str]:
    """Words as comment lines no wider than the file."""
    line = "#"
    for word in text.split():
        if INDENT + len(line) + 1 + len(word) > WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line
