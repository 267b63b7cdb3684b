"""What experiments have taught of actions, for n customers: effects over face values, and who uses them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import ResponseState

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LearnedAction:
    """An action by the face values that were tried, rising, in today's minor units [k].

    effects: τ [k, n]. redemption, redemption_high: q of those who stay, and its upper 90 % bound [k].
    """

    face_values: Floats
    effects: Floats
    redemption: Floats
    redemption_high: Floats

    def uplift(self, face_value: float) -> Floats:
        """τ at a face value [n].

        Straight lines between what was tried, and from nothing at 0 to the least of it; beyond the
        greatest nothing is added, since nobody has seen it.
        """
        before, after, part = self._between(face_value)
        lower = self.effects[before] if before >= 0 else np.zeros_like(self.effects[0])
        found: Floats = lower + part * (self.effects[after] - lower)
        return found

    def used(self, face_value: float) -> tuple[float, float]:
        """The share q of those who stay that use such an offer, and its upper bound; flat outside."""
        mean, high = (
            float(np.interp(face_value, self.face_values, each))
            for each in (self.redemption, self.redemption_high)
        )
        return mean, high

    def _between(self, face_value: float) -> tuple[int, int, float]:
        """The places of the face values around one (−1: nothing at all), and how far it lies between them."""
        after = int(np.searchsorted(self.face_values, face_value))
        if after == len(self.face_values):
            return after - 1, after - 1, 0.0
        start = self.face_values[after - 1] if after else 0.0
        width = float(self.face_values[after] - start)
        return after - 1, after, (face_value - float(start)) / width if width else 1.0


@dataclass(frozen=True)
class LearnedResponse:
    """What the gate allows to be believed.

    low_share: s in [0, 1], by which τ̂ shrinks to its lower bound. actions: by action; one that is not there
    was never tried, and is assumed.
    """

    state: ResponseState
    low_share: float
    actions: Mapping[str, LearnedAction] = field(default_factory=dict)

    def of(self, action: str) -> LearnedAction | None:
        """What is known of an action, None where it is assumed."""
        return self.actions.get(action)

    def state_of(self, action: str) -> ResponseState:
        """How the effect of an action is known."""
        return self.state if action in self.actions else ResponseState.ASSUMED
