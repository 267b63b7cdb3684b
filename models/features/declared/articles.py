"""What the articles that a customer bought are to all other customers: looked up in what was counted of them.

Each is a mean over the purchase lines of the last 365 days that name an article, so that a line bought twice
counts twice. `models/features/population.py` says what stands for an article that was never counted.

The age of articles is counted too, but no feature reads it: it made predictions worse on both logs that it
was tried on (docs/experiments.md).
"""

from models.features.conditions import Filter, NotNull
from models.features.declaration import Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import PURCHASES
from models.features.measures import ITEM, Looked, One
from models.features.population import VECTOR

NAMED = Filter(all_of=(*PURCHASES.all_of, NotNull(ITEM)))


def mean_of(statistic: str, window_days: int | None = 365) -> Ratio:
    """The mean of a statistic over purchase lines."""
    return Ratio(
        Fold("orders", Operator.SUM, Looked(statistic), NAMED, window_days),
        Fold("orders", Operator.SUM, One(), NAMED, window_days),
    )


_F, _U = Family.ITEMS, Unit

FEATURES = (
    Feature(
        "item_popularity_365",
        _F,
        _U.RATIO,
        "mean popularity of the articles bought in the last 365 days (share of customers who bought one)",
        mean_of("popularity"),
    ),
    Feature(
        "item_launched_share_365",
        _F,
        _U.RATIO,
        "share of the lines bought in the last 365 days whose article was first sold in the last 90",
        mean_of("launched"),
    ),
    Feature(
        "item_repeat_rate_365",
        _F,
        _U.RATIO,
        "mean repeat rate of the articles bought in the last 365 days (share of buyers who came back)",
        mean_of("repeat_rate"),
    ),
    Feature(
        "item_return_rate_365",
        _F,
        _U.RATIO,
        "mean return rate of the articles bought in the last 365 days (lines that all customers sent back)",
        mean_of("return_rate"),
    ),
    Feature(
        "item_price_level_365",
        _F,
        _U.RATIO,
        "mean price level of the articles bought in the last 365 days (1: as dear as others of its category)",
        mean_of("price_level"),
    ),
    *(
        Feature(
            f"item_{name}_365",
            _F,
            _U.SCORE,
            f"taste, axis {axis}: mean place of the articles bought in the last 365 days",
            mean_of(name),
        )
        for axis, name in enumerate(VECTOR, 1)
    ),
)
