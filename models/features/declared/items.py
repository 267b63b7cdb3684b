"""What is bought, and what no longer is."""

from models.features.declaration import Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import PURCHASES, orders
from models.features.measures import Key, One


def _distinct(column: str, window_days: int | None) -> Fold:
    return Fold("orders", Operator.DISTINCT, Key(column), PURCHASES, window_days)


LINES = Fold("orders", Operator.SUM, One(), PURCHASES)
CATEGORIES_365 = _distinct("category", 365)

FEATURES = (
    Feature(
        "items_365",
        Family.ITEMS,
        Unit.COUNT,
        "different articles bought in the last 365 days",
        _distinct("item_id", 365),
    ),
    Feature(
        "items_all", Family.ITEMS, Unit.COUNT, "different articles ever bought", _distinct("item_id", None)
    ),
    Feature(
        "categories_365",
        Family.ITEMS,
        Unit.COUNT,
        "different categories bought in the last 365 days",
        CATEGORIES_365,
    ),
    Feature(
        "categories_dropped_365",
        Family.ITEMS,
        Unit.COUNT,
        "categories bought before, but not in the last 365 days",
        Difference(_distinct("category", None), CATEGORIES_365),
    ),
    Feature(
        "lines_per_order", Family.ITEMS, Unit.RATIO, "mean lines of an order", Ratio(LINES, orders(None))
    ),
)
