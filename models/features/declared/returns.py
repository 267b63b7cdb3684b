"""What came back: a return is an order line with an amount below 0."""

from models.features.conditions import Below, Filter
from models.features.declaration import Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import PURCHASES, spend
from models.features.measures import Age, One, Value

RETURNS = Filter(all_of=(Below("amount_minor", 0),))


def refunds(window_days: int | None) -> Fold:
    """Refunds in minor units, above 0."""
    return Fold("orders", Operator.SUM, Value("amount_minor", negated=True), RETURNS, window_days)


RETURNED_LINES_365 = Fold("orders", Operator.SUM, One(), RETURNS, 365)
PURCHASE_LINES_365 = Fold("orders", Operator.SUM, One(), PURCHASES, 365)

_F, _U = Family.RETURNS, Unit

FEATURES = (
    Feature("refunds_90", _F, _U.MINOR, "refunded in the last 90 days", refunds(90)),
    Feature("refunds_365", _F, _U.MINOR, "refunded in the last 365 days", refunds(365)),
    Feature("returned_lines_365", _F, _U.COUNT, "lines returned in the last 365 days", RETURNED_LINES_365),
    Feature(
        "return_share_365",
        _F,
        _U.RATIO,
        "refunded for each unit of money spent, last 365 days",
        Ratio(refunds(365), spend(365)),
    ),
    Feature(
        "return_share_all",
        _F,
        _U.RATIO,
        "refunded for each unit of money spent, ever",
        Ratio(refunds(None), spend(None)),
    ),
    Feature(
        "returned_line_share_365",
        _F,
        _U.RATIO,
        "lines returned for each line bought, last 365 days",
        Ratio(RETURNED_LINES_365, PURCHASE_LINES_365),
    ),
    Feature(
        "days_since_return",
        _F,
        _U.DAYS,
        "days since the last return",
        Fold("orders", Operator.MIN, Age(), RETURNS),
    ),
)
