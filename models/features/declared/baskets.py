"""How large an order is, and how dear one unit of it.

Units are counted where the source says how many there were; orders without units are left out of both sides.
"""

from models.features.conditions import Above, Filter
from models.features.declaration import Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import PURCHASES, orders
from models.features.measures import Key, One, Value

COUNTED = Filter(all_of=(*PURCHASES.all_of, Above("units", 0)))


def lines(window_days: int | None) -> Fold:
    """Purchase lines."""
    return Fold("orders", Operator.SUM, One(), PURCHASES, window_days)


def _counted(column: str, window_days: int) -> Fold:
    return Fold("orders", Operator.SUM, Value(column), COUNTED, window_days)


ORDERS_COUNTED_365 = Fold("orders", Operator.DISTINCT, Key("order_id"), COUNTED, 365)
LINES_PER_ORDER = Ratio(lines(None), orders(None))
LINES_PER_ORDER_365 = Ratio(lines(365), orders(365))
PRICE_365 = Ratio(_counted("amount_minor", 365), _counted("units", 365))
PRICE_YEAR_BEFORE = Ratio(
    Difference(_counted("amount_minor", 730), _counted("amount_minor", 365)),
    Difference(_counted("units", 730), _counted("units", 365)),
)

_F, _U = Family.ITEMS, Unit

FEATURES = (
    Feature("lines_per_order", _F, _U.RATIO, "mean lines of an order", LINES_PER_ORDER),
    Feature(
        "lines_over_mean_365",
        _F,
        _U.RATIO,
        "mean lines of an order in the last 365 days, as a multiple of the mean of all",
        Ratio(LINES_PER_ORDER_365, LINES_PER_ORDER),
    ),
    Feature(
        "units_per_order_365",
        _F,
        _U.RATIO,
        "mean units of an order, last 365 days",
        Ratio(_counted("units", 365), ORDERS_COUNTED_365),
    ),
    Feature("unit_price_365", _F, _U.MINOR, "mean amount of a unit, last 365 days", PRICE_365),
    Feature(
        "unit_price_trend_365",
        _F,
        _U.RATIO,
        "mean amount of a unit in the last 365 days, as a multiple of the 365 days before",
        Ratio(PRICE_365, PRICE_YEAR_BEFORE),
    ),
)
