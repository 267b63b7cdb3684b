"""What a customer is worth: M₁ if retained within the horizon, M₀ if not, and what lies between them.

    M = shrink( ratio · P(margin > 0) · exp(slope · start + level + trees) )
    lifetime value = (1 − p) · M₁ + p · M₀        stake S = M₁ − M₀

`ratio` is the smearing that makes the training total exact; negative margins (returns) are in that total.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract.storage import read_json, write_json
from models.domain.errors import DamagedRelease
from models.features.frame import FeatureFrame
from models.learned.amounts_to_expect import Start, log_amount
from models.learned.booster import Booster
from models.learned.calibration import probability
from models.learned.logistic import LogisticModel
from models.learned.rows import aligned

MODEL_FILE = "lifetime_value.json"
NEWEST_KEYS = frozenset({"slope", "start"})  # no earlier form has both
MEAN_ALONE = "the mean alone"

GREATEST = float(2**62)  # exact as a float, and well within 64 bits


@dataclass(frozen=True)
class MarginModel:
    """Expected discounted margin of one group of customers, the retained or the lost.

    mean_minor: of the training rows. weight: of the model against that mean (0: the mean alone).
    any_margin: P(margin > 0); None means `any_share` for everyone. slope, level: of the log of a positive
    margin on what it starts from. trees: what is beyond that; None means the mean alone. ratio: actual ÷
    unsmeared total.
    """

    feature_names: tuple[str, ...]
    rows: int
    mean_minor: float
    weight: float
    any_share: float
    any_margin: LogisticModel | None
    trees: Booster | None
    slope: float
    level: float
    ratio: float
    reason: str
    start: Start = Start.SPENT

    def unsmeared(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """P(margin > 0) · exp(log amount), before ratio and shrinkage [n], minor units."""
        return self._unsmeared(frame, self.chance(frame))

    def _unsmeared(self, frame: FeatureFrame, chance: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.trees is None:
            return np.ones(len(frame))
        trees = self.trees.raw(aligned(frame, self.feature_names))
        logged = self.slope * log_amount(self.start, frame) + self.level + trees
        # Amounts beyond e^43 minor units overflow int64; a float feature gone wild must not.
        amount: NDArray[np.float64] = np.exp(np.minimum(np.maximum(logged, -20.0), 40.0))
        return chance * amount

    def chance(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """P(margin > 0) [n]."""
        if self.any_margin is None:
            return np.full(len(frame), self.any_share)
        return probability(self.any_margin.log_odds(frame))

    def expected(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """Expected discounted margin over W [n], minor units, never negative.

        Shrunk is what those bring who bring anything, not whether they do: the mean of all, given to whoever
        has been silent for years, foretells several times what such customers bring.
        """
        chance = self.chance(frame)
        modelled = self.ratio * self._unsmeared(frame, chance)
        relative = 1.0 if self.any_margin is None else chance / self.any_share
        return np.maximum(self.weight * modelled + (1.0 - self.weight) * self.mean_minor * relative, 0.0)


@dataclass(frozen=True)
class ValueEstimate:
    """M₁, M₀ and what follows, in minor units as floats [n]; `floored` turns them into money."""

    retained: NDArray[np.float64]
    lost: NDArray[np.float64]
    lifetime: NDArray[np.float64]

    @property
    def stake(self) -> NDArray[np.float64]:
        """S = M₁ − M₀ [n]."""
        return self.retained - self.lost

    def at_level(self, level: float) -> "ValueEstimate":
        """The same worth at another level of prices: times `level`."""
        return ValueEstimate(self.retained * level, self.lost * level, self.lifetime * level)


@dataclass(frozen=True)
class ValueModel:
    """M₁ and M₀, each fitted on its own rows."""

    retained: MarginModel
    lost: MarginModel

    def estimate(self, frame: FeatureFrame, p: NDArray[np.float64]) -> ValueEstimate:
        """M₁, M₀ and lifetime value of customers with churn probability `p` [n]."""
        retained, lost = self.retained.expected(frame), self.lost.expected(frame)
        return ValueEstimate(retained, lost, (1.0 - p) * retained + p * lost)

    def save(self, folder: Path) -> None:
        """Write `lifetime_value.json` and LightGBM texts."""
        folder.mkdir(parents=True, exist_ok=True)
        parts = {"retained": self.retained, "lost": self.lost}
        for name, part in parts.items():
            (folder / f"{name}.txt").unlink(missing_ok=True)
            if part.trees is not None:
                (folder / f"{name}.txt").write_text(part.trees.text)
        write_json({name: _to_json(part) for name, part in parts.items()}, folder / MODEL_FILE)


def load(folder: Path) -> ValueModel:
    """Read what `ValueModel.save` wrote."""
    values = read_json(folder / MODEL_FILE)
    return ValueModel(*(_from_json(values[name], folder / f"{name}.txt") for name in ("retained", "lost")))


def is_of_earlier_form(folder: Path) -> bool:
    """Whether an earlier version saved the model, so that `load` raises `DamagedRelease`."""
    return not all(part.keys() >= NEWEST_KEYS for part in read_json(folder / MODEL_FILE).values())


def unknown_value(feature_names: tuple[str, ...], reason: str) -> ValueModel:
    """What is said of worth where a source says nothing of it: no margin, whether retained or lost."""
    nothing = MarginModel(
        feature_names=feature_names,
        rows=0,
        mean_minor=0.0,
        weight=0.0,
        any_share=0.0,
        any_margin=None,
        trees=None,
        slope=0.0,
        level=0.0,
        ratio=1.0,
        reason=reason,
    )
    return ValueModel(nothing, nothing)


def floored(amounts: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole minor units, rounded down: the one place where expected money becomes money.

    What no integer of 64 bits could hold stays at the greatest amount.
    """
    return np.floor(np.clip(amounts, -GREATEST, GREATEST)).astype(np.int64)


def _to_json(model: MarginModel) -> dict[str, Any]:
    return {
        "feature_names": list(model.feature_names),
        "rows": model.rows,
        "mean_minor": model.mean_minor,
        "weight": model.weight,
        "any_share": model.any_share,
        "any_margin": None if model.any_margin is None else model.any_margin.to_json(),
        "has_trees": model.trees is not None,
        "slope": model.slope,
        "level": model.level,
        "ratio": model.ratio,
        "reason": model.reason,
        "start": model.start.value,
    }


def _from_json(values: Mapping[str, Any], trees: Path) -> MarginModel:
    if not values.keys() >= NEWEST_KEYS:
        raise DamagedRelease(
            "the release's model of value is of an earlier form",
            remedy="Run make, which publishes one of this version's (make unpin, where one is pinned).",
        )
    chance = values["any_margin"]
    return MarginModel(
        feature_names=tuple(values["feature_names"]),
        rows=values["rows"],
        mean_minor=values["mean_minor"],
        weight=values["weight"],
        any_share=values["any_share"],
        any_margin=None if chance is None else LogisticModel.from_json(chance),
        trees=Booster(trees.read_text()) if values["has_trees"] else None,
        slope=values["slope"],
        level=values["level"],
        ratio=values["ratio"],
        reason=values["reason"],
        start=Start(values["start"]),
    )
