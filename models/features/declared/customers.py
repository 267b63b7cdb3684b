"""What the customer's own record says. Of its versions the newest known one that says anything counts."""

from models.features.declaration import Difference, Family, Feature, Fold, Operator, Unit
from models.features.declared.orders import TENURE
from models.features.measures import Since

SIGNED_UP = Fold("customers", Operator.LAST, Since("signed_up_at"))

FEATURES = (
    Feature("signed_up_days", Family.TENURE, Unit.DAYS, "days since the account was opened", SIGNED_UP),
    Feature(
        "days_to_first_purchase",
        Family.TENURE,
        Unit.DAYS,
        "days from opening the account to the first purchase",
        Difference(SIGNED_UP, TENURE),
    ),
)
