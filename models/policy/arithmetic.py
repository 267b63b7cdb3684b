"""How an answer came about, line by line: the stage, every input with its source, every offer and its cap.

The figures are those of the functions that decide; nothing here decides anything.
"""

from dataclasses import dataclass

import numpy as np

from models.domain.money import format_minor
from models.domain.vocabulary import Purpose
from models.policy.action_settings import ActionSettings
from models.policy.assess import Assessment, assess
from models.policy.caps import Terms, action_cap, limit_of, terms
from models.policy.customers import CustomerInputs, LifecycleFeatures
from models.policy.economics import liability
from models.policy.lifecycle import gaps_of_silence
from models.policy.lifecycle_settings import LifecycleSettings
from models.policy.obstacles import obstacles
from models.policy.offer_arithmetic import Line, gain_lines
from models.policy.settings import PolicySettings, Tier
from models.policy.stage_words import stage_reasons
from models.policy.standing import Standing, standing

LEARNED, ASSUMED, BOOKS = "learned", "assumed", "books"


@dataclass(frozen=True)
class Asked:
    """One customer (arrays of length one), the policy, the mean order in minor units and the currency."""

    customer: CustomerInputs
    settings: PolicySettings
    mean_order: float
    currency: str

    def money(self, amount: float) -> str:
        """An amount in minor units, as people read it."""
        return format_minor(round(amount), self.currency)


def arithmetic(asked: Asked) -> list[Line]:
    """Every step from what is known of the customer to what is recommended."""
    found = assess(asked.customer, asked.settings, asked.mean_order)
    place = standing(asked.customer, found.lifecycle_stage, asked.settings)
    given = terms(asked.customer, found.lifecycle_stage, asked.settings, asked.mean_order)
    lines = [*_stage(asked, found), *_reason(place, asked), *_inputs(asked, place, given)]
    for action in asked.settings.enabled_actions:
        lines += _action(asked, action, place, given)
    return [*lines, *_result(asked, found)]


def _stage(asked: Asked, found: Assessment) -> list[Line]:
    customer, settings = asked.customer, asked.settings.lifecycle
    (told,) = stage_reasons(customer, found.stage_rule, found.lifecycle_stage)
    return [
        Line("Stage"),
        Line(f"  {told}", f"rule {found.stage_rule[0]}, policy.lifecycle"),
        _silence(customer.features, settings),
    ]


def _silence(features: LifecycleFeatures, settings: LifecycleSettings) -> Line:
    """How long nothing was ordered, in gaps."""
    recency, own = features.recency_days[0], features.gap_mean_days[0]
    if np.isnan(recency):
        return Line("  silence: nothing was ordered yet", BOOKS)
    least, gaps = f"{settings.shortest_gap_days:.0f}", gaps_of_silence(features, settings)[0]
    if np.isnan(own):
        usual, source = f"{settings.first_gap_days:.0f}", f"{BOOKS}; policy.lifecycle.first_gap_days"
        whose = "gaps of who ordered once"
    else:
        usual, source, whose = f"{own:.1f}", BOOKS, "of their own gaps"
    rhythm = f"{recency:.1f} days of silence ÷ the larger of {usual} and {least}"
    return Line(f"  silence = {rhythm} = {gaps:.2f} {whose}", source)


def _reason(place: Standing, asked: Asked) -> list[Line]:
    reason, inquiry = place.reason[0].replace("_", " "), place.inquiry[0].replace("_", " ")
    facts = asked.customer.facts_or_none
    cause, stated = facts.cause[0] or "nothing", facts.stated[0] or "nothing"
    return [
        Line("What an action has to answer"),
        Line(f"  {reason} (raises the risk most: {cause.replace('_', ' ')})", "books, then explanation"),
        Line(f"  why they stay away: {inquiry}; said lately: {stated.replace('_', ' ')}", BOOKS),
    ]


def _inputs(asked: Asked, place: Standing, given: Terms) -> list[Line]:
    customer, settings, money = asked.customer, asked.settings, asked.money
    stage, low = place.stage[0], given.value_at_stake_low[0]
    phi = next(share for name, share in settings.phi.items() if name.value == stage)
    tier = _tier(settings.tiers, int(customer.lifetime_value_minor[0]))
    share = f"φ·S_lo = {phi:g} · {money(low)} = {money(phi * low // 1)}"
    bounds = f"the smaller of {share} and {money(settings.absolute_limit_minor)}"
    curve = given.curve
    return [
        Line("What it rests on"),
        *_chances(customer, curve.retention[0]),
        Line(f"  value at stake S = {money(customer.value_at_stake_minor[0])}", LEARNED),
        Line(f"  its lower bound S_lo = {money(low)}", "learned from backtests"),
        Line(f"  lifetime value {money(customer.lifetime_value_minor[0])}", LEARNED),
        Line(f"  tier: {tier_words(tier, asked)}", "policy.tiers"),
        Line(
            f"  limit = {bounds} = {money(given.limit[0])}",
            f"policy.phi.{stage}, absolute_limit_minor",
        ),
        Line(f"  κ = 1 ÷ (1 + {settings.required_roi:g}) = {given.kappa:.4f}", "policy.required_roi"),
        Line(
            f"  money adds at most γ = {curve.gamma[0]:g}, cautiously {curve.gamma_low[0]:g}",
            "assumed: policy.response",
        ),
        Line(
            f"  θ = {settings.response.theta_share:g} · mean order {money(asked.mean_order)}"
            f" = {money(curve.theta_minor)}",
            "assumed: policy.response; learned mean",
        ),
        Line(
            f"  share who use a coupon q = {given.redemption:g}, at most {given.redemption_high:g}"
            f"{'' if given.curve.learned is None else ', where it was not learned'}",
            "assumed: policy.response",
        ),
    ]


def _chances(customer: CustomerInputs, retention: float) -> list[Line]:
    if not customer.scored[0]:
        return [Line("  chance of leaving: not known, so nothing is reckoned", LEARNED)]
    return [
        Line(f"  chance of leaving p = {customer.churn_probability[0]:.4f}", LEARNED),
        Line(f"  chance of staying when left alone R₀ = 1 − p = {retention:.4f}"),
    ]


def _tier(tiers: tuple[Tier, ...], lifetime_value: int) -> Tier | None:
    below = [tier for tier in tiers if tier.from_lifetime_value_minor <= lifetime_value]
    return below[-1] if below else None


def tier_words(tier: Tier | None, asked: Asked) -> str:
    """What a tier may get, in words."""
    if tier is None:
        return "below the lowest, so nothing is given"
    kinds = ", ".join(kind.value for kind in tier.kinds) or "anything"
    most, start = asked.money(tier.greatest_face_value_minor), asked.money(tier.from_lifetime_value_minor)
    return f"from {start} on, at most {most} of {kinds}"


def _action(asked: Asked, action: ActionSettings, place: Standing, given: Terms) -> list[Line]:
    """An action that may be taken with every face value; one that may not with what forbids it."""
    forbidden = obstacles(action, asked.customer, place, asked.settings)
    name = action.id.replace("_", " ")
    if forbidden:
        return [Line(f"{name}: no, {forbidden[0]}")]
    cap = int(action_cap(action, np.ones(1, np.bool_), given)[0])
    lines = [Line(f"{name}: by {action.channel}, deadline in days: {action.deadline_days}", "policy.actions")]
    if action.purpose is Purpose.RECOVERY:
        limit, owned = asked.money(limit_of(action, given)[0]), action.owner in given.authority
        also = f", authority_minor.{action.owner}" if owned else ""
        lines.append(
            Line(
                f"  a recovery is bounded by φ·S_lo and authority, in whole rounding steps: {limit}",
                f"policy.phi.unhappy, recovery_authority_minor, rounding_step_minor{also}",
            )
        )
    for face_value in action.face_values_minor:
        lines += gain_lines(action, face_value, asked.customer.value_at_stake_minor, given, asked.currency)
    least = asked.money(liability(action.contact_cost_minor, action.face_values_minor[0]))
    why = "" if cap else f": not even {least} fits"
    return [*lines, Line(f"  cap({name}) = {asked.money(cap)}{why}")]


def _result(asked: Asked, found: Assessment) -> list[Line]:
    choice = found.choice
    if not choice.acts[0]:
        return [Line("So: leave alone"), Line(f"  {found.do_not_contact_reason[0].replace('_', ' ')}")]
    gives = f", {choice.recommended_offer[0]}" if choice.recommended_offer[0] else ""
    return [
        Line(f"So: {choice.recommended_action[0].replace('_', ' ')}{gives}"),
        Line(
            f"  expected gain {asked.money(choice.expected_gain_minor[0])},"
            f" promised {asked.money(choice.liability_minor[0])},"
            f" cap {asked.money(choice.incentive_cap_minor[0])}",
            f"effect {found.response_state[0]}",
        ),
    ]
