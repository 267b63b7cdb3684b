"""How often the business and the customer spoke: contact wears out, and questions are a sign of trouble."""

from models.features.conditions import EVERY, Equals, Filter
from models.features.declaration import Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import orders
from models.features.measures import Age, Key, One

OUTBOUND = Filter(all_of=(Equals("direction", "outbound"),))
INBOUND = Filter(all_of=(Equals("direction", "inbound"),))


def contacts(window_days: int, where: Filter = EVERY) -> Fold:
    """Contacts in the window."""
    return Fold("contacts", Operator.SUM, One(), where, window_days)


_F, _U = Family.CONTACTS, Unit

FEATURES = (
    Feature("contacts_out_30", _F, _U.COUNT, "times contacted in the last 30 days", contacts(30, OUTBOUND)),
    Feature("contacts_out_90", _F, _U.COUNT, "times contacted in the last 90 days", contacts(90, OUTBOUND)),
    Feature(
        "contacts_out_365", _F, _U.COUNT, "times contacted in the last 365 days", contacts(365, OUTBOUND)
    ),
    Feature(
        "contacts_in_30",
        _F,
        _U.COUNT,
        "times the customer made contact in the last 30 days",
        contacts(30, INBOUND),
    ),
    Feature(
        "contacts_in_90",
        _F,
        _U.COUNT,
        "times the customer made contact in the last 90 days",
        contacts(90, INBOUND),
    ),
    Feature(
        "contacts_in_365",
        _F,
        _U.COUNT,
        "times the customer made contact in the last 365 days",
        contacts(365, INBOUND),
    ),
    Feature(
        "contacts_in_share_365",
        _F,
        _U.RATIO,
        "share of contacts that the customer began, last 365 days",
        Ratio(contacts(365, INBOUND), contacts(365)),
    ),
    Feature(
        "contacts_in_per_order_365",
        _F,
        _U.RATIO,
        "times the customer made contact for each order, last 365 days",
        Ratio(contacts(365, INBOUND), orders(365)),
    ),
    Feature(
        "contact_channels_365",
        _F,
        _U.COUNT,
        "channels of contact, last 365 days",
        Fold("contacts", Operator.DISTINCT, Key("channel"), window_days=365),
    ),
    Feature(
        "days_since_contact_out",
        _F,
        _U.DAYS,
        "days since last contacted",
        Fold("contacts", Operator.MIN, Age(), OUTBOUND),
    ),
    Feature(
        "days_since_contact_in",
        _F,
        _U.DAYS,
        "days since the customer last made contact",
        Fold("contacts", Operator.MIN, Age(), INBOUND),
    ),
)
