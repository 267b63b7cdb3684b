"""The customer's own rhythm of purchase days, and how long the silence is against it."""

from models.features.declaration import Deviation, Difference, Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import PURCHASES, RECENCY
from models.features.measures import LocalDay


def _gaps(operator: Operator, window_days: int | None = None) -> Fold:
    return Fold("orders", operator, LocalDay(), PURCHASES, window_days)


GAP_COUNT, GAP_DAYS = _gaps(Operator.GAP_COUNT), _gaps(Operator.GAP_DAYS)
GAP_MEAN = Ratio(GAP_DAYS, GAP_COUNT)
GAP_MEAN_365 = Ratio(_gaps(Operator.GAP_DAYS, 365), _gaps(Operator.GAP_COUNT, 365))
GAP_DEVIATION = Deviation(GAP_COUNT, GAP_DAYS, _gaps(Operator.GAP_SQUARES))
GAP_LONGEST = _gaps(Operator.MAX_GAP)

_F, _U = Family.REGULARITY, Unit

FEATURES = (
    Feature("gap_mean_days", _F, _U.DAYS, "mean days between purchase days", GAP_MEAN),
    Feature(
        "gap_deviation_days",
        _F,
        _U.DAYS,
        "standard deviation of the days between purchase days",
        GAP_DEVIATION,
    ),
    Feature(
        "gap_variation",
        _F,
        _U.RATIO,
        "standard deviation of the days between purchase days, as a multiple of their mean",
        Ratio(GAP_DEVIATION, GAP_MEAN),
    ),
    Feature("gap_longest_days", _F, _U.DAYS, "most days between purchase days", GAP_LONGEST),
    Feature(
        "gap_trend_365",
        _F,
        _U.RATIO,
        "mean days between purchase days in the last 365 days, as a multiple of the mean of all",
        Ratio(GAP_MEAN_365, GAP_MEAN),
    ),
    Feature(
        "recency_over_gap",
        _F,
        _U.RATIO,
        "days since the last purchase, as a multiple of the customer's own mean gap",
        Ratio(RECENCY, GAP_MEAN),
    ),
    Feature(
        "recency_over_longest_gap",
        _F,
        _U.RATIO,
        "days since the last purchase, as a multiple of the customer's own longest gap",
        Ratio(RECENCY, GAP_LONGEST),
    ),
    Feature(
        "recency_in_deviations",
        _F,
        _U.RATIO,
        "by how many of its standard deviations the silence exceeds the mean gap",
        Ratio(Difference(RECENCY, GAP_MEAN), GAP_DEVIATION),
    ),
)
