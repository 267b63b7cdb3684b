"""A file as one table of the contract: every column of the table with what it is read from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.contract.columns import Kind, Table
from pipelines.mapping_proposal.assignment import Match, assigned, by_content, scored
from pipelines.mapping_proposal.attribute_suggestions import suggested_attributes
from pipelines.mapping_proposal.customer_keys import customer_of
from pipelines.mapping_proposal.dating import dated
from pipelines.mapping_proposal.durations import durations
from pipelines.mapping_proposal.fitting import known_words
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.order_amounts import amount_of
from pipelines.mapping_proposal.planned import Planned, TablePlan
from pipelines.mapping_proposal.questions import Question, chosen
from pipelines.mapping_proposal.statuses import conditions, statuses

MARKS = (".", ",")
# Required columns that need no column of the file: lines are numbered, the rest is said once for all rows.
NUMBERED = "line_id"


def plan_table(looked: Looked, declared: Table, answers: Mapping[str, str]) -> TablePlan:
    """How the file would be read as that table, with whatever it lacks for that."""
    matches = scored(looked.columns, declared)
    dating = dated(looked, declared, _found(looked, declared, matches), answers)
    columns, open_marks = _with_marks(looked, declared, dating.columns, answers)
    plan = TablePlan(
        declared=declared,
        looked=looked,
        columns={name: columns[name] for name in declared.names if name in columns},
        missing=tuple(name for name in declared.required_names if name not in {*columns, NUMBERED}),
        settings={} if dating.calendar is None else {"calendar": dating.calendar.value},
        findings=dating.findings,
        questions=(*dating.questions, *open_marks),
    )
    open_ones = [match for match in matches if match.column not in columns]
    plan = replace(plan, unsure=tuple(assigned(open_ones, least=0.0, taken=plan.taken).values()))
    if declared.name == "customers":
        return replace(plan, suggestions=suggested_attributes(plan))
    return _with_statuses(plan) if declared.name == "orders" else plan


def _found(looked: Looked, declared: Table, matches: Sequence[Match]) -> dict[str, Planned]:
    """What is read for each column that something was found for, surest first."""
    sure = assigned(matches)
    columns = {match.column: Planned(match.heading, (match.heading,), match.score) for match in sure.values()}
    columns |= dict(_composed(looked, declared, sure))
    for match in by_content(looked.columns, declared, _named(columns)):
        columns[match.column] = Planned(match.heading, (match.heading,), match.score, "by its contents alone")
    columns = _with_words(looked, declared, columns)
    return columns | _said_once(declared, columns, looked)


def _named(columns: Mapping[str, Planned]) -> dict[str, Match]:
    return {
        name: Match(name, heading, planned.score)
        for name, planned in columns.items()
        for heading in planned.headings[-1:]
    }


def _composed(looked: Looked, declared: Table, sure: Mapping[str, Match]) -> Iterator[tuple[str, Planned]]:
    """Columns that are read from more than a heading: customers by their keys, products, durations."""
    customer = customer_of(looked, sure.get("customer_id"))
    if customer is not None:
        yield "customer_id", customer
    if declared.name == "orders":
        amount = amount_of(looked, sure)
        if amount is not None:
            yield "amount_minor", amount
    if declared.name == "complaints":
        for name, planned in durations(looked, {match.heading for match in sure.values()}):
            if name not in sure:
                yield name, planned


def _with_words(looked: Looked, declared: Table, columns: Mapping[str, Planned]) -> dict[str, Planned]:
    """Columns whose words have a known meaning, with that meaning."""
    found = dict(columns)
    for name, planned in columns.items():
        if not planned.headings:
            continue
        words = known_words(looked.column(planned.headings[0]), declared.name, name)
        if any(word != meaning for word, meaning in words.items()):
            found[name] = planned.with_setting(values=words)
    return found


def _said_once(declared: Table, columns: Mapping[str, Planned], looked: Looked) -> dict[str, Planned]:
    """Required columns that hold one thing for all rows, or what another column says."""
    if declared.name == "customers" and "known_at" not in columns and "signed_up_at" in columns:
        heading = columns["signed_up_at"].headings
        remark = "dated by the sign-up, as if nothing of a customer had changed since"
        return {"known_at": Planned(heading[0], heading, 0.5, remark)}
    if declared.name == "surveys" and "kind" not in columns and "score" in columns:
        highest = looked.column(columns["score"].headings[0]).numbers.high
        kind = "nps" if highest > 5 else "csat"
        return {"kind": Planned({"constant": kind}, (), 0.5, f"scores go up to {highest:g}")}
    if declared.name == "offers" and "design" not in columns:
        return {"design": Planned({"constant": "unknown"}, (), 0.5, "nothing is learned from these offers")}
    return {}


def _with_marks(
    looked: Looked, declared: Table, columns: Mapping[str, Planned], answers: Mapping[str, str]
) -> tuple[dict[str, Planned], list[Question]]:
    """Columns of numbers with a comma before their fractions, and questions where nothing tells."""
    found, questions = dict(columns), []
    for name, planned in columns.items():
        numeric = declared.column(name).kind in (Kind.MONEY, Kind.NUMBER)
        if not numeric or not planned.headings:
            continue
        contents = looked.column(planned.headings[-1])
        mark = contents.numbers.decimal_mark or chosen("DECIMAL_MARK", answers, MARKS)
        if mark is None:
            seen = f"{contents.heading} holds numbers such as {contents.examples[0]}"
            asks = f"{seen}: what stands before a fraction?"
            questions.append(Question("DECIMAL_MARK", asks, MARKS))
        elif mark == ",":
            found[name] = planned.with_setting(decimal_mark=mark)
    return found, questions


def _with_statuses(plan: TablePlan) -> TablePlan:
    amount = plan.columns.get("amount_minor")
    heading = amount.headings[-1] if amount else None
    found = statuses(plan.looked, plan.taken, heading)
    where: dict[str, Any] = {"where": conditions(found)} if conditions(found) else {}
    offered = {
        one.sentence: {"where": [{"column": one.heading, "in": [value for value, _ in one.counts]}]}
        for one in found
        if not one.undone
    }
    return replace(
        plan,
        settings={**plan.settings, **where},
        suggestions={**plan.suggestions, **offered},
        findings=(*plan.findings, *(one.sentence for one in found)),
    )
