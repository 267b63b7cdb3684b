"""Why a customer's risk is what it is: parts that sum to logit(p), by feature, by family, in words.

    logit(p) = base + Σ features + offset + calibration

base is what the models expect of nobody in particular (tree expectation, logistic value at the means), each
times its weight; the offset is what the boosters start from, times theirs, and the step from the labels' days
to a horizon that no label reaches; calibration is whatever the curve,
and the clipping of p, added to the blend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.domain.words import ENGLISH, Words
from models.features.frame import FeatureFrame, places
from models.learned.calibration import logit
from models.learned.churn import ChurnModel
from models.learned.figures import Figures
from models.learned.reasons import UNTOLD, sentence
from models.learned.rows import aligned

Floats = NDArray[np.float64]

BASE, CALIBRATION, RHYTHM, OTHER = "base", "calibration", "rhythm", "other"
TOP = 3
WORTH_A_WORD = 0.02
BLOCK = 20_000


@dataclass(frozen=True)
class Explanation:
    """Log-odds in parts, for n customers: feature_names [k], by_feature [n, k], the rest [n]."""

    feature_names: tuple[str, ...]
    by_feature: Floats
    base: Floats
    offset: Floats
    calibration: Floats

    @property
    def log_odds(self) -> Floats:
        """The sum of all parts [n]: logit(p)."""
        total: Floats = self.base + self.by_feature.sum(axis=1) + self.offset + self.calibration
        return total


def explain(model: ChurnModel, frame: FeatureFrame, p: Floats | None = None) -> Explanation:
    """Part the log-odds of every row; p [n]: what the model says of them, where that is known already.

    Raises `DamagedRelease` when a feature of the model is absent.
    """
    rows, names = len(frame), model.feature_names
    by_feature, base = np.zeros((rows, len(names))), np.zeros(rows)
    start = model.step(frame)
    boosted = model.boosted_weight if model.boosters else 0.0
    if model.boosters:
        values = aligned(frame, names)
        for booster in model.boosters:
            parts = booster.contributions(values) * (boosted / len(model.boosters))
            by_feature += parts[:, :-1]
            base += parts[:, -1]
        start = start + boosted * model.offset(frame)
    if model.logistic is None:
        base += model.cold_start_log_odds
    else:
        base += (1.0 - boosted) * model.logistic.base
        _add_logistic(model, frame, by_feature, 1.0 - boosted)
    so_far = base + by_feature.sum(axis=1) + start
    calibrated = logit(model.probability(frame) if p is None else p)
    return Explanation(names, by_feature, base, start, calibrated - so_far)


def by_family(explanation: Explanation, family_of: Mapping[str, str]) -> tuple[tuple[str, ...], Floats]:
    """Family names [f], sorted, and their parts [n, f]; the offset is the family `rhythm`.

    A feature that the mapping does not know belongs to `other`.
    """
    per_feature = tuple([family_of.get(name, OTHER) for name in explanation.feature_names])
    families, members = _members(per_feature)
    parts: Floats = explanation.by_feature @ members
    parts[:, families.index(RHYTHM)] += explanation.offset
    return families, parts


@lru_cache(maxsize=8)  # the same for every customer
def _members(per_feature: tuple[str, ...]) -> tuple[tuple[str, ...], Floats]:
    """Families, sorted, and which features are theirs [k, f], given the family of each feature."""
    families = tuple(sorted({*per_feature, RHYTHM}))
    members = np.zeros((len(per_feature), len(families)))
    for row, family in enumerate(per_feature):
        members[row, families.index(family)] = 1.0
    return families, members


def family_parts(
    model: ChurnModel, frame: FeatureFrame, family_of: Mapping[str, str], p: Floats | None = None
) -> tuple[tuple[str, ...], Floats]:
    """As `by_family` of every row [n, f], a block of rows at a time; p [n]: as for `explain`."""
    firsts = range(0, len(frame), BLOCK) or (0,)  # of nobody there are families, too
    told = [
        by_family(
            explain(model, _block(frame, first), None if p is None else p[first : first + BLOCK]), family_of
        )
        for first in firsts
    ]
    return told[0][0], np.concatenate([parts for _, parts in told])


def reasons(
    families: tuple[str, ...],
    parts: Floats,
    frame: FeatureFrame,
    currency: str,
    *,
    evidence: Sequence[str | None],
    price_level: float = 1.0,
    said: Mapping[str, Sequence[str]] | None = None,
    words: Words = ENGLISH,
) -> list[tuple[str, ...]]:
    """Per customer up to three sentences: the evidence first, then what raises the risk most.

    families, parts: what `family_parts` says of the frame. evidence [n]: the family that put the customer
    into the present stage, None for no such family. A family that adds less than .02 to the log-odds is not
    worth a word; a low risk may have no reason. Amounts are told at `price_level`: today's prices over those
    of the features. said: families whose sentences [n] are known already, such as attributes with the own
    words. words: the language of all others.
    """
    found: list[tuple[str, ...]] = []
    for first in range(0, len(frame), BLOCK):
        block = _block(frame, first)
        told = _worth_telling(families, parts[first : first + BLOCK], evidence[first : first + BLOCK])
        known = {family: sentences[first : first + BLOCK] for family, sentences in (said or {}).items()}
        found += _in_words(told, block, known, currency=currency, price_level=price_level, words=words)
    return found


def _block(frame: FeatureFrame, first: int) -> FeatureFrame:
    """The rows from `first` on that are explained at once; where there are no others, the frame itself."""
    last = min(first + BLOCK, len(frame))
    return frame if last - first == len(frame) else frame.rows(np.arange(first, last))


def _worth_telling(
    families: tuple[str, ...], parts: Floats, evidence: Sequence[str | None]
) -> list[list[str]]:
    """Per customer the families to put in words, at most three."""
    # A stable sort of negated values: equal parts keep the alphabetical order of their families.
    leading = np.argsort(-parts, axis=1, kind="stable")
    told = []
    for row, first in enumerate(evidence):
        raising = [families[at] for at in leading[row, : TOP + 2] if parts[row, at] >= WORTH_A_WORD]
        first_then = [first, *raising] if first else raising
        told.append([family for family in dict.fromkeys(first_then) if family not in UNTOLD][:TOP])
    return told


def _in_words(
    told: list[list[str]],
    frame: FeatureFrame,
    said: Mapping[str, Sequence[str]],
    *,
    currency: str,
    price_level: float,
    words: Words,
) -> list[tuple[str, ...]]:
    rows = frame.values.tolist()

    def reason(family: str, row: int) -> str:
        own = said.get(family)
        if own:
            return own[row]
        return sentence(family, Figures(frame.places, rows[row], currency, price_level), words)

    return [tuple(reason(family, row) for family in families) for row, families in enumerate(told)]


def _add_logistic(model: ChurnModel, frame: FeatureFrame, by_feature: Floats, weight: float) -> None:
    """Add β(t − t̄) of each term to the column of its feature, in place."""
    if model.logistic is None:
        return
    place_of = places(model.feature_names)
    at = np.array([place_of[term.feature] for term in model.logistic.terms], np.intp)
    # Several terms may read one feature: they add up one after another.
    np.add.at(by_feature.T, at, weight * model.logistic.contributions(frame).T)
