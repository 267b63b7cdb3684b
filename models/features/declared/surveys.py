"""Answers to surveys: satisfaction from 1 to 5 (csat), and whether one would recommend us, 0 to 10 (nps)."""

from models.features.conditions import Equals, Filter
from models.features.declaration import Difference, Family, Feature, Fold, Operator, Unit
from models.features.measures import Age, One, Value

CSAT = Filter(all_of=(Equals("kind", "csat"),))
NPS = Filter(all_of=(Equals("kind", "nps"),))


def _score(operator: Operator, kind: Filter, window_days: int | None = None) -> Fold:
    return Fold("surveys", operator, Value("score"), kind, window_days)


CSAT_LAST, NPS_LAST = _score(Operator.LAST, CSAT), _score(Operator.LAST, NPS)

_F, _U = Family.SURVEYS, Unit

FEATURES = (
    Feature(
        "surveys_365",
        _F,
        _U.COUNT,
        "surveys answered in the last 365 days",
        Fold("surveys", Operator.SUM, One(), window_days=365),
    ),
    Feature(
        "days_since_survey",
        _F,
        _U.DAYS,
        "days since a survey was last answered",
        Fold("surveys", Operator.MIN, Age()),
    ),
    Feature("csat_last", _F, _U.SCORE, "satisfaction when last asked, 1 to 5", CSAT_LAST),
    Feature(
        "csat_min_365",
        _F,
        _U.SCORE,
        "lowest satisfaction when asked, last 365 days",
        _score(Operator.MIN, CSAT, 365),
    ),
    Feature(
        "csat_change",
        _F,
        _U.SCORE,
        "satisfaction when last asked, less that when first asked",
        Difference(CSAT_LAST, _score(Operator.FIRST, CSAT)),
    ),
    Feature("nps_last", _F, _U.SCORE, "readiness to recommend when last asked, 0 to 10", NPS_LAST),
    Feature(
        "nps_min_365",
        _F,
        _U.SCORE,
        "lowest readiness to recommend, last 365 days",
        _score(Operator.MIN, NPS, 365),
    ),
    Feature(
        "nps_change",
        _F,
        _U.SCORE,
        "readiness to recommend when last asked, less that when first asked",
        Difference(NPS_LAST, _score(Operator.FIRST, NPS)),
    ),
)
