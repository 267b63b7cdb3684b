"""What buy-till-you-die models read of a customer beside recency: x and t_x, in local days."""

from models.features.declaration import Family, Feature, Unit
from models.features.declared.regularity import GAP_COUNT, GAP_DAYS

FEATURES = (
    Feature(
        "repeat_purchase_days",
        Family.RHYTHM,
        Unit.COUNT,
        "days with a purchase after the first such day",
        GAP_COUNT,
    ),
    Feature(
        "buying_span_days",
        Family.RHYTHM,
        Unit.DAYS,
        "days from the first day with a purchase to the last",
        GAP_DAYS,
    ),
)
