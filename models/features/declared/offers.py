"""Offers made and used. The arm `none` is the control: assigned, and given nothing."""

from models.features.conditions import Equals, Filter, Known
from models.features.declaration import Family, Feature, Fold, Operator, Unit
from models.features.measures import Age, One

NO_OFFER = Equals("arm", "none")
MADE = Filter(none_of=(NO_OFFER,))
REDEEMED = Filter(all_of=(Known("redeemed_at"),), none_of=(NO_OFFER,))

FEATURES = (
    Feature(
        "offers_365",
        Family.OFFERS,
        Unit.COUNT,
        "offers made in the last 365 days",
        Fold("offers", Operator.SUM, One(), MADE, 365),
    ),
    Feature(
        "offers_redeemed_365",
        Family.OFFERS,
        Unit.COUNT,
        "offers of the last 365 days that were used",
        Fold("offers", Operator.SUM, One(), REDEEMED, 365),
    ),
    Feature(
        "days_since_offer",
        Family.OFFERS,
        Unit.DAYS,
        "days since the last offer",
        Fold("offers", Operator.MIN, Age(), MADE),
    ),
)
