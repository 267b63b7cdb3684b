"""Recency, frequency and money: what the purchases say.

A purchase is a line with an amount above 0, a return one below 0; a line of 0 is neither.
"""

from models.features.conditions import Above, Filter, NotNull
from models.features.declaration import Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.measures import Age, Key, LocalDay, Value

PURCHASES = Filter(all_of=(Above("amount_minor", 0),))
MARGIN_KNOWN = Filter(all_of=(NotNull("margin_minor"),))


def orders(window_days: int | None) -> Fold:
    """Orders with at least one purchase line, counted at their last such line."""
    return Fold("orders", Operator.DISTINCT, Key("order_id"), PURCHASES, window_days)


def spend(window_days: int | None) -> Fold:
    """Purchases in minor units, returns not taken off."""
    return Fold("orders", Operator.SUM, Value("amount_minor"), PURCHASES, window_days)


def margin(window_days: int) -> Fold:
    """Margin in minor units, that of returns taken off."""
    return Fold("orders", Operator.SUM, Value("margin_minor"), window_days=window_days)


RECENCY = Fold("orders", Operator.MIN, Age(), PURCHASES)
TENURE = Fold("orders", Operator.MAX, Age(), PURCHASES)
PURCHASE_DAYS_365 = Fold("orders", Operator.DISTINCT_DAYS, LocalDay(), PURCHASES, 365)
LAST_AMOUNT = Fold("orders", Operator.SUM_AT_LAST, Value("amount_minor"), PURCHASES)
SPENT_AND_KEPT_365 = Fold("orders", Operator.SUM, Value("amount_minor"), MARGIN_KNOWN, 365)

ORDERS_YEAR_BEFORE = Difference(orders(730), orders(365))
SPEND_YEAR_BEFORE = Difference(spend(730), spend(365))
MEAN_AMOUNT = Ratio(spend(None), orders(None))
MEAN_AMOUNT_365 = Ratio(spend(365), orders(365))

_F, _U = Family, Unit

FEATURES = (
    Feature("recency_days", _F.RECENCY, _U.DAYS, "days since the last purchase", RECENCY),
    Feature("tenure_days", _F.TENURE, _U.DAYS, "days since the first purchase", TENURE),
    Feature("orders_30", _F.FREQUENCY, _U.COUNT, "orders in the last 30 days", orders(30)),
    Feature("orders_90", _F.FREQUENCY, _U.COUNT, "orders in the last 90 days", orders(90)),
    Feature("orders_180", _F.FREQUENCY, _U.COUNT, "orders in the last 180 days", orders(180)),
    Feature("orders_365", _F.FREQUENCY, _U.COUNT, "orders in the last 365 days", orders(365)),
    Feature("orders_all", _F.FREQUENCY, _U.COUNT, "orders ever", orders(None)),
    Feature(
        "orders_year_before",
        _F.FREQUENCY,
        _U.COUNT,
        "orders in the 365 days before the last 365",
        ORDERS_YEAR_BEFORE,
    ),
    Feature(
        "orders_trend_90",
        _F.FREQUENCY,
        _U.RATIO,
        "orders in the last 90 days for each one in the 90 days before",
        Ratio(orders(90), Difference(orders(180), orders(90))),
    ),
    Feature(
        "orders_trend_365",
        _F.FREQUENCY,
        _U.RATIO,
        "orders in the last 365 days for each one in the 365 days before",
        Ratio(orders(365), ORDERS_YEAR_BEFORE),
    ),
    Feature(
        "orders_per_day",
        _F.FREQUENCY,
        _U.RATIO,
        "orders for each day since the first purchase",
        Ratio(orders(None), TENURE),
    ),
    Feature(
        "purchase_days_365",
        _F.FREQUENCY,
        _U.COUNT,
        "days with a purchase in the last 365 days",
        PURCHASE_DAYS_365,
    ),
    Feature("spend_30", _F.MONETARY, _U.MINOR, "spent in the last 30 days", spend(30)),
    Feature("spend_90", _F.MONETARY, _U.MINOR, "spent in the last 90 days", spend(90)),
    Feature("spend_365", _F.MONETARY, _U.MINOR, "spent in the last 365 days", spend(365)),
    Feature("spend_all", _F.MONETARY, _U.MINOR, "spent ever", spend(None)),
    Feature(
        "spend_trend_90",
        _F.MONETARY,
        _U.RATIO,
        "spent in the last 90 days, as a multiple of the 90 days before",
        Ratio(spend(90), Difference(spend(180), spend(90))),
    ),
    Feature(
        "spend_trend_365",
        _F.MONETARY,
        _U.RATIO,
        "spent in the last 365 days, as a multiple of the 365 days before",
        Ratio(spend(365), SPEND_YEAR_BEFORE),
    ),
    Feature("margin_90", _F.MONETARY, _U.MINOR, "margin earned in the last 90 days", margin(90)),
    Feature("margin_365", _F.MONETARY, _U.MINOR, "margin earned in the last 365 days", margin(365)),
    Feature(
        "margin_share_365",
        _F.MONETARY,
        _U.RATIO,
        "margin earned for each unit of money spent and not refunded, last 365 days",
        Ratio(margin(365), SPENT_AND_KEPT_365),
    ),
    Feature("mean_order_amount", _F.MONETARY, _U.MINOR, "mean amount of an order", MEAN_AMOUNT),
    Feature(
        "mean_order_amount_365",
        _F.MONETARY,
        _U.MINOR,
        "mean amount of an order, last 365 days",
        MEAN_AMOUNT_365,
    ),
    Feature(
        "mean_amount_trend_365",
        _F.MONETARY,
        _U.RATIO,
        "mean amount of an order in the last 365 days, as a multiple of the 365 days before",
        Ratio(MEAN_AMOUNT_365, Ratio(SPEND_YEAR_BEFORE, ORDERS_YEAR_BEFORE)),
    ),
    Feature("last_order_amount", _F.MONETARY, _U.MINOR, "amount of the last order", LAST_AMOUNT),
    Feature(
        "last_over_mean_amount",
        _F.MONETARY,
        _U.RATIO,
        "amount of the last order, as a multiple of the mean",
        Ratio(LAST_AMOUNT, MEAN_AMOUNT),
    ),
)
