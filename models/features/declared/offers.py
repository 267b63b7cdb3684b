"""Offers made and used, and those that only wear out. The arm `none` is the control: given nothing."""

from models.features.conditions import Equals, Filter, Known
from models.features.declaration import Family, Feature, Fold, Operator, Ratio, Unit
from models.features.declared.orders import orders
from models.features.measures import Age, One, Since, Value

NO_OFFER = Equals("arm", "none")
MADE = Filter(none_of=(NO_OFFER,))
REDEEMED = Filter(all_of=(Known("redeemed_at"),), none_of=(NO_OFFER,))
UNUSED = Filter(none_of=(NO_OFFER, Known("redeemed_at")))


def offers(window_days: int | None, where: Filter = MADE) -> Fold:
    """Offers made in the window."""
    return Fold("offers", Operator.SUM, One(), where, window_days)


_F, _U = Family.OFFERS, Unit

FEATURES = (
    Feature("offers_90", _F, _U.COUNT, "offers made in the last 90 days", offers(90)),
    Feature("offers_365", _F, _U.COUNT, "offers made in the last 365 days", offers(365)),
    Feature(
        "offers_redeemed_365",
        _F,
        _U.COUNT,
        "offers of the last 365 days that were used",
        offers(365, REDEEMED),
    ),
    Feature(
        "offers_unused_90",
        _F,
        _U.COUNT,
        "offers of the last 90 days that were not used so far",
        offers(90, UNUSED),
    ),
    Feature(
        "offer_redeemed_share_all",
        _F,
        _U.RATIO,
        "share of offers that were used",
        Ratio(offers(None, REDEEMED), offers(None)),
    ),
    Feature(
        "offers_used_per_order_365",
        _F,
        _U.RATIO,
        "offers used for each order, last 365 days",
        Ratio(offers(365, REDEEMED), orders(365)),
    ),
    Feature(
        "offered_365",
        _F,
        _U.MINOR,
        "face value of the offers made in the last 365 days",
        Fold("offers", Operator.SUM, Value("face_value_minor"), MADE, 365),
    ),
    Feature(
        "days_since_offer",
        _F,
        _U.DAYS,
        "days since the last offer",
        Fold("offers", Operator.MIN, Age(), MADE),
    ),
    Feature(
        "days_since_redemption",
        _F,
        _U.DAYS,
        "days since an offer was last used",
        Fold("offers", Operator.MIN, Since("redeemed_at"), MADE),
    ),
)
