"""Which kind of source the files are: tables of orders and what surrounds them, or one wide table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.contract.tables import ORDERS
from pipelines.mapping_proposal.alike import together
from pipelines.mapping_proposal.help_desks import help_desk
from pipelines.mapping_proposal.label_answers import label_of, refuse_unclear
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.near_orders import nearly_orders
from pipelines.mapping_proposal.proposal import Proposal, propose
from pipelines.mapping_proposal.recognition import candidates, recognised
from pipelines.mapping_proposal.table_plans import plan_table
from pipelines.mapping_proposal.wide_proposal import propose_wide


def proposed(looked: Sequence[Looked], folder: Path, answers: Mapping[str, str]) -> Proposal:
    """The proposal for files that were looked at, relative to `folder`.

    Files with the same headings are one table. A single file that holds no orders, and a column that says who
    left, is a wide table. Raises `BadSource` for files of which nothing can be made.
    """
    looked = together(looked)
    if (
        len(looked) == 1
        and not looked[0].others
        and ("LABEL" in answers or not _holds_orders(looked[0], answers))
    ):
        label = label_of(looked[0], answers)
        if label is not None:
            return propose_wide(looked[0], folder / looked[0].name, label, answers)
        if _may_be_wide(looked[0], answers):
            refuse_unclear(looked[0])
    return propose(looked, folder, answers)


def _holds_orders(looked: Looked, answers: Mapping[str, str]) -> bool:
    """Whether the file is orders, or would be but for dates or names that are not read."""
    plan = plan_table(looked, ORDERS, answers)
    return recognised([plan]) is not None or bool(nearly_orders(plan))


def _may_be_wide(looked: Looked, answers: Mapping[str, str]) -> bool:
    """Whether no other table claims the file; a list of customers may be a wide table."""
    plan = help_desk(looked, answers) or recognised(candidates(looked, answers))
    return plan is None or plan.declared.name == "customers"
