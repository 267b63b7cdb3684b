"""What an action does: as experiments have taught, else as it is assumed, and then every answer says so."""

from dataclasses import dataclass

import numpy as np

from models.domain.vocabulary import LifecycleStage
from models.policy.action_settings import ActionSettings
from models.policy.customers import Floats, Words
from models.policy.learned_response import LearnedAction, LearnedResponse
from models.policy.response_settings import ResponseSettings


@dataclass(frozen=True)
class AssumedCurve:
    """How n customers are assumed to answer money.

    retention: R₀ [n]. gamma, gamma_low: γ, mean and 10 % quantile [n], the most that money adds at R₀ = ½.
    theta_minor: θ > 0 in minor units, the face value at which 63 % of γ is reached. learned: the actions
    whose effect experiments have taught, of which no assumption speaks; None where there are none.
    """

    retention: Floats
    gamma: Floats
    gamma_low: Floats
    theta_minor: float
    learned: LearnedResponse | None = None

    def taught(self, action: ActionSettings) -> LearnedAction | None:
        """What experiments say of an action, None where it is assumed."""
        return None if self.learned is None else self.learned.of(action.id)


def assumed_curve(
    retention: Floats,
    stage: Words,
    settings: ResponseSettings,
    mean_order_amount_minor: float,
    learned: LearnedResponse | None = None,
) -> AssumedCurve:
    """The curve of these customers, with θ a share of the mean order amount (minor units).

    Raises `ValueError` unless the mean order amount is positive.
    """
    if not mean_order_amount_minor > 0:
        raise ValueError(f"the mean order amount must be positive, not {mean_order_amount_minor}")
    considering = stage == LifecycleStage.CONSIDERING.value
    return AssumedCurve(
        retention=retention,
        gamma=np.where(considering, settings.considering_gamma, settings.gamma),
        gamma_low=np.where(considering, settings.considering_gamma_low, settings.gamma_low),
        theta_minor=settings.theta_share * mean_order_amount_minor,
        learned=learned,
    )


def uplift(
    retention: Floats, face_value_minor: int, *, touch: float, gamma: Floats, theta_minor: float
) -> Floats:
    """τ(f) = 4·R₀(1−R₀)·(touch + γ·(1−e^{−f/θ})), in probability points, never beyond 1 − R₀ [n].

    retention: R₀ [n]. touch: effect of the contact alone; gamma: γ [n], the most that money adds; both at
    R₀ = ½, where people can still be moved. face_value_minor and theta_minor in minor units, θ > 0.
    """
    moved = touch + gamma * (1.0 - np.exp(-face_value_minor / theta_minor))
    added: Floats = np.minimum(4.0 * retention * (1.0 - retention) * moved, 1.0 - retention)
    return added


def mean_uplift(action: ActionSettings, face_value_minor: int, curve: AssumedCurve) -> Floats:
    """τ of an action at a face value [n], with γ and touch at their means; for the expected gain."""
    taught = curve.taught(action)
    if taught is not None:
        return np.clip(taught.uplift(face_value_minor), -curve.retention, 1.0 - curve.retention)
    return uplift(
        curve.retention,
        face_value_minor,
        touch=action.touch,
        gamma=curve.gamma,
        theta_minor=curve.theta_minor,
    )


def low_uplift(action: ActionSettings, face_value_minor: int, curve: AssumedCurve) -> Floats:
    """τ_lo of an action at a face value [n], for the cap: γ and touch at their 10 % quantiles.

    Where it was learned, s·τ̂, and never below 0.
    """
    if curve.learned is not None and curve.taught(action) is not None:
        low: Floats = curve.learned.low_share * mean_uplift(action, face_value_minor, curve)
        return np.maximum(low, 0.0)
    return uplift(
        curve.retention,
        face_value_minor,
        touch=action.touch_low,
        gamma=curve.gamma_low,
        theta_minor=curve.theta_minor,
    )
