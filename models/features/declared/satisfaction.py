"""How satisfied the customer was with complaints in the end, as rated from 1 to 5.

A rating has no date of its own: it is known once the complaint is known to be resolved.
"""

from models.features.conditions import Below, Filter, Known, NotNull
from models.features.declaration import Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.complaints import RESOLVED, complaints
from models.features.measures import Value

LOW_BELOW = 3

RATED = Filter(all_of=(Known("resolved_at"), NotNull("satisfaction")))
RATED_LOW = Filter(all_of=(Known("resolved_at"), Below("satisfaction", LOW_BELOW)))


def _rating(operator: Operator, window_days: int | None = None) -> Fold:
    return Fold("complaints", operator, Value("satisfaction"), RESOLVED, window_days)


LAST = _rating(Operator.LAST)

_F, _U = Family.SATISFACTION, Unit

FEATURES = (
    Feature("satisfaction_last", _F, _U.SCORE, "satisfaction with the last complaint rated, 1 to 5", LAST),
    Feature(
        "satisfaction_min_365",
        _F,
        _U.SCORE,
        "lowest satisfaction with a complaint, last 365 days",
        _rating(Operator.MIN, 365),
    ),
    Feature(
        "satisfaction_mean_all",
        _F,
        _U.SCORE,
        "mean satisfaction with complaints",
        Ratio(_rating(Operator.SUM), complaints(None, RATED)),
    ),
    Feature(
        "satisfaction_change",
        _F,
        _U.SCORE,
        "satisfaction with the last complaint rated, less that with the first",
        Difference(LAST, _rating(Operator.FIRST)),
    ),
    Feature(
        "rated_low_365",
        _F,
        _U.COUNT,
        f"complaints of the last 365 days rated below {LOW_BELOW}",
        complaints(365, RATED_LOW),
    ),
)
