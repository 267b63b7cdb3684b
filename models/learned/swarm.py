"""What each feature did to the log-odds of some customers: the points of a SHAP summary plot.

Contributions are those of `explanations.py`: of boosters and logistic model together, each times its weight.
"""

from typing import Any

import numpy as np

from models.features.frame import FeatureFrame
from models.learned.churn import ChurnModel
from models.learned.explanations import Floats, explain

CUSTOMERS = 200
FEATURES = 15
COLUMNS = ("feature", "place", "contribution")


def swarm(model: ChurnModel, frame: FeatureFrame) -> list[dict[str, Any]]:
    """Rows of `contributions.csv`, the features with the greatest mean effect first.

    place: of the customer's value among those shown, 0 (least) to 1; None where it is missing. contribution:
    added to the log-odds of leaving. Customers are every so many rows of the frame, none of an empty one.
    """
    some = frame.rows(np.linspace(0, len(frame) - 1, min(CUSTOMERS, len(frame))).astype(np.int64))
    if not len(some):
        return []
    parts = explain(model, some).by_feature
    strongest = np.argsort(-np.abs(parts).mean(axis=0), kind="stable")[:FEATURES]
    return [
        {"feature": name, "place": place, "contribution": round(float(part), 6)}
        for name, column in ((model.feature_names[at], parts[:, at]) for at in strongest)
        for place, part in zip(_places(some.column(name).astype(np.float64)), column, strict=True)
    ]


def _places(values: Floats) -> list[float | None]:
    """The share of the known values that lie below each, equal ones alike."""
    known = np.sort(values[np.isfinite(values)])
    below = np.searchsorted(known, values) / max(len(known) - 1, 1)
    return [
        round(float(min(share, 1.0)), 3) if np.isfinite(value) else None
        for share, value in zip(below, values, strict=True)
    ]
