"""Print how the answer of one customer came about: `make explain CUSTOMER=C000123`.

Reads what the last run left; writes nothing. The figures are computed anew from the live release, so they are
those of the list before budgets; the last lines say what the day's plan made of them.
"""

import sys

import pyarrow.compute as pc

from models.contract.storage import read_table
from models.domain.errors import HoldfastError
from models.domain.instants import iso
from models.domain.money import format_minor
from models.policy.arithmetic import Asked, arithmetic
from pipelines import paths
from pipelines.judged import judged
from pipelines.stage import run

COLUMN = 96


class UnknownCustomer(HoldfastError):
    """Nobody of this id stands in the data."""


def main() -> None:
    """Explain the customer named on the command line."""
    if len(sys.argv) != 2 or not sys.argv[1]:
        raise UnknownCustomer("name one customer", remedy="make explain CUSTOMER=C000123")
    for line in explained(sys.argv[1]):
        print(line)


def explained(customer: str) -> list[str]:
    """The lines, sources to the right. Raises `UnknownCustomer`."""
    run_found = judged(only=customer)
    found = run_found.judged
    if not len(found.inputs):
        raise UnknownCustomer("there is no such customer", given=customer, remedy="Take an id of the list.")
    release, currency = run_found.manifest.release_id, run_found.manifest.currency
    told = arithmetic(Asked(found.inputs, found.judge.policy, found.mean_order_amount_minor, currency))
    return [
        f"{customer}, data until {iso(found.as_of)}, release {release}",
        *(f"{line.text:<{COLUMN}}  [{line.source}]" if line.source else line.text for line in told),
        *_planned(customer, currency),
    ]


def _planned(customer: str, currency: str) -> list[str]:
    path = paths.PLAN / "plan.parquet"
    if not path.exists():
        return []
    plan = read_table(path)
    rows = plan.filter(pc.equal(plan["customer_id"], customer)).to_pylist()
    return [
        f"The plan: rank {row['rank']}, {row['recommended_action'].replace('_', ' ')}, expected gain "
        + format_minor(row["expected_gain_minor"], currency)
        + (f" ({row['do_not_contact_reason'].replace('_', ' ')})" if row["do_not_contact_reason"] else "")
        for row in rows
    ]


if __name__ == "__main__":
    run(main)
