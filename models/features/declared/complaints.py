"""Complaints, how long the customer waited for an answer, and how satisfied the customer was in the end.

A complaint belongs to the moment it was opened. While its answer is not known it has lasted at least until
the snapshot, and that is what counts.
"""

from models.domain.instants import HOUR
from models.features.conditions import EVERY, Filter, Known, Late, Settled
from models.features.declaration import Family, Feature, Fold, Operator, Ratio, Unit
from models.features.measures import Age, Elapsed, Measure, One, Value

LATE_AFTER_DAYS = 5

OPEN = Filter(none_of=(Settled("resolved_at", "reopened_at"),))
UNRESOLVED = Filter(none_of=(Known("resolved_at"),))
UNANSWERED = Filter(none_of=(Known("first_response_at"),))
ANSWERED_LATE = Filter(all_of=(Late("first_response_at", LATE_AFTER_DAYS),))
REOPENED = Filter(all_of=(Known("reopened_at"),))
# Satisfaction has no date of its own: it is known once the complaint is known to be resolved.
RATED = Filter(all_of=(Known("resolved_at"),))

RESPONSE = Elapsed("first_response_at", per=HOUR)


def _fold(
    operator: Operator, measure: Measure, where: Filter = EVERY, window_days: int | None = None
) -> Fold:
    return Fold("complaints", operator, measure, where, window_days)


def complaints(window_days: int | None) -> Fold:
    """Complaints opened in the window."""
    return _fold(Operator.SUM, One(), window_days=window_days)


def _response(operator: Operator, window_days: int | None) -> Fold:
    return _fold(operator, RESPONSE, window_days=window_days)


SATISFACTION = Value("satisfaction")
_F, _U = Family, Unit

FEATURES = (
    Feature("complaints_90", _F.COMPLAINTS, _U.COUNT, "complaints in the last 90 days", complaints(90)),
    Feature("complaints_365", _F.COMPLAINTS, _U.COUNT, "complaints in the last 365 days", complaints(365)),
    Feature("complaints_all", _F.COMPLAINTS, _U.COUNT, "complaints ever", complaints(None)),
    Feature(
        "complaints_open",
        _F.COMPLAINTS,
        _U.COUNT,
        "complaints now open, those reopened included",
        _fold(Operator.SUM, One(), OPEN),
    ),
    Feature(
        "days_since_complaint",
        _F.COMPLAINTS,
        _U.DAYS,
        "days since the last complaint",
        _fold(Operator.MIN, Age()),
    ),
    Feature(
        "reopened_365",
        _F.COMPLAINTS,
        _U.COUNT,
        "complaints of the last 365 days that came back",
        _fold(Operator.SUM, One(), REOPENED, 365),
    ),
    Feature(
        "open_complaint_age_days",
        _F.COMPLAINTS,
        _U.DAYS,
        "days since the oldest complaint now open was made",
        _fold(Operator.MAX, Age(), OPEN),
    ),
    Feature(
        "unresolved_age_days",
        _F.COMPLAINTS,
        _U.DAYS,
        "days since the oldest complaint never resolved was made",
        _fold(Operator.MAX, Age(), UNRESOLVED),
    ),
    Feature(
        "unanswered_age_days",
        _F.RESPONSE_TIMES,
        _U.DAYS,
        "days that the oldest unanswered complaint has waited",
        _fold(Operator.MAX, Age(), UNANSWERED),
    ),
    Feature(
        "response_hours_median_365",
        _F.RESPONSE_TIMES,
        _U.HOURS,
        "median hours to a first answer, last 365 days",
        _response(Operator.MEDIAN, 365),
    ),
    Feature(
        "response_hours_last",
        _F.RESPONSE_TIMES,
        _U.HOURS,
        "hours to a first answer, last complaint",
        _response(Operator.LAST, None),
    ),
    Feature(
        "response_hours_max_365",
        _F.RESPONSE_TIMES,
        _U.HOURS,
        "longest hours to a first answer, last 365 days",
        _response(Operator.MAX, 365),
    ),
    Feature(
        "late_response_share_all",
        _F.RESPONSE_TIMES,
        _U.RATIO,
        f"share of complaints that waited more than {LATE_AFTER_DAYS} days for an answer",
        Ratio(_fold(Operator.SUM, One(), ANSWERED_LATE), complaints(None)),
    ),
    Feature(
        "satisfaction_last",
        _F.SATISFACTION,
        _U.SCORE,
        "satisfaction with the last complaint rated, 1 to 5",
        _fold(Operator.LAST, SATISFACTION, RATED),
    ),
    Feature(
        "satisfaction_min_365",
        _F.SATISFACTION,
        _U.SCORE,
        "lowest satisfaction with a complaint, last 365 days",
        _fold(Operator.MIN, SATISFACTION, RATED, 365),
    ),
)
