"""The models of a release, and which of them speaks of whom.

A release that was validated across customers has a model for each fold beside the one that learned from all.
A customer whose outcome is known is spoken of by the model of their fold, which never saw them: a model that
learned from somebody's outcome remembers it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.features.frame import FeatureFrame
from models.learned import churn, lifetime_value
from models.learned.churn import ChurnModel
from models.learned.customer_folds import fold_of
from models.learned.lifetime_value import ValueModel

FOLD = "fold_{number}"


@dataclass(frozen=True)
class Voice:
    """A model of leaving and one of worth that learned from the same customers."""

    churn: ChurnModel
    value: ValueModel


@dataclass(frozen=True)
class Voices:
    """The models of a release: of all customers, and of those outside each fold, from the first fold on."""

    whole: Voice
    folds: tuple[Voice, ...] = ()


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


def load_voices(release: Path) -> Voices:
    """Read the models of a release's folder."""
    folders = (release / "churn", release / "lifetime_value")
    whole = Voice(churn.load(folders[0]), lifetime_value.load(folders[1]))
    folds = len(list(folders[0].glob(FOLD.format(number="*"))))
    return Voices(whole, tuple(_voice_of(*folders, number, whole) for number in range(1, folds + 1)))


def _voice_of(leaving: Path, worth: Path, fold: int, whole: Voice) -> Voice:
    own = fold_folder(worth, fold)
    # A table without value has no value model of a fold: nothing was learned from anybody.
    value = lifetime_value.load(own) if own.exists() else whole.value
    return Voice(churn.load(fold_folder(leaving, fold)), value)


def speakers(voices: Voices, frame: FeatureFrame, labelled: NDArray[np.bool_]) -> tuple[Speaker, ...]:
    """All customers of the frame [n], each with the models that may speak of them.

    labelled [n]: whose outcome is known.
    """
    if not voices.folds or not labelled.any():
        return (_speaker(voices.whole, np.arange(len(frame)), frame),)
    fold = np.where(labelled, fold_of(frame.customer_id, len(voices.folds)), 0)
    groups = [(voice, np.flatnonzero(fold == number)) for number, voice in enumerate(_all(voices))]
    return tuple(_speaker(voice, rows, frame.rows(rows)) for voice, rows in groups if len(rows))


def _all(voices: Voices) -> tuple[Voice, ...]:
    return (voices.whole, *voices.folds)


def _speaker(voice: Voice, rows: NDArray[np.int64], frame: FeatureFrame) -> Speaker:
    return Speaker(rows, frame, voice.churn, voice.value)
