"""What one action at one face value costs, gains and may cost, line by line, for one customer."""

from dataclasses import dataclass

from models.domain.money import format_minor
from models.domain.vocabulary import Payment, Purpose
from models.policy.action_settings import ActionSettings
from models.policy.caps import Terms, cost_of, limit_of, pays
from models.policy.customers import Integers
from models.policy.economics import break_even_uplift, expected_gain, liability
from models.policy.response import low_uplift, mean_uplift


@dataclass(frozen=True)
class Line:
    """One line, and where its figures come from."""

    text: str
    source: str = ""


def gain_lines(
    action: ActionSettings, face_value: int, value_at_stake: Integers, given: Terms, currency: str
) -> list[Line]:
    """E, L, IM, τ* and the three conditions of the cap; value_at_stake: S in minor units [1]."""

    def money(amount: float) -> str:
        return format_minor(round(amount), currency)

    curve, contact = given.curve, action.contact_cost_minor
    uplift, low = (each(action, face_value, curve) for each in (mean_uplift, low_uplift))
    used = given.used(action, face_value)[0]
    cost = cost_of(action, face_value, curve, uplift, used)
    needed = break_even_uplift(
        contact,
        face_value,
        action.payment,
        redemption=used,
        retention=curve.retention,
        value_at_stake=value_at_stake,
    )
    stake, promised = int(value_at_stake[0]), liability(contact, face_value)
    spelt = _cost_words(action, face_value, given, float(uplift[0]), currency)
    lines = [
        Line(f"  with {money(face_value)}:" if face_value else "  without money:"),
        _uplift_line(action, given, float(uplift[0]), float(low[0])),
        Line(f"    E = {spelt} = {money(cost[0])}"),
        Line(f"    L = c + f = {money(promised)}"),
        Line(
            f"    IM = τ·S − E = {uplift[0]:.4f} · {money(stake)} − {money(cost[0])}"
            f" = {money(expected_gain(uplift, value_at_stake, cost)[0] // 1)}, rounded down"
        ),
        Line(f"    τ* = {needed[0]:.4f}: less would not pay"),
    ]
    if action.purpose is Purpose.RECOVERY:
        return [*lines, _limit_line(action, face_value, given, currency)]
    return [*lines, *_conditions(action, face_value, given, currency)]


def _uplift_line(action: ActionSettings, given: Terms, uplift: float, low: float) -> Line:
    learned = given.curve.learned
    if learned is None or given.curve.taught(action) is None:
        told = f"τ = 4·R₀·(1 − R₀)·({action.touch:g} + γ·(1 − e^(−f/θ))) = {uplift:.4f}"
        return Line(f"    {told}, cautiously {low:.4f}", "assumed: policy.actions, policy.response")
    cautiously = f"cautiously s·τ = {learned.low_share:.2f} · {uplift:.4f} = {low:.4f}"
    return Line(f"    τ = {uplift:.4f}, {cautiously}", f"{learned.state.value}: past campaigns")


def _cost_words(action: ActionSettings, face_value: int, given: Terms, uplift: float, currency: str) -> str:
    contact, face = (format_minor(amount, currency) for amount in (action.contact_cost_minor, face_value))
    if action.payment is Payment.IMMEDIATE:
        return f"c + f = {contact} + {face}"
    retained = given.curve.retention[0] + uplift
    return f"c + q·f·(R₀ + τ) = {contact} + {given.used(action, face_value)[0]:g} · {face} · {retained:.4f}"


def _conditions(action: ActionSettings, face_value: int, given: Terms, currency: str) -> list[Line]:
    """The three conditions of the cap, each with its figures and whether it holds."""

    def money(amount: float) -> str:
        return format_minor(round(amount), currency)

    uplift, low = (each(action, face_value, given.curve) for each in (mean_uplift, low_uplift))
    high = cost_of(action, face_value, given.curve, uplift, given.used(action, face_value)[1])[0]
    stake_low = given.value_at_stake_low[0]
    spendable = given.kappa * low[0] * stake_low
    bound = f"κ·τ_lo·S_lo = {given.kappa:.4f} · {low[0]:.4f} · {money(stake_low)} = {money(spendable)}"
    return [
        _limit_line(action, face_value, given, currency),
        _tier_line(action, face_value, given, currency),
        Line(f"    E at most {money(high)} within {bound}? {_yes(bool(pays(action, face_value, given)[0]))}"),
    ]


def _limit_line(action: ActionSettings, face_value: int, given: Terms, currency: str) -> Line:
    promised, limit = liability(action.contact_cost_minor, face_value), int(limit_of(action, given)[0])
    told, most = (format_minor(amount, currency) for amount in (promised, limit))
    return Line(f"    L {told} within the limit {most}? {_yes(promised <= limit)}")


def _tier_line(action: ActionSettings, face_value: int, given: Terms, currency: str) -> Line:
    most = int(given.greatest_face_value[action.offer_kind][0])
    face, tier = (format_minor(amount, currency) for amount in (face_value, most))
    return Line(f"    f {face} within the tier's {tier}? {_yes(face_value <= most)}")


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
