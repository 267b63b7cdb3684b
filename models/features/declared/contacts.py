"""How often the business and the customer spoke: contact wears out."""

from models.features.conditions import Equals, Filter
from models.features.declaration import Family, Feature, Fold, Operator, Unit
from models.features.measures import Age, One

OUTBOUND = Filter(all_of=(Equals("direction", "outbound"),))
INBOUND = Filter(all_of=(Equals("direction", "inbound"),))


def _contacts(where: Filter, window_days: int) -> Fold:
    return Fold("contacts", Operator.SUM, One(), where, window_days)


FEATURES = (
    Feature(
        "contacts_out_30",
        Family.CONTACTS,
        Unit.COUNT,
        "times contacted in the last 30 days",
        _contacts(OUTBOUND, 30),
    ),
    Feature(
        "contacts_out_90",
        Family.CONTACTS,
        Unit.COUNT,
        "times contacted in the last 90 days",
        _contacts(OUTBOUND, 90),
    ),
    Feature(
        "contacts_in_90",
        Family.CONTACTS,
        Unit.COUNT,
        "times the customer made contact in the last 90 days",
        _contacts(INBOUND, 90),
    ),
    Feature(
        "days_since_contact_out",
        Family.CONTACTS,
        Unit.DAYS,
        "days since last contacted",
        Fold("contacts", Operator.MIN, Age(), OUTBOUND),
    ),
)
