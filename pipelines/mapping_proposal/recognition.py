"""Which table of the contract a file is."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from models.contract.tables import table
from models.domain.errors import BadSource, one_of
from pipelines.mapping_proposal.assignment import USED
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.near_orders import named_persons
from pipelines.mapping_proposal.planned import TablePlan
from pipelines.mapping_proposal.similarity import similarity
from pipelines.mapping_proposal.synonyms.people import CUSTOMER_ID, EMAIL, PHONE
from pipelines.mapping_proposal.synonyms.tables import COLUMNS, FILES
from pipelines.mapping_proposal.table_plans import plan_table

# What a file's name is worth beside its columns: as much as an optional column and a half.
NAMED = 1.5
# Share of its required columns that a table must be recognised by from headings, not from contents.
BY_HEADING = 0.5


def candidates(looked: Looked, answers: Mapping[str, str]) -> list[TablePlan]:
    """The file as every table, the likeliest first."""
    plans = [plan_table(looked, table(name), answers) for name in COLUMNS]
    return sorted(plans, key=lambda plan: (-_likelihood(plan), plan.declared.name))


def recognised(plans: Sequence[TablePlan]) -> TablePlan | None:
    """The likeliest table that the file holds everything for; None where there is none."""
    return next((plan for plan in plans if _complete(plan) and _by_heading(plan)), None)


def one_file_a_table(plans: Sequence[TablePlan]) -> dict[str, TablePlan]:
    """The plans by table. Raises `BadSource` where two files look like one table."""
    by_table: dict[str, TablePlan] = {}
    for plan in plans:
        other = by_table.setdefault(plan.declared.name, plan)
        if other is not plan:
            raise BadSource(
                f"two files look like {plan.declared.name}: {other.looked.title} and {plan.looked.title}",
                allowed="one file a table, or several with the same headings",
                remedy="Name only one in FILES, or give both the same headings: they are then read as one.",
            )
    return by_table


def unrecognised(plan: TablePlan) -> str:
    """What a file looks most like, and what it lacks for that."""
    found = one_of(plan.taken) if plan.taken else "none of its headings"
    names = named_persons(plan.looked) if "customer_id" in plan.missing else ""
    return (
        f"{plan.looked.title} is not used: it looks most like {plan.declared.name} (by {found}), but lacks "
        f"{', '.join(plan.missing) or 'headings that say so'}{names and f': {names}'}"
    )


def _likelihood(plan: TablePlan) -> float:
    lacking = len(plan.missing) * 2
    return plan.score - lacking + (NAMED if _is_called_so(plan) else 0.0)


def _is_called_so(plan: TablePlan) -> bool:
    """Whether the file's name, or its sheet's, is one for such a table."""
    names = (PurePath(plan.looked.name).name.split(".")[0], plan.looked.sheet or "")
    return any(similarity(name, FILES[plan.declared.name]) >= USED for name in names if name)


def _complete(plan: TablePlan) -> bool:
    """Whether nothing is missing; a list of customers may lack the date since which it holds."""
    return not plan.missing or (plan.declared.name, plan.missing) == ("customers", ("known_at",))


def _by_heading(plan: TablePlan) -> bool:
    customer = plan.columns.get("customer_id")
    if plan.declared.name == "customers" and customer is not None and customer.headings:
        # A list of articles has ids and dates, too: something must say that it is about customers.
        about = similarity(customer.headings[0], (*CUSTOMER_ID, *PHONE, *EMAIL)) >= USED
        if not (about or _is_called_so(plan)):
            return False
    required = [name for name in plan.declared.required_names if name in plan.columns]
    named = [name for name in required if plan.columns[name].score >= USED]
    return len(named) >= BY_HEADING * len(required)
