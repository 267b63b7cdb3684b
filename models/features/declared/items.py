"""Which articles and categories are bought: what is new, what is bought again, and what no longer is.

An article belongs to its last purchase: what was bought in the last 730 days and not in the last 365 was
given up in between.
"""

from models.features.declaration import Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import PURCHASES
from models.features.measures import Key


def _keys(operator: Operator, column: str, window_days: int | None) -> Fold:
    return Fold("orders", operator, Key(column), PURCHASES, window_days)


def items(window_days: int | None) -> Fold:
    """Different articles bought."""
    return _keys(Operator.DISTINCT, "item_id", window_days)


def categories(window_days: int | None) -> Fold:
    """Different categories bought."""
    return _keys(Operator.DISTINCT, "category", window_days)


NEW_ITEMS_90, NEW_ITEMS_365 = (_keys(Operator.NEW_KEYS, "item_id", days) for days in (90, 365))
REPEATED_365, REPEATED_ALL = (_keys(Operator.REPEATED_KEYS, "item_id", days) for days in (365, None))

_F, _U = Family.ITEMS, Unit

FEATURES = (
    Feature("items_90", _F, _U.COUNT, "different articles bought in the last 90 days", items(90)),
    Feature("items_365", _F, _U.COUNT, "different articles bought in the last 365 days", items(365)),
    Feature("items_all", _F, _U.COUNT, "different articles ever bought", items(None)),
    Feature(
        "items_new_90", _F, _U.COUNT, "articles bought for the first time in the last 90 days", NEW_ITEMS_90
    ),
    Feature(
        "items_new_365",
        _F,
        _U.COUNT,
        "articles bought for the first time in the last 365 days",
        NEW_ITEMS_365,
    ),
    Feature(
        "item_new_share_365",
        _F,
        _U.RATIO,
        "share of the articles of the last 365 days that were bought for the first time",
        Ratio(NEW_ITEMS_365, items(365)),
    ),
    Feature(
        "item_repeat_share_365",
        _F,
        _U.RATIO,
        "share of the articles of the last 365 days that were bought at two moments or more in them",
        Ratio(REPEATED_365, items(365)),
    ),
    Feature(
        "item_repeat_share_all",
        _F,
        _U.RATIO,
        "share of all articles that were bought at two moments or more",
        Ratio(REPEATED_ALL, items(None)),
    ),
    Feature(
        "item_kept_share_365",
        _F,
        _U.RATIO,
        "share of the articles of the last 730 days that were bought in the last 365",
        Ratio(items(365), items(730)),
    ),
    Feature(
        "items_given_up_365",
        _F,
        _U.COUNT,
        "articles bought in the 365 days before the last 365, and not since",
        Difference(items(730), items(365)),
    ),
    Feature(
        "categories_365", _F, _U.COUNT, "different categories bought in the last 365 days", categories(365)
    ),
    Feature(
        "categories_new_365",
        _F,
        _U.COUNT,
        "categories bought for the first time in the last 365 days",
        _keys(Operator.NEW_KEYS, "category", 365),
    ),
    Feature(
        "categories_dropped_365",
        _F,
        _U.COUNT,
        "categories bought before, but not in the last 365 days",
        Difference(categories(None), categories(365)),
    ),
    Feature(
        "categories_given_up_365",
        _F,
        _U.COUNT,
        "categories bought in the 365 days before the last 365, and not since",
        Difference(categories(730), categories(365)),
    ),
    Feature(
        "category_kept_share_365",
        _F,
        _U.RATIO,
        "share of the categories of the last 730 days that were bought in the last 365",
        Ratio(categories(365), categories(730)),
    ),
    Feature(
        "category_kept_share_90",
        _F,
        _U.RATIO,
        "share of the categories of the last 365 days that were bought in the last 90",
        Ratio(categories(90), categories(365)),
    ),
)
