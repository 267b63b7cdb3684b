"""Visits and use, also against the customer's own habit; carts; what failed at the till."""

from models.features.conditions import Equals, Filter
from models.features.declaration import Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import orders
from models.features.measures import Age, LocalDay, One


def _of(kind: str) -> Filter:
    return Filter(all_of=(Equals("kind", kind),))


VISIT, USE, CART = _of("visit"), _of("use"), _of("cart")
CHECKOUT_FAILED, PAYMENT_FAILED = _of("checkout_failed"), _of("payment_failed")


def events(kind: Filter, window_days: int) -> Fold:
    """Events of a kind in the window."""
    return Fold("activity", Operator.SUM, One(), kind, window_days)


def _since(kind: Filter) -> Fold:
    return Fold("activity", Operator.MIN, Age(), kind)


def _days(operator: Operator, kind: Filter, window_days: int | None = None) -> Fold:
    return Fold("activity", operator, LocalDay(), kind, window_days)


def _trend(kind: Filter) -> Ratio:
    return Ratio(events(kind, 30), Difference(events(kind, 90), events(kind, 30)))


USE_GAP = Ratio(_days(Operator.GAP_DAYS, USE), _days(Operator.GAP_COUNT, USE))

_F, _U = Family.ACTIVITY, Unit

FEATURES = (
    Feature("visits_30", _F, _U.COUNT, "visits in the last 30 days", events(VISIT, 30)),
    Feature("visits_90", _F, _U.COUNT, "visits in the last 90 days", events(VISIT, 90)),
    Feature(
        "visit_trend_30",
        _F,
        _U.RATIO,
        "visits in the last 30 days for each one in the 60 days before",
        _trend(VISIT),
    ),
    Feature(
        "visit_days_90",
        _F,
        _U.COUNT,
        "days with a visit in the last 90 days",
        _days(Operator.DISTINCT_DAYS, VISIT, 90),
    ),
    Feature(
        "visits_per_order_90",
        _F,
        _U.RATIO,
        "visits for each order, last 90 days",
        Ratio(events(VISIT, 90), orders(90)),
    ),
    Feature("days_since_visit", _F, _U.DAYS, "days since the last visit", _since(VISIT)),
    Feature("uses_30", _F, _U.COUNT, "times used in the last 30 days", events(USE, 30)),
    Feature("uses_90", _F, _U.COUNT, "times used in the last 90 days", events(USE, 90)),
    Feature(
        "use_trend_30",
        _F,
        _U.RATIO,
        "times used in the last 30 days for each one in the 60 days before",
        _trend(USE),
    ),
    Feature(
        "use_days_90",
        _F,
        _U.COUNT,
        "days of use in the last 90 days",
        _days(Operator.DISTINCT_DAYS, USE, 90),
    ),
    Feature("days_since_use", _F, _U.DAYS, "days since last used", _since(USE)),
    Feature(
        "use_silence_over_gap",
        _F,
        _U.RATIO,
        "days since last used, as a multiple of the customer's own mean days between days of use",
        Ratio(_since(USE), USE_GAP),
    ),
    Feature("carts_30", _F, _U.COUNT, "carts filled in the last 30 days", events(CART, 30)),
    Feature("carts_90", _F, _U.COUNT, "carts filled in the last 90 days", events(CART, 90)),
    Feature(
        "carts_per_order_90",
        _F,
        _U.RATIO,
        "carts filled for each order, last 90 days",
        Ratio(events(CART, 90), orders(90)),
    ),
    Feature("days_since_cart", _F, _U.DAYS, "days since a cart was last filled", _since(CART)),
    Feature(
        "checkout_failed_30",
        _F,
        _U.COUNT,
        "checkouts that failed in the last 30 days",
        events(CHECKOUT_FAILED, 30),
    ),
    Feature(
        "checkout_failed_90",
        _F,
        _U.COUNT,
        "checkouts that failed in the last 90 days",
        events(CHECKOUT_FAILED, 90),
    ),
    Feature(
        "payment_failed_30",
        _F,
        _U.COUNT,
        "payments that failed in the last 30 days",
        events(PAYMENT_FAILED, 30),
    ),
    Feature(
        "payment_failed_90",
        _F,
        _U.COUNT,
        "payments that failed in the last 90 days",
        events(PAYMENT_FAILED, 90),
    ),
    Feature(
        "days_since_payment_failed",
        _F,
        _U.DAYS,
        "days since a payment last failed",
        _since(PAYMENT_FAILED),
    ),
)
