"""Everything that `make map` proposes: which file is which table, how each is read, and what stays open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.contract.tables import ORDERS
from models.domain.errors import BadSource
from pipelines.mapping_proposal.customer_keys import identities_of, unlinked, wanted_keys
from pipelines.mapping_proposal.dating import refuse_lunar
from pipelines.mapping_proposal.help_desks import help_desk
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.money_terms import Terms, money_columns, own_unit, terms_of
from pipelines.mapping_proposal.near_orders import nearly_orders
from pipelines.mapping_proposal.planned import Planned, TablePlan
from pipelines.mapping_proposal.questions import Question, share_of
from pipelines.mapping_proposal.recognition import candidates, one_file_a_table, recognised, unrecognised
from pipelines.mapping_proposal.source_section import places_found, source_section
from pipelines.mapping_proposal.table_plans import plan_table


@dataclass(frozen=True)
class Proposal:
    """A mapping as far as it is known.

    plans: by table. source: the section `source` of a parameter file, without what open questions would
    settle. findings: sentences about the whole. questions: what a person must answer first. file: the one
    that `source.path` names, '' where that is a folder.
    """

    plans: Mapping[str, TablePlan]
    source: Mapping[str, Any]
    findings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    margin_share: float | None = None
    file: str = ""


def propose(looked: Sequence[Looked], folder: Path, answers: Mapping[str, str]) -> Proposal:
    """The proposal for files that were looked at; `folder` is what `source.path` will be.

    Raises `BadSource` where no file holds orders, or two hold the same table.
    """
    plans, left_over = _plans(looked, answers)
    if "CALENDAR" not in answers:
        for plan in plans.values():
            refuse_lunar(plan.looked, plan.declared, plan.columns)
    plans = _with_identities(_with_dated_customers(plans))
    terms = terms_of(plans, answers)
    plans = {name: _with_own_units(plan, terms) for name, plan in plans.items()}
    source, questions = source_section(plans, folder, terms, answers)
    margin, margin_questions = _margin(plans, answers)
    return Proposal(
        plans,
        source,
        (*terms.findings, *places_found(source, answers), *unlinked(plans), *left_over),
        _once((*(one for plan in plans.values() for one in plan.questions), *questions, *margin_questions)),
        margin,
    )


def _plans(
    looked: Sequence[Looked], answers: Mapping[str, str]
) -> tuple[dict[str, TablePlan], tuple[str, ...]]:
    """The files by table, and sentences about those that are none."""
    found, left_over = [], []
    for one in looked:
        ranked = candidates(one, answers)
        plan = help_desk(one, answers) or recognised(ranked)
        if plan is None:
            left_over.append(unrecognised(ranked[0]))
        else:
            found.append(plan)
    by_table = one_file_a_table(found)
    if "orders" not in by_table:
        _refuse_near_orders(looked, answers)
        raise BadSource(
            "none of the files holds orders",
            allowed="a file with an order's number, its customer, date and amount",
            given="; ".join(
                [*left_over, *(f"{plan.looked.title} is {name}" for name, plan in by_table.items())]
            ),
            remedy="Name the file with the order lines in FILES, and give its columns telling headings. An "
            "order's number may be any that its lines share.",
        )
    ordered = sorted(by_table.values(), key=lambda plan: (plan.declared.name != "orders", plan.declared.name))
    return {plan.declared.name: plan for plan in ordered}, tuple(left_over)


def _refuse_near_orders(looked: Sequence[Looked], answers: Mapping[str, str]) -> None:
    for one in looked:
        reason = nearly_orders(plan_table(one, ORDERS, answers))
        if reason:
            raise BadSource(reason, remedy="Then run make map again.")


def _with_identities(plans: Mapping[str, TablePlan]) -> dict[str, TablePlan]:
    """Tables that hold both a customer's id and a key by which another table names customers say so."""
    wanted = wanted_keys(plans)
    linked = dict(plans)
    for name, plan in plans.items():
        keys = identities_of(plan, wanted)
        if keys:
            linked[name] = replace(plan, settings={**plan.settings, "identities": keys})
    return linked


def _with_dated_customers(plans: Mapping[str, TablePlan]) -> dict[str, TablePlan]:
    """Customers without any date of their own are taken as known since the day of the first order."""
    customers = plans.get("customers")
    if customers is None or not customers.missing:
        return dict(plans)
    orders = plans["orders"]
    day = orders.looked.column(orders.columns["ordered_at"].headings[0]).days.first
    known = Planned(
        {"constant": day}, (), 0.5, "no date in the file: taken as known since the first order's day"
    )
    calendar = {"calendar": orders.settings["calendar"]} if "calendar" in orders.settings else {}
    dated = replace(
        customers,
        columns={**customers.columns, "known_at": known},
        missing=(),
        settings={**customers.settings, **calendar},
    )
    return {**plans, "customers": dated}


def _with_own_units(plan: TablePlan, terms: Terms) -> TablePlan:
    """Columns of amounts whose own heading names another unit than the source's."""
    if terms.currency is None or terms.unit is None:
        return plan
    columns = dict(plan.columns)
    for name, contents in money_columns(plan):
        own = own_unit(contents, terms.currency)
        if own is not None and own is not terms.unit:
            columns[name] = columns[name].with_setting(amount_unit=own.value)
    return replace(plan, columns=columns)


def _margin(
    plans: Mapping[str, TablePlan], answers: Mapping[str, str]
) -> tuple[float | None, list[Question]]:
    """The share of an amount that is margin, asked for where the orders carry no margin."""
    if "margin_minor" in plans["orders"].columns:
        return None, []
    text = answers.get("MARGIN")
    if text is None:
        asks = "Which share of an amount is contribution margin (what an order leaves after its own costs)?"
        return None, [Question("MARGIN", asks, (), "0.3")]
    return share_of("MARGIN", text), []


def _once(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Each question once: one answer serves all files."""
    return tuple({question.name: question for question in reversed(questions)}.values())[::-1]
