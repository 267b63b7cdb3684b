"""What the business decided about money and contact: section `policy`, in the release as policy.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from models.domain.errors import InvalidSetting, one_of
from models.domain.settings import in_range
from models.domain.vocabulary import LifecycleStage, OfferKind, UnknownConsent
from models.policy.action_settings import MOST_MINOR, ActionSettings
from models.policy.budget_settings import BY_STAGE, BudgetSettings
from models.policy.experiment_settings import ExperimentSettings
from models.policy.lifecycle_settings import MOST_DAYS, LifecycleSettings
from models.policy.playbook_settings import PlaybookSettings
from models.policy.response_settings import ResponseSettings


@dataclass(frozen=True)
class Tier:
    """From this lifetime value upwards, the greatest face value (both minor units) and what may be given.

    kinds: what may be given; anything if none is named.
    """

    from_lifetime_value_minor: int
    greatest_face_value_minor: int
    kinds: tuple[OfferKind, ...] = ()

    def gives(self, kind: OfferKind) -> bool:
        """Whether this may be given to customers of the tier."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True)
class PolicySettings:
    """Everything that decides who may be given what; amounts in minor units of the source's currency.

    authority_minor: the most that a team may spend on one customer, by owner of actions. answer_within_hours:
    when an answer to a complaint is due for which none was promised.
    """

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
    budgets: BudgetSettings = field(default_factory=BudgetSettings)
    experiment: ExperimentSettings = field(default_factory=ExperimentSettings)
    playbook: PlaybookSettings = field(default_factory=PlaybookSettings)
    authority_minor: Mapping[str, int] = field(default_factory=dict)
    answer_within_hours: int = 48

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` when the parts do not fit together."""
        in_range("policy.required_roi", self.required_roi, 0, 100)
        in_range("policy.absolute_limit_minor", self.absolute_limit_minor, 0, MOST_MINOR)
        in_range("policy.answer_within_hours", self.answer_within_hours, 1, 24 * MOST_DAYS)
        in_range(
            "policy.recovery_authority_minor", self.recovery_authority_minor, 0, self.absolute_limit_minor
        )
        in_range("policy.contact_rest_days", self.contact_rest_days, 0, MOST_DAYS)
        in_range("policy.lost_cause_probability", self.lost_cause_probability, 0, 1)
        in_range("policy.rounding_step_minor", self.rounding_step_minor, 1, MOST_MINOR)
        _check_phi(self.phi)
        _check_tiers(self.tiers)
        _check_actions(self.actions, self.rounding_step_minor)
        _check_budgets(self.budgets, self.actions)
        _check_authority(self.authority_minor, self.actions)

    @property
    def enabled_actions(self) -> tuple[ActionSettings, ...]:
        """The actions that are switched on."""
        return tuple(action for action in self.actions if action.enabled)

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
        for kind in OfferKind:
            if lower.greatest_face_value_minor and lower.gives(kind) and not higher.gives(kind):
                _refuse("a lower tier would get what a higher one does not", f"{kind} in both", higher.kinds)


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


def _check_budgets(budgets: BudgetSettings, actions: tuple[ActionSettings, ...]) -> None:
    """A limit on something that does not exist would be no limit."""
    known = {
        "campaigns": {action.campaign_or_id for action in actions},
        "teams": {action.owner for action in actions} - {""},
    }
    if budgets.segment_by == BY_STAGE:
        known["segments"] = {stage.value for stage in LifecycleStage}
    for kind, names in known.items():
        for name in getattr(budgets, kind):
            if name not in names:
                _refuse(f"`policy.budgets.{kind}` limits nothing", one_of(sorted(names)), name)


def _check_authority(authority: Mapping[str, int], actions: tuple[ActionSettings, ...]) -> None:
    owners = {action.owner for action in actions} - {""}
    for owner, most in authority.items():
        in_range(f"policy.authority_minor.{owner}", most, 0, MOST_MINOR)
        if owner not in owners:
            _refuse("`policy.authority_minor` names no owner of an action", one_of(sorted(owners)), owner)


def _refuse(problem: str, allowed: str, given: object) -> None:
    raise InvalidSetting(problem, allowed=allowed, given=given, remedy="Correct policy in params.yaml.")
