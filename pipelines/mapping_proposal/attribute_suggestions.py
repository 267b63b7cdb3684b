"""Columns of a list of customers that the contract has no name for: suggested as attributes, never taken."""

from models.contract.columns import Kind
from models.domain.text import fold
from pipelines.mapping_proposal.assignment import is_personal
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import FEW_VALUES, MOSTLY, NEARLY_ALL
from pipelines.mapping_proposal.planned import TablePlan

SENTENCE = (
    "Columns that may become attributes, if the file says since when they hold (known_at), or they never "
    "change (then list them in source.static_attributes, too):"
)


def suggested_attributes(plan: TablePlan) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    """The setting `attributes` for columns that nothing reads, by a sentence; empty where there are none."""
    found = {
        fold(one.heading).replace(" ", "_"): {"column": one.heading, "kind": kind.value}
        for one in plan.looked.columns
        if one.heading not in plan.taken and (kind := _kind(one)) is not None
    }
    return {SENTENCE: {"attributes": found}} if found else {}


def _kind(contents: Contents) -> Kind | None:
    """What the column holds; None where that is a date, a key or a name."""
    keyed = contents.unique or max(contents.phones, contents.emails) >= MOSTLY
    if not contents.filled or keyed or contents.days.share >= MOSTLY or is_personal(contents):
        return None
    if contents.yes_or_no >= NEARLY_ALL:
        return Kind.BOOLEAN
    if contents.numbers.share >= NEARLY_ALL:
        return Kind.NUMBER
    return Kind.CATEGORY if contents.distinct <= FEW_VALUES else None
