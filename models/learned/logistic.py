"""Logistic regression on recency, frequency and money, with hinges: the model that is hard to beat.

    log-odds = base + Σ β_j · (t_j(x) − t̄_j)

Six quantities enter on a log scale; the three that bend get hinge terms max(0, t − knot). Where there is a
model of rhythm, churn has its log-odds of silence beside them, as they are. A missing value stands at its
term's mean, so it contributes nothing, and an indicator term says that it was missing. Where a source has no
purchases the attributes of its customers take their place, each as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract.attributes import PREFIX
from models.domain.vocabulary import ModelUsed
from models.features.frame import FeatureFrame

RFM = ("recency_days", "orders_all", "tenure_days", "recency_over_gap", "spend_all", "gap_mean_days")
BENT = ("recency_days", "tenure_days", "recency_over_gap")


class Shape(StrEnum):
    """How a term reads its feature."""

    LOG = "log"
    HINGE = "hinge"
    LINEAR = "linear"
    MISSING = "missing"


@dataclass(frozen=True)
class Term:
    """One column of the design matrix: which feature, how, and (for a hinge) beyond which log value."""

    feature: str
    shape: Shape
    knot: float = 0.0

    def values(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """The term [n]; NaN where the feature is NaN, but for the indicator of that."""
        raw = frame.column(self.feature).astype(np.float64)
        if self.shape is Shape.MISSING:
            return np.isnan(raw).astype(np.float64)
        if self.shape is Shape.LINEAR:
            return raw
        logged = np.log1p(np.maximum(raw, 0.0))
        return logged if self.shape is Shape.LOG else np.maximum(logged - self.knot, 0.0)


@dataclass(frozen=True)
class LogisticModel:
    """Terms with their means and coefficients; `base` is the log-odds at the means."""

    terms: tuple[Term, ...]
    means: tuple[float, ...]
    coefficients: tuple[float, ...]
    base: float

    @property
    def name(self) -> ModelUsed:
        """What the model alone is called: by recency, frequency and money, or by attributes."""
        read = any(term.feature.startswith(PREFIX) for term in self.terms)
        return ModelUsed.LOGISTIC_ATTRIBUTES if read else ModelUsed.LOGISTIC

    def contributions(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """β_j (t_j − t̄_j) for every row and term [n, j]."""
        centred = centred_design(self.terms, np.array(self.means), frame)
        parts: NDArray[np.float64] = centred * np.array(self.coefficients)
        return parts

    def log_odds(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """Log-odds [n]."""
        total: NDArray[np.float64] = self.base + self.contributions(frame).sum(axis=1)
        return total

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        terms = zip(self.terms, self.means, self.coefficients, strict=True)
        return {
            "base": self.base,
            "terms": [
                {"feature": t.feature, "shape": t.shape.value, "knot": t.knot, "mean": m, "coefficient": c}
                for t, m, c in terms
            ],
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "LogisticModel":
        """The inverse of `to_json`."""
        stored = values["terms"]
        return LogisticModel(
            tuple(Term(term["feature"], Shape(term["shape"]), term["knot"]) for term in stored),
            tuple(term["mean"] for term in stored),
            tuple(term["coefficient"] for term in stored),
            values["base"],
        )


def centred_design(
    terms: tuple[Term, ...], means: NDArray[np.float64], frame: FeatureFrame
) -> NDArray[np.float64]:
    """The design matrix [n, j] less its means; a missing value is 0, which is to say the mean."""
    columns = [term.values(frame) for term in terms]
    design = np.stack(columns, axis=1) if columns else np.empty((len(frame), 0))
    return np.nan_to_num(design - means, nan=0.0, posinf=0.0, neginf=0.0)
