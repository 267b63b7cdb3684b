"""What the business decided about money and contact: section `policy`, in the release as policy.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from models.contract.tables import CHANNELS
from models.domain.errors import InvalidSetting, one_of
from models.domain.settings import in_range
from models.domain.vocabulary import LifecycleStage, Payment, Purpose, UnknownConsent

LEAVE_ALONE = "leave_alone"
NO_ARM = "none"
MOST_DAYS = 3650
MOST_MINOR = 10**12


@dataclass(frozen=True)
class LifecycleSettings:
    """Thresholds of the lifecycle stages.

    Days are days, gaps are multiples of the customer's own mean gap between orders, probabilities are of
    churn within the horizon, ratings are 1 (bad) to 5 (good).
    """

    new_days: int
    first_gap_days: float
    shortest_gap_days: float
    silent_gaps: float
    lost_gaps: float
    lost_days: int
    lost_probability: float
    considering_probability: float
    unhappy_days: int
    bad_rating: int

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a threshold out of range or two in the wrong order."""
        where = "policy.lifecycle"
        in_range(f"{where}.new_days", self.new_days, 0, MOST_DAYS)
        in_range(f"{where}.first_gap_days", self.first_gap_days, 1, MOST_DAYS)
        in_range(f"{where}.shortest_gap_days", self.shortest_gap_days, 1, MOST_DAYS)
        in_range(f"{where}.silent_gaps", self.silent_gaps, 0.1, 100)
        in_range(f"{where}.lost_gaps", self.lost_gaps, self.silent_gaps, 1000)
        in_range(f"{where}.lost_days", self.lost_days, self.new_days, MOST_DAYS)
        in_range(f"{where}.lost_probability", self.lost_probability, 0, 1)
        in_range(f"{where}.considering_probability", self.considering_probability, 0, 1)
        in_range(f"{where}.unhappy_days", self.unhappy_days, 0, MOST_DAYS)
        in_range(f"{where}.bad_rating", self.bad_rating, 1, 5)


@dataclass(frozen=True)
class ActionSettings:
    """One thing that can be done for a customer, and what it costs.

    contact_cost_minor: minor units spent by doing it at all. face_values_minor: the menu of face values in
    minor units, [0] where nothing is given. touch, touch_low: the assumed effect of the contact itself on
    retention at R₀ = ½ (probability points), its mean and its 10 % quantile.
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

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a cost, menu or effect that no action can have."""
        where = f"policy.actions[{self.id}]"
        if self.id in ("", NO_ARM, LEAVE_ALONE):
            raise InvalidSetting("an action needs a name of its own", given=self.id, remedy="Rename it.")
        if self.channel not in CHANNELS:
            _refuse(f"`{where}.channel` is unknown", one_of(CHANNELS), self.channel)
        in_range(f"{where}.contact_cost_minor", self.contact_cost_minor, 0, MOST_MINOR)
        menu = self.face_values_minor
        if not menu or min(menu) < 0 or list(menu) != sorted(set(menu)):
            _refuse(f"`{where}.face_values_minor` is no menu", "rising whole amounts from 0", menu)
        in_range(f"{where}.face_values_minor", menu[-1], 0, MOST_MINOR)
        in_range(f"{where}.touch", self.touch, 0, 1)
        in_range(f"{where}.touch_low", self.touch_low, 0, self.touch)
        if self.purpose is Purpose.OWED:
            _refuse(f"`{where}.purpose` is not a choice", "retention, recovery or win_back", "owed")


@dataclass(frozen=True)
class Tier:
    """From this lifetime value upwards (minor units), the greatest face value that may be given."""

    from_lifetime_value_minor: int
    greatest_face_value_minor: int


@dataclass(frozen=True)
class ResponseSettings:
    """The assumed response curve, used until an experiment teaches a better one.

    gamma, gamma_low: most that money can add to retention at R₀ = ½ (probability points), its mean and its
    10 % quantile; the `considering_` pair for customers of that stage. theta_share: the face value at which
    63 % of it is reached, as a share of the population's mean order amount. redemption, redemption_high:
    share of the retained who use a coupon, its mean and its upper 90 % bound (1 while unlearned).
    """

    gamma: float
    gamma_low: float
    considering_gamma: float
    considering_gamma_low: float
    theta_share: float
    redemption: float
    redemption_high: float = 1.0

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` unless every bound lies on its proper side of its mean."""
        where = "policy.response"
        in_range(f"{where}.gamma", self.gamma, 0, 1)
        in_range(f"{where}.gamma_low", self.gamma_low, 0, self.gamma)
        in_range(f"{where}.considering_gamma", self.considering_gamma, self.gamma, 1)
        in_range(
            f"{where}.considering_gamma_low",
            self.considering_gamma_low,
            self.gamma_low,
            self.considering_gamma,
        )
        in_range(f"{where}.theta_share", self.theta_share, 0.001, 100)
        in_range(f"{where}.redemption", self.redemption, 0, 1)
        in_range(f"{where}.redemption_high", self.redemption_high, self.redemption, 1)


@dataclass(frozen=True)
class PolicySettings:
    """Everything that decides who may be given what; amounts in minor units of the source's currency."""

    lifecycle: LifecycleSettings
    actions: tuple[ActionSettings, ...]
    phi: Mapping[LifecycleStage, float]
    tiers: tuple[Tier, ...]
    response: ResponseSettings
    required_roi: float
    absolute_limit_minor: int
    recovery_authority_minor: int
    unknown_consent: UnknownConsent
    contact_rest_days: int
    lost_cause_probability: float
    rounding_step_minor: int = 1

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` when the parts do not fit together."""
        in_range("policy.required_roi", self.required_roi, 0, 100)
        in_range("policy.absolute_limit_minor", self.absolute_limit_minor, 0, MOST_MINOR)
        in_range(
            "policy.recovery_authority_minor", self.recovery_authority_minor, 0, self.absolute_limit_minor
        )
        in_range("policy.contact_rest_days", self.contact_rest_days, 0, MOST_DAYS)
        in_range("policy.lost_cause_probability", self.lost_cause_probability, 0, 1)
        in_range("policy.rounding_step_minor", self.rounding_step_minor, 1, MOST_MINOR)
        _check_phi(self.phi)
        _check_tiers(self.tiers)
        _check_actions(self.actions, self.rounding_step_minor)

    @property
    def kappa(self) -> float:
        """κ = 1 ÷ (1 + required ROI): the share of the bounded benefit that may be spent."""
        return 1.0 / (1.0 + self.required_roi)


def _check_phi(phi: Mapping[LifecycleStage, float]) -> None:
    for stage in LifecycleStage:
        if stage not in phi:
            _refuse(f"`policy.phi` has no share for `{stage}`", one_of(LifecycleStage), one_of(phi))
        in_range(f"policy.phi.{stage}", phi[stage], 0, 1)


def _check_tiers(tiers: tuple[Tier, ...]) -> None:
    if not tiers or tiers[0].from_lifetime_value_minor != 0:
        _refuse("`policy.tiers` must begin at a lifetime value of 0", "a list of tiers", len(tiers))
    for tier in tiers:
        in_range("policy.tiers.greatest_face_value_minor", tier.greatest_face_value_minor, 0, MOST_MINOR)
    for lower, higher in pairwise(tiers):
        if higher.from_lifetime_value_minor <= lower.from_lifetime_value_minor:
            _refuse(
                "`policy.tiers` are not in rising order",
                f"more than {lower.from_lifetime_value_minor}",
                higher.from_lifetime_value_minor,
            )
        if higher.greatest_face_value_minor < lower.greatest_face_value_minor:
            _refuse(
                "a lower tier would get more than a higher one",
                f"at least {lower.greatest_face_value_minor}",
                higher.greatest_face_value_minor,
            )


def _check_actions(actions: tuple[ActionSettings, ...], step: int) -> None:
    names = [action.id for action in actions]
    if len(set(names)) != len(names):
        _refuse("`policy.actions` names an action twice", "each id once", one_of(names))
    for action in actions:
        for face in action.face_values_minor:
            if face % step:
                _refuse(
                    f"`policy.actions[{action.id}]` offers an unrounded face value",
                    f"multiples of {step}",
                    face,
                )


def _refuse(problem: str, allowed: str, given: object) -> None:
    raise InvalidSetting(problem, allowed=allowed, given=given, remedy="Correct policy in params.yaml.")
