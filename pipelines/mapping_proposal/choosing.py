"""Which kind of source the files are: tables of orders and what surrounds them, or one wide table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.contract.tables import ORDERS
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.proposal import Proposal, propose
from pipelines.mapping_proposal.recognition import recognised
from pipelines.mapping_proposal.table_plans import plan_table
from pipelines.mapping_proposal.wide_proposal import label_of, propose_wide


def proposed(looked: Sequence[Looked], folder: Path, answers: Mapping[str, str]) -> Proposal:
    """The proposal for files that were looked at, relative to `folder`.

    One file that holds no orders, and a column that says who left, is a wide table. Raises `BadSource` for
    files of which nothing can be made.
    """
    if len(looked) == 1 and ("LABEL" in answers or not _holds_orders(looked[0], answers)):
        label = label_of(looked[0], answers)
        if label is not None:
            return propose_wide(looked[0], folder / looked[0].name, label, answers)
    return propose(looked, folder, answers)


def _holds_orders(looked: Looked, answers: Mapping[str, str]) -> bool:
    return recognised([plan_table(looked, ORDERS, answers)]) is not None
