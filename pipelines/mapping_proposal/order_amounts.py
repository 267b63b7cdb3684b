"""The amount of an order line: a column of its own, or a quantity times a price."""

from collections import defaultdict
from collections.abc import Mapping

from pipelines.mapping_proposal.assignment import USED, Match
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import NEARLY_ALL
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.planned import Planned
from pipelines.mapping_proposal.similarity import similarity
from pipelines.mapping_proposal.synonyms.orders import UNIT_PRICE

# Orders of several lines, all with one amount, from which the amount is taken for the whole order's.
ENOUGH_ORDERS = 20
MOSTLY_REPEATED = 0.95


def amount_of(looked: Looked, chosen: Mapping[str, Match]) -> Planned | None:
    """How the amount is read, None where nothing says what was paid.

    An amount that is the same on every line of an order is the order's: quantity × price is then better.
    """
    match = chosen.get("amount_minor")
    price = _unit_price(looked, {one.heading for one in chosen.values()})
    units = chosen.get("units")
    repeated = match is not None and repeats_within(looked, chosen.get("order_id"), match)
    if units is not None and price is not None and (match is None or repeated):
        return Planned({"product": [units.heading, price.heading]}, (units.heading, price.heading))
    if match is None:
        return None
    remark = (
        "the same on all lines of an order: is it the order's total, counted once a line?" if repeated else ""
    )
    return Planned(match.heading, (match.heading,), match.score, remark)


def repeats_within(looked: Looked, order: Match | None, amount: Match) -> bool:
    """Whether the lines of one order carry one amount, or one line all of it, in nearly all such orders."""
    if order is None:
        return False
    amounts = defaultdict(list)
    orders, values = looked.column(order.heading).texts, looked.column(amount.heading).texts
    for number, value in zip(orders, values, strict=True):
        amounts[number].append(value)
    several = [lines for lines in amounts.values() if len(lines) > 1]
    repeated = sum(len({*lines} - {None}) == 1 for lines in several)
    return len(several) >= ENOUGH_ORDERS and repeated >= MOSTLY_REPEATED * len(several)


def _unit_price(looked: Looked, taken: set[str]) -> Contents | None:
    named = [
        (similarity(one.heading, UNIT_PRICE), one)
        for one in looked.columns
        if one.heading not in taken and one.numbers.share >= NEARLY_ALL
    ]
    like = [(score, one) for score, one in named if score >= USED]
    return max(like, key=lambda entry: entry[0])[1] if like else None
