"""Logistic regression on recency, frequency and money, with hinges: the model that is hard to beat.

    log-odds = base + Σ β_j · (t_j(x) − t̄_j)

Five quantities enter on a log scale; the two that bend get hinge terms max(0, t − knot). Where there is a
model of rhythm, churn has its log-odds of silence beside them, as they are. A missing value stands at its
term's mean, so it contributes nothing, and an indicator term says that it was missing. Where a source has no
purchases the attributes of its customers take their place, each as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract.attributes import PREFIX
from models.domain.vocabulary import ModelUsed
from models.features.frame import FeatureFrame

TENURE = "tenure_days"
# Without tenure: among few snapshots it stands for the calendar, and a line through it leads anywhere.
RFM = ("recency_days", "orders_all", "recency_over_gap", "spend_all", "gap_mean_days")
BENT = ("recency_days", TENURE, "recency_over_gap")


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
class Design:
    """How all terms are read at once: by array, so that one customer costs no more than a few calls.

    features: of each term, by name. means, knots: of each term; a knot of 0 bends nothing. linear, missing:
    which terms are taken as they are, and which only say that a value is missing.
    """

    features: tuple[str, ...]
    means: NDArray[np.float64]
    knots: NDArray[np.float64]
    linear: NDArray[np.intp]
    missing: NDArray[np.intp]

    def centred(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """The design matrix [n, j] less its means; a missing value is 0, which is to say the mean."""
        places = frame.places
        # Row by row in memory, whatever the frame's order: sums over terms add in the same order.
        raw = frame.values[:, [places[name] for name in self.features]].astype(np.float64, order="C")
        design = np.maximum(np.log1p(np.maximum(raw, 0.0)) - self.knots, 0.0)
        design[:, self.linear] = raw[:, self.linear]
        design[:, self.missing] = np.isnan(raw[:, self.missing])
        design -= self.means
        design[~np.isfinite(design)] = 0.0
        return design


def design_of(terms: tuple[Term, ...], means: Sequence[float] | NDArray[np.float64]) -> Design:
    """How to read some terms, given the mean of each."""
    shapes = [term.shape for term in terms]
    return Design(
        features=tuple(term.feature for term in terms),
        means=np.array(means, np.float64),
        knots=np.array([term.knot if term.shape is Shape.HINGE else 0.0 for term in terms], np.float64),
        linear=np.flatnonzero([shape is Shape.LINEAR for shape in shapes]),
        missing=np.flatnonzero([shape is Shape.MISSING for shape in shapes]),
    )


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
        parts: NDArray[np.float64] = self._design.centred(frame) * self._slopes
        return parts

    def log_odds(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """Log-odds [n]."""
        total: NDArray[np.float64] = self.base + self.contributions(frame).sum(axis=1)
        return total

    @cached_property
    def _design(self) -> Design:
        return design_of(self.terms, self.means)

    @cached_property
    def _slopes(self) -> NDArray[np.float64]:
        return np.array(self.coefficients, np.float64)

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
