"""What a source can answer: a feature whose table or column is missing is switched off by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from models.features.declaration import Feature
from models.features.measures import Looked

TableColumns = Mapping[str, Collection[str]]

NOTHING_COUNTED = "nothing was counted of articles"


@dataclass(frozen=True)
class Availability:
    """Features that can be computed, in order, and why each of the others cannot."""

    features: tuple[Feature, ...]
    switched_off: Mapping[str, str]


def usable(
    features: Sequence[Feature], available_columns: TableColumns, uncounted: str = NOTHING_COUNTED
) -> Availability:
    """Split features by whether the source filled every column they read; `available_columns` by table.

    uncounted: why there are no statistics of articles to look up, "" where there are.
    """
    reasons = {
        feature.name: _missing(feature, available_columns) or _looks_up(feature) * uncounted
        for feature in features
    }
    return Availability(
        tuple(feature for feature in features if not reasons[feature.name]),
        {name: reason for name, reason in reasons.items() if reason},
    )


def _missing(feature: Feature, available_columns: TableColumns) -> str:
    """Why a feature cannot be computed; empty when it can."""
    for fold in feature.folds:
        if fold.table not in available_columns:
            return f"the source has no table {fold.table}"
        for column in fold.columns:
            if column not in available_columns[fold.table]:
                return f"the source has no column {fold.table}.{column}"
    return ""


def _looks_up(feature: Feature) -> bool:
    return any(isinstance(fold.measure, Looked) for fold in feature.folds)
