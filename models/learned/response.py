"""What a release knows of offers: how it is known, the arms that were tried, and what each does for whom.

response.json     the state, its reason, the arms, and the effects without their trees
effect_<i>.txt    the trees, LightGBM text
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.contract.storage import read_json, write_json
from models.domain.vocabulary import ResponseState
from models.features.frame import FeatureFrame
from models.learned.booster import Booster
from models.learned.rows import aligned
from models.learned.uplift import Effects, Floats

FILE = "response.json"
TREES = "effect_{number}.txt"


@dataclass(frozen=True)
class TriedArm:
    """An arm of past campaigns beside the control.

    face_value_minor: in constant money. rows: how many had it. effect, effect_low, effect_high: the mean in
    points of retention and its bounds. redemption, redemption_high: q of those who stayed, and its upper 90 %
    bound.
    """

    name: str
    face_value_minor: float
    rows: int
    effect: float
    effect_low: float
    effect_high: float
    redemption: float
    redemption_high: float


@dataclass(frozen=True)
class Response:
    """How the effect of offers is known.

    arms, effects: empty and None where it is assumed. actions: by action of the policy the places of the arms
    that speak for it, face values rising. low_share: s, what is left of a mean effect at its lower bound.
    """

    state: ResponseState
    reason: str
    offers: Mapping[str, int]
    feature_names: tuple[str, ...] = ()
    arms: tuple[TriedArm, ...] = ()
    actions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    low_share: float = 0.0
    effects: Effects | None = None

    def of(self, frame: FeatureFrame) -> Floats:
        """τ_a of every arm [arms, n] for the customers of a frame, by what the gate allows to be believed."""
        if self.effects is None or self.state is ResponseState.NO_EFFECT:
            return np.zeros((len(self.arms), len(frame)))
        if self.state is ResponseState.UNIFORM:
            return np.repeat(self.effects.means[:, None], len(frame), axis=1)
        return self.effects.of(aligned(frame, self.feature_names))

    def save(self, folder: Path) -> None:
        """Write `response.json` and the trees."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(TREES.format(number="*")):
            old.unlink()
        told: dict[str, Any] = {
            "state": self.state.value, "reason": self.reason, "offers": dict(self.offers)
        }  # fmt: skip
        if self.effects is not None:
            told |= {
                "feature_names": list(self.feature_names),
                "arms": [asdict(arm) for arm in self.arms],
                "actions": {name: list(places) for name, places in self.actions.items()},
                "low_share": self.low_share,
                "effects": self.effects.to_json(),
            }
            for number, booster in enumerate(self.effects.boosters):
                (folder / TREES.format(number=number)).write_text(booster.text)
        write_json(told, folder / FILE)


def load(folder: Path) -> Response:
    """Read what `Response.save` wrote, or an earlier version that knew of no effects."""
    told: Mapping[str, Any] = read_json(folder / FILE)
    state, reason, offers = ResponseState(told["state"]), told["reason"], told.get("offers", {})
    if "effects" not in told:
        return Response(state, reason, offers)
    many: Sequence[float] = told["effects"]["weights"]
    trees = tuple(Booster((folder / TREES.format(number=number)).read_text()) for number in range(len(many)))
    return Response(
        state=state,
        reason=reason,
        offers=offers,
        feature_names=tuple(told["feature_names"]),
        arms=tuple(TriedArm(**arm) for arm in told["arms"]),
        actions={name: tuple(places) for name, places in told["actions"].items()},
        low_share=told["low_share"],
        effects=Effects.from_json(told["effects"], trees),
    )
