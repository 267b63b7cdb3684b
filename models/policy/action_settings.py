"""What can be done for a customer: the list `policy.actions`."""

from dataclasses import dataclass

from models.contract.tables import CHANNELS
from models.domain.errors import InvalidSetting, one_of
from models.domain.settings import in_range
from models.domain.vocabulary import LifecycleStage, MainReason, OfferKind, Payment, Purpose

LEAVE_ALONE = "leave_alone"
NO_ARM = "none"
# Words that stand for no action; the ledger keeps money that needs none under the name of its purpose.
TAKEN = ("", NO_ARM, LEAVE_ALONE, *Purpose)
MOST_MINOR = 10**12
MOST_DAYS = 3650
KIND_OF = {Payment.ON_PURCHASE: OfferKind.COUPON, Payment.IMMEDIATE: OfferKind.GIFT}


@dataclass(frozen=True)
class ActionSettings:
    """One thing that can be done for a customer, and what it costs.

    contact_cost_minor: minor units spent by doing it at all. face_values_minor: the menu of face values in
    minor units, [0] where nothing is given. touch, touch_low: the assumed effect of the contact itself on
    retention at R₀ = ½ (probability points), its mean and its 10 % quantile. enabled: false switches it off.
    owner: the team that does it. campaign: whose money it takes, its own if none is named. reasons: the main
    reasons that it answers, any if none is named. deadline_days: within how many days of the list it is to be
    done. rest_days: how long after the last contact it waits, where that is longer than the policy asks.
    asks: whether it asks why. kind: what is given; a coupon on purchase, a gift at once where not said.
    """

    id: str
    purpose: Purpose
    payment: Payment
    channel: str
    contact_cost_minor: int
    face_values_minor: tuple[int, ...]
    stages: tuple[LifecycleStage, ...]
    touch: float
    touch_low: float
    enabled: bool = True
    owner: str = ""
    campaign: str = ""
    reasons: tuple[MainReason, ...] = ()
    deadline_days: int = 7
    rest_days: int = 0
    asks: bool = False
    kind: OfferKind | None = None

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a cost, menu or effect that no action can have."""
        where = f"policy.actions[{self.id}]"
        if self.id in TAKEN:
            raise InvalidSetting(
                "an action needs a name of its own",
                allowed=f"anything but {one_of(name for name in TAKEN if name)}",
                given=self.id,
                remedy="Rename it.",
            )
        if self.channel not in CHANNELS:
            _refuse(f"`{where}.channel` is unknown", one_of(CHANNELS), self.channel)
        in_range(f"{where}.contact_cost_minor", self.contact_cost_minor, 0, MOST_MINOR)
        menu = self.face_values_minor
        if not menu or min(menu) < 0 or list(menu) != sorted(set(menu)):
            _refuse(f"`{where}.face_values_minor` is no menu", "rising whole amounts from 0", menu)
        in_range(f"{where}.face_values_minor", menu[-1], 0, MOST_MINOR)
        in_range(f"{where}.touch", self.touch, 0, 1)
        in_range(f"{where}.touch_low", self.touch_low, 0, self.touch)
        in_range(f"{where}.deadline_days", self.deadline_days, 0, MOST_DAYS)
        in_range(f"{where}.rest_days", self.rest_days, 0, MOST_DAYS)
        if self.purpose is Purpose.OWED:
            _refuse(f"`{where}.purpose` is not a choice", "retention, recovery or win_back", "owed")

    @property
    def offer_kind(self) -> OfferKind:
        """What is given where anything is."""
        return self.kind or KIND_OF[self.payment]

    @property
    def campaign_or_id(self) -> str:
        """The campaign that its money counts towards."""
        return self.campaign or self.id


def _refuse(problem: str, allowed: str, given: object) -> None:
    raise InvalidSetting(problem, allowed=allowed, given=given, remedy="Correct policy in params.yaml.")
