"""A file that would hold orders, were it not for dates that are not read, or names where ids should be."""

from models.domain.text import normalise
from pipelines.mapping_proposal.assignment import USED, holds_names
from pipelines.mapping_proposal.day_texts import days_of
from pipelines.mapping_proposal.fitting import MOSTLY
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.planned import TablePlan
from pipelines.mapping_proposal.similarity import similarity
from pipelines.mapping_proposal.synonyms.orders import ORDERS

DATES = (
    "Write it as YYYY-MM-DD (2024-07-24, in the Jalali calendar 1403-05-02), with the time behind it where "
    "there is one"
)


def nearly_orders(plan: TablePlan) -> str:
    """Why a file is no table of orders although it looks like one; '' where it does not."""
    found = {"ordered_at": _undated(plan), "customer_id": named_persons(plan.looked)}
    reasons = [found.get(name, "") for name in plan.missing]
    if not reasons or not all(reasons):
        return ""
    return f"{plan.looked.title} looks like orders, but {'; and '.join(reasons)}"


def named_persons(looked: Looked) -> str:
    """That a column of customers holds names, and what to do; '' where none does. Tells no name."""
    heading = next((one.heading for one in looked.columns if holds_names(one)), None)
    if heading is None:
        return ""
    return (
        f"`{heading}` holds names, and names are no ids: two customers may share one, and Holdfast keeps no "
        "names. Add a column of customers' ids, e-mail addresses or phone numbers"
    )


def _undated(plan: TablePlan) -> str:
    """That the column which is called the date of an order holds none that is read."""
    called = [
        (similarity(one.heading, ORDERS["ordered_at"]), one)
        for one in plan.looked.columns
        if one.filled and one.days.share < MOSTLY and one.emails == 0 and not holds_names(one)
    ]
    like, column = max(called, key=lambda entry: entry[0], default=(0.0, None))
    if column is None or like < USED:
        return ""
    unread = next(text for text in column.counts if not days_of({normalise(text): 1}).share)
    return f"`{column.heading}` (e.g. {unread.strip()}) is no date that is read. {DATES}"
