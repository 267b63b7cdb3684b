"""Every input of one customer's cap and its source: what `arithmetic.py` tells people, for programs.

The figures are those of the functions that decide; nothing here decides anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.domain.errors import InvalidSetting, one_of
from models.domain.vocabulary import Purpose, ResponseState
from models.policy.action_settings import ActionSettings
from models.policy.assess import Assessment, assess, rule_of
from models.policy.cap_inputs import caps_of_actions, input_columns
from models.policy.caps import Terms, action_cap, cost_of, limit_of, pays, promised_cap, terms
from models.policy.caps_table import cell
from models.policy.customers import CustomerInputs, Words
from models.policy.economics import break_even_uplift, expected_gain, liability
from models.policy.lifecycle import stages_of
from models.policy.obstacles import obstacles
from models.policy.playbook import suitability
from models.policy.response import low_uplift, mean_uplift
from models.policy.settings import PolicySettings
from models.policy.standing import Standing, standing

CAPPED = (Purpose.RETENTION, Purpose.RECOVERY, Purpose.WIN_BACK)


@dataclass(frozen=True)
class Input:
    """One input of the formula: its symbol, what it is called, its value, unit and source."""

    symbol: str
    name: str
    value: float | int | bool | str | None
    unit: str
    source: str


@dataclass(frozen=True)
class FaceValue:
    """One face value of an action: amounts in minor units, uplifts in probability; fits: within the cap.

    redemption, redemption_high: the share q of those who stay that use it, and its upper 90 % bound.
    break_even_uplift: None where no uplift pays.
    """

    face_value_minor: int
    liability_minor: int
    redemption: float
    redemption_high: float
    uplift: float
    uplift_low: float
    expected_cost_minor: int
    expected_cost_high_minor: int
    expected_gain_minor: int
    break_even_uplift: float | None
    within_limit: bool
    within_tier: bool
    pays: bool
    fits: bool


@dataclass(frozen=True)
class ActionCap:
    """One action: its cap, 0 where something forbids it; obstacles in words.

    response_state: how the effect of the action is known, `assumed` where no experiment speaks of it.
    lot_cap_minor: the most that a plan's lot may promise by it, which is more than the cap where the action
    was not shown to work.
    """

    action: str
    response_state: str
    purpose: str
    payment: str
    contact_cost_minor: int
    limit_minor: int
    cap_minor: int
    lot_cap_minor: int
    obstacles: tuple[str, ...]
    face_values: tuple[FaceValue, ...]


@dataclass(frozen=True)
class CapExplained:
    """The cap (minor units), the action that it is of ('' for none), why it is no greater, and its inputs."""

    cap_minor: int
    action: str
    limiting_constraint: str
    inputs: tuple[Input, ...]
    actions: tuple[ActionCap, ...]


def explained_cap(
    customer: CustomerInputs, settings: PolicySettings, mean_order: float, purpose: Purpose | None
) -> CapExplained:
    """The cap of one customer; mean_order: of the population, minor units.

    Without a purpose that of the recommended action, as in lists; else the greatest of the actions that serve
    it, for a recovery what an agent may spend on an open complaint. Raises `InvalidSetting` where none is.
    """
    if purpose is not None and purpose not in CAPPED:
        raise InvalidSetting("money for this purpose has no cap", allowed=one_of(CAPPED), given=purpose)
    found = assess(customer, settings, mean_order)
    place = standing(customer, found.lifecycle_stage, settings)
    given = terms(customer, found.lifecycle_stage, settings, mean_order)
    wanted = [each for each in settings.enabled_actions if purpose in (None, each.purpose)]
    actions = tuple(_action(each, customer, place, given, settings) for each in wanted)
    cap, action = _cap_of(found, given, actions, purpose)
    why = _limiting(customer, actions, cap, purpose)
    inputs = tuple(_inputs(customer, settings, found.lifecycle_stage, given, mean_order))
    return CapExplained(cap, action, why, inputs, actions)


def cap_of_action(
    customer: CustomerInputs, settings: PolicySettings, mean_order: float, action: str, *, drawn: bool = False
) -> tuple[int, tuple[Input, ...]]:
    """What may be promised one customer by an action, and the inputs of that.

    drawn: whether a plan's lot gave them the action, which may promise more than its cap where the action was
    not shown to work. 0 where the policy has none of that id. Both are those of `explained_cap` (`cap_minor`
    and `lot_cap_minor` of the action), without what that says of all other actions.
    """
    stage = stages_of(rule_of(customer, settings))
    given = terms(customer, stage, settings, mean_order)
    caps = caps_of_actions(customer, settings, stage, given, action)
    found = caps[action].of(0, drawn=drawn) if action in caps else 0
    return found, tuple(_inputs(customer, settings, stage, given, mean_order))


def _cap_of(
    found: Assessment, given: Terms, actions: tuple[ActionCap, ...], purpose: Purpose | None
) -> tuple[int, str]:
    if purpose is Purpose.RECOVERY:
        return int(given.recovery_limit[0]), ""
    if purpose is None:
        choice = found.choice
        action = choice.recommended_action[0] if choice.acts[0] else ""
        return int(choice.incentive_cap_minor[0]), str(action)
    greatest = max(actions, key=lambda each: each.cap_minor, default=None)
    return (greatest.cap_minor, greatest.action) if greatest and greatest.cap_minor else (0, "")


def _limiting(
    customer: CustomerInputs, actions: tuple[ActionCap, ...], cap: int, purpose: Purpose | None
) -> str:
    """Why the cap is no greater."""
    if not customer.scored[0]:
        return "unscored"
    if purpose is Purpose.RECOVERY and not customer.has_open_complaint[0]:
        return "no_open_complaint"
    if purpose is Purpose.RECOVERY:
        return "limit"
    if cap == 0 and not any(not each.obstacles for each in actions):
        return "no_action_allowed"
    beyond = [
        face
        for each in actions
        if not each.obstacles
        for face in each.face_values
        if face.liability_minor > cap
    ]
    if not beyond:
        return "menu"
    least = min(beyond, key=lambda face: face.liability_minor)
    rules = (("limit", least.within_limit), ("tier", least.within_tier), ("does_not_pay", least.pays))
    return next((name for name, holds in rules if not holds), "menu")


def _action(
    action: ActionSettings, customer: CustomerInputs, place: Standing, given: Terms, settings: PolicySettings
) -> ActionCap:
    allowed = suitability(action, customer, place, settings).allowed
    learned = None if given.curve.taught(action) is None else given.curve.learned
    return ActionCap(
        action=action.id,
        response_state=(ResponseState.ASSUMED if learned is None else learned.state).value,
        purpose=action.purpose.value,
        payment=action.payment.value,
        contact_cost_minor=action.contact_cost_minor,
        limit_minor=int(limit_of(action, given)[0]),
        cap_minor=int(action_cap(action, allowed, given)[0]),
        lot_cap_minor=int(promised_cap(action, allowed, given)[0]),
        obstacles=tuple(obstacles(action, customer, place, settings)),
        face_values=tuple(_face(action, face, customer, given) for face in action.face_values_minor),
    )


def _face(action: ActionSettings, face: int, customer: CustomerInputs, given: Terms) -> FaceValue:
    curve, stake = given.curve, customer.value_at_stake_minor
    uplift, low = mean_uplift(action, face, curve), low_uplift(action, face, curve)
    used, most_used = given.used(action, face)
    cost = cost_of(action, face, curve, uplift, used)
    high = cost_of(action, face, curve, uplift, most_used)
    needed = break_even_uplift(
        action.contact_cost_minor,
        face,
        action.payment,
        redemption=used,
        retention=curve.retention,
        value_at_stake=stake,
    )
    owed = liability(action.contact_cost_minor, face)
    recovers = action.purpose is Purpose.RECOVERY
    limit = owed <= int(limit_of(action, given)[0])
    tier = recovers or face <= int(given.greatest_face_value[action.offer_kind][0])
    worth = recovers or bool(pays(action, face, given)[0])
    return FaceValue(
        face_value_minor=face,
        liability_minor=owed,
        redemption=used,
        redemption_high=most_used,
        uplift=float(uplift[0]),
        uplift_low=float(low[0]),
        expected_cost_minor=int(np.ceil(cost[0])),
        expected_cost_high_minor=int(np.ceil(high[0])),
        expected_gain_minor=int(np.floor(expected_gain(uplift, stake, cost)[0])),
        break_even_uplift=float(needed[0]) if np.isfinite(needed[0]) else None,
        within_limit=limit,
        within_tier=tier,
        pays=worth,
        fits=limit and tier and worth,
    )


def _inputs(
    customer: CustomerInputs, settings: PolicySettings, stage: Words, given: Terms, mean_order: float
) -> Iterator[Input]:
    """The inputs of one customer."""
    for each in input_columns(customer, settings, stage, given, mean_order):
        value = cell(each.value, 0) if isinstance(each.value, np.ndarray) else each.value
        source = each.source.format(stage=stage[0])
        yield Input(each.symbol, each.name, value, each.unit, source)
