"""How long the customer waited for an answer and for a solution, and whether promises were kept.

While an answer is not known it has lasted at least until the snapshot, and that is what counts. A promise is
one to answer by a certain moment.
"""

from models.domain.instants import HOUR
from models.features.conditions import Announced, Broken, Filter, Kept, Known, Late, Within
from models.features.declaration import Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.complaints import RESOLVED, complaints
from models.features.measures import Age, Elapsed, Measure, Since

LATE_AFTER_DAYS = 5
PROMPT_HOURS = 24

UNANSWERED = Filter(none_of=(Known("first_response_at"),))
ANSWERED_LATE = Filter(all_of=(Late("first_response_at", LATE_AFTER_DAYS),))
ANSWERED_PROMPTLY = Filter(all_of=(Within("first_response_at", PROMPT_HOURS),))
FOLLOWED_UP = Filter(all_of=(Known("resolved_at"), Known("followed_up_at")))
PROMISED = Filter(all_of=(Announced("promised_at"),))
PROMISE_KEPT = Filter(all_of=(Kept("first_response_at", "promised_at"),))
PROMISE_BROKEN = Filter(all_of=(Broken("first_response_at", "promised_at"),))

RESPONSE = Elapsed("first_response_at", per=HOUR)
RESOLUTION = Elapsed("resolved_at", per=HOUR)


def _fold(operator: Operator, measure: Measure, window_days: int | None = None) -> Fold:
    return Fold("complaints", operator, measure, window_days=window_days)


RESPONSE_LAST = _fold(Operator.LAST, RESPONSE)
RESPONSE_MEDIAN_365 = _fold(Operator.MEDIAN, RESPONSE, 365)

_F, _U = Family.RESPONSE_TIMES, Unit

FEATURES = (
    Feature(
        "unanswered_age_days",
        _F,
        _U.DAYS,
        "days that the oldest unanswered complaint has waited",
        Fold("complaints", Operator.MAX, Age(), UNANSWERED),
    ),
    Feature(
        "response_hours_median_365",
        _F,
        _U.HOURS,
        "median hours to a first answer, last 365 days",
        RESPONSE_MEDIAN_365,
    ),
    Feature("response_hours_last", _F, _U.HOURS, "hours to a first answer, last complaint", RESPONSE_LAST),
    Feature(
        "response_hours_max_365",
        _F,
        _U.HOURS,
        "longest hours to a first answer, last 365 days",
        _fold(Operator.MAX, RESPONSE, 365),
    ),
    Feature(
        "response_last_over_median_365",
        _F,
        _U.RATIO,
        "hours to a first answer, last complaint, as a multiple of the median of the last 365 days",
        Ratio(RESPONSE_LAST, RESPONSE_MEDIAN_365),
    ),
    Feature(
        "late_response_share_365",
        _F,
        _U.RATIO,
        f"share of complaints that waited more than {LATE_AFTER_DAYS} days for an answer, last 365 days",
        Ratio(complaints(365, ANSWERED_LATE), complaints(365)),
    ),
    Feature(
        "late_response_share_all",
        _F,
        _U.RATIO,
        f"share of complaints that waited more than {LATE_AFTER_DAYS} days for an answer",
        Ratio(complaints(None, ANSWERED_LATE), complaints(None)),
    ),
    Feature(
        "prompt_response_share_all",
        _F,
        _U.RATIO,
        f"share of complaints answered within {PROMPT_HOURS} hours",
        Ratio(complaints(None, ANSWERED_PROMPTLY), complaints(None)),
    ),
    Feature(
        "resolution_hours_median_365",
        _F,
        _U.HOURS,
        "median hours to a solution, last 365 days",
        _fold(Operator.MEDIAN, RESOLUTION, 365),
    ),
    Feature(
        "resolution_hours_last",
        _F,
        _U.HOURS,
        "hours to a solution, last complaint",
        _fold(Operator.LAST, RESOLUTION),
    ),
    Feature(
        "resolution_hours_max_365",
        _F,
        _U.HOURS,
        "longest hours to a solution, last 365 days",
        _fold(Operator.MAX, RESOLUTION, 365),
    ),
    Feature(
        "followed_up_share_all",
        _F,
        _U.RATIO,
        "share of the complaints resolved that were followed up",
        Ratio(complaints(None, FOLLOWED_UP), complaints(None, RESOLVED)),
    ),
    Feature(
        "days_since_follow_up",
        _F,
        _U.DAYS,
        "days since a complaint was last followed up",
        _fold(Operator.MIN, Since("followed_up_at")),
    ),
    Feature(
        "promises_kept_share_all",
        _F,
        _U.RATIO,
        "share of the promises to answer that were kept so far",
        Ratio(complaints(None, PROMISE_KEPT), complaints(None, PROMISED)),
    ),
    Feature(
        "promises_broken_365",
        _F,
        _U.COUNT,
        "complaints of the last 365 days not answered by the promised moment",
        complaints(365, PROMISE_BROKEN),
    ),
    Feature(
        "promise_overdue_days",
        _F,
        _U.DAYS,
        "days since the promised moment of the longest overdue answer",
        Fold("complaints", Operator.MAX, Since("promised_at"), UNANSWERED),
    ),
)
