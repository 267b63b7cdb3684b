"""Recency, frequency, money, regularity and returns: what the order lines say.

A purchase is a line with an amount above 0, a return one below 0; a line of 0 is neither.
"""

from models.features.conditions import Above, Below, Filter
from models.features.declaration import (
    Deviation,
    Difference,
    Family,
    Feature,
    Fold,
    Operator,
    Ratio,
    Unit,
)
from models.features.measures import Age, Key, LocalDay, One, Value

PURCHASES = Filter(all_of=(Above("amount_minor", 0),))
RETURNS = Filter(all_of=(Below("amount_minor", 0),))


def orders(window_days: int | None) -> Fold:
    """Orders with at least one purchase line, counted at their last such line."""
    return Fold("orders", Operator.DISTINCT, Key("order_id"), PURCHASES, window_days)


def spend(window_days: int | None) -> Fold:
    """Purchases in minor units, returns not taken off."""
    return Fold("orders", Operator.SUM, Value("amount_minor"), PURCHASES, window_days)


def _gaps(operator: Operator) -> Fold:
    return Fold("orders", operator, LocalDay(), PURCHASES)


RECENCY = Fold("orders", Operator.MIN, Age(), PURCHASES)
TENURE = Fold("orders", Operator.MAX, Age(), PURCHASES)
REFUNDS_365 = Fold("orders", Operator.SUM, Value("amount_minor", negated=True), RETURNS, 365)
RETURNED_LINES_365 = Fold("orders", Operator.SUM, One(), RETURNS, 365)
MARGIN_365 = Fold("orders", Operator.SUM, Value("margin_minor"), window_days=365)
LAST_AMOUNT = Fold("orders", Operator.SUM_AT_LAST, Value("amount_minor"), PURCHASES)
MEAN_AMOUNT = Ratio(spend(None), orders(None))
GAP_COUNT, GAP_DAYS = _gaps(Operator.GAP_COUNT), _gaps(Operator.GAP_DAYS)
GAP_MEAN = Ratio(GAP_DAYS, GAP_COUNT)
GAP_DEVIATION = Deviation(GAP_COUNT, GAP_DAYS, _gaps(Operator.GAP_SQUARES))

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
        "orders_trend_90",
        _F.FREQUENCY,
        _U.RATIO,
        "orders in the last 90 days for each one in the 90 days before",
        Ratio(orders(90), Difference(orders(180), orders(90))),
    ),
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
    Feature("margin_365", _F.MONETARY, _U.MINOR, "margin earned in the last 365 days", MARGIN_365),
    Feature("mean_order_amount", _F.MONETARY, _U.MINOR, "mean amount of an order", MEAN_AMOUNT),
    Feature("last_order_amount", _F.MONETARY, _U.MINOR, "amount of the last order", LAST_AMOUNT),
    Feature(
        "last_over_mean_amount",
        _F.MONETARY,
        _U.RATIO,
        "amount of the last order, as a multiple of the mean",
        Ratio(LAST_AMOUNT, MEAN_AMOUNT),
    ),
    Feature("gap_mean_days", _F.REGULARITY, _U.DAYS, "mean days between purchase days", GAP_MEAN),
    Feature(
        "gap_deviation_days",
        _F.REGULARITY,
        _U.DAYS,
        "standard deviation of the days between purchase days",
        GAP_DEVIATION,
    ),
    Feature(
        "recency_over_gap",
        _F.REGULARITY,
        _U.RATIO,
        "days since the last purchase, as a multiple of the customer's own mean gap",
        Ratio(RECENCY, GAP_MEAN),
    ),
    Feature("refunds_365", _F.RETURNS, _U.MINOR, "refunded in the last 365 days", REFUNDS_365),
    Feature(
        "returned_lines_365", _F.RETURNS, _U.COUNT, "lines returned in the last 365 days", RETURNED_LINES_365
    ),
    Feature(
        "return_share_365",
        _F.RETURNS,
        _U.RATIO,
        "refunded for each unit of money spent, last 365 days",
        Ratio(REFUNDS_365, spend(365)),
    ),
)
