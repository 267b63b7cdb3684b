"""The models of a release, and which of them speaks of whom.

A release that was validated across customers has a model for each fold beside the one that learned from all.
A customer whose outcome is known is spoken of by the model of their fold, which never saw them: a model that
learned from somebody's outcome remembers it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.evaluation.folds import fold_of
from models.features.frame import FeatureFrame
from models.learned import churn, lifetime_value
from models.learned.churn import ChurnModel
from models.learned.lifetime_value import ValueModel

FOLD = "fold_{number}"


@dataclass(frozen=True)
class Speaker:
    """Models, and the customers of whom they speak: `rows` [k] of the whole frame, and their features."""

    rows: NDArray[np.int64]
    frame: FeatureFrame
    churn: ChurnModel
    value: ValueModel


def fold_folder(models: Path, fold: int) -> Path:
    """Where the model of a fold lies, beside the one that learned from all."""
    return models / FOLD.format(number=fold)


def speakers(release: Path, frame: FeatureFrame, labelled: NDArray[np.bool_]) -> tuple[Speaker, ...]:
    """All customers of the frame [n], each with the models that may speak of them.

    labelled [n]: whose outcome is known.
    """
    folds = len(list((release / "churn").glob(FOLD.format(number="*"))))
    if not folds or not labelled.any():
        return (_speaker(release, np.arange(len(frame)), frame, None),)
    fold = np.where(labelled, fold_of(frame.customer_id, folds), 0)
    groups = [(number, np.flatnonzero(fold == number)) for number in range(folds + 1)]
    return tuple(
        _speaker(release, rows, frame.rows(rows), number or None) for number, rows in groups if len(rows)
    )


def _speaker(release: Path, rows: NDArray[np.int64], frame: FeatureFrame, fold: int | None) -> Speaker:
    folders = [release / "churn", release / "lifetime_value"]
    if fold is not None:
        # A table without value has no value model of a fold: nothing was learned from anybody.
        own = [fold_folder(folder, fold) for folder in folders]
        folders = [there if there.exists() else whole for there, whole in zip(own, folders, strict=True)]
    return Speaker(rows, frame, churn.load(folders[0]), lifetime_value.load(folders[1]))
