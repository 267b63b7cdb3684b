"""Complaints: how many, how grave, whether they are over, whether they come back.

A complaint belongs to the moment it was opened. What has no date of its own (why, how grave) is known once
the complaint is known to be resolved.
"""

from models.features.conditions import EVERY, Filter, Known, Settled
from models.features.declaration import Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import orders
from models.features.measures import Age, Key, Measure, One, Since, Value

OPEN = Filter(none_of=(Settled("resolved_at", "reopened_at"),))
UNRESOLVED = Filter(none_of=(Known("resolved_at"),))
RESOLVED = Filter(all_of=(Known("resolved_at"),))
REOPENED = Filter(all_of=(Known("reopened_at"),))

SEVERITY = Value("severity")


def _fold(
    operator: Operator, measure: Measure, where: Filter = EVERY, window_days: int | None = None
) -> Fold:
    return Fold("complaints", operator, measure, where, window_days)


def complaints(window_days: int | None, where: Filter = EVERY) -> Fold:
    """Complaints opened in the window."""
    return _fold(Operator.SUM, One(), where, window_days)


_F, _U = Family.COMPLAINTS, Unit

FEATURES = (
    Feature("complaints_30", _F, _U.COUNT, "complaints in the last 30 days", complaints(30)),
    Feature("complaints_90", _F, _U.COUNT, "complaints in the last 90 days", complaints(90)),
    Feature("complaints_365", _F, _U.COUNT, "complaints in the last 365 days", complaints(365)),
    Feature("complaints_all", _F, _U.COUNT, "complaints ever", complaints(None)),
    Feature(
        "complaints_per_order_365",
        _F,
        _U.RATIO,
        "complaints for each order, last 365 days",
        Ratio(complaints(365), orders(365)),
    ),
    Feature(
        "complaints_open",
        _F,
        _U.COUNT,
        "complaints now open, those reopened included",
        complaints(None, OPEN),
    ),
    Feature("days_since_complaint", _F, _U.DAYS, "days since the last complaint", _fold(Operator.MIN, Age())),
    Feature(
        "days_since_resolved",
        _F,
        _U.DAYS,
        "days since a complaint was last resolved",
        _fold(Operator.MIN, Since("resolved_at")),
    ),
    Feature(
        "reopened_365",
        _F,
        _U.COUNT,
        "complaints of the last 365 days that came back",
        complaints(365, REOPENED),
    ),
    Feature(
        "reopened_share_all",
        _F,
        _U.RATIO,
        "share of complaints that came back",
        Ratio(complaints(None, REOPENED), complaints(None)),
    ),
    Feature(
        "open_complaint_age_days",
        _F,
        _U.DAYS,
        "days since the oldest complaint now open was made",
        _fold(Operator.MAX, Age(), OPEN),
    ),
    Feature(
        "unresolved_age_days",
        _F,
        _U.DAYS,
        "days since the oldest complaint never resolved was made",
        _fold(Operator.MAX, Age(), UNRESOLVED),
    ),
    Feature(
        "severity_last",
        _F,
        _U.SCORE,
        "severity of the last complaint resolved, 1 to 5",
        _fold(Operator.LAST, SEVERITY, RESOLVED),
    ),
    Feature(
        "severity_max_365",
        _F,
        _U.SCORE,
        "greatest severity of a complaint resolved, last 365 days",
        _fold(Operator.MAX, SEVERITY, RESOLVED, 365),
    ),
    Feature(
        "complaint_reasons_repeated",
        _F,
        _U.COUNT,
        "reasons that were complained of at two moments or more",
        _fold(Operator.REPEATED_KEYS, Key("reason"), RESOLVED),
    ),
)
