"""Contracts: how many run, since when, and when they renew or end."""

from models.features.conditions import EVERY, Announced, Filter, Known
from models.features.declaration import Family, Feature, Fold, Operator, Unit
from models.features.measures import Age, Measure, One, Since, Until

RUNNING = Filter(none_of=(Known("ended_at"),))
RENEWING = Filter(none_of=(Announced("ended_at"),))
ENDING = Filter(all_of=(Announced("ended_at"),), none_of=(Known("ended_at"),))
ENDED = Filter(all_of=(Known("ended_at"),))


def _fold(operator: Operator, measure: Measure, where: Filter = EVERY) -> Fold:
    return Fold("contracts", operator, measure, where)


_F, _U = Family.CONTRACT, Unit

FEATURES = (
    Feature(
        "contracts_running",
        _F,
        _U.COUNT,
        "contracts not known to have ended",
        _fold(Operator.SUM, One(), RUNNING),
    ),
    Feature(
        "contracts_ending",
        _F,
        _U.COUNT,
        "running contracts whose end is known already",
        _fold(Operator.SUM, One(), ENDING),
    ),
    Feature("contracts_ended", _F, _U.COUNT, "contracts that have ended", _fold(Operator.SUM, One(), ENDED)),
    Feature(
        "days_since_contract_start",
        _F,
        _U.DAYS,
        "days since a contract was last begun",
        _fold(Operator.MIN, Age()),
    ),
    Feature(
        "contract_age_days",
        _F,
        _U.DAYS,
        "days since the oldest running contract began",
        _fold(Operator.MAX, Age(), RUNNING),
    ),
    Feature(
        "days_until_renewal",
        _F,
        _U.DAYS,
        "days until a contract whose end is not known renews next; below 0 once that is overdue",
        _fold(Operator.MIN, Until("renews_at"), RENEWING),
    ),
    Feature(
        "days_until_contract_end",
        _F,
        _U.DAYS,
        "days until a running contract ends whose end is known already",
        _fold(Operator.MIN, Until("ended_at"), ENDING),
    ),
    Feature(
        "days_since_contract_end",
        _F,
        _U.DAYS,
        "days since a contract last ended",
        _fold(Operator.MIN, Since("ended_at")),
    ),
)
