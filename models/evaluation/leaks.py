"""Columns that know the outcome too well: each one alone, before anything is trained on it.

A column that ranks those who left above those who stayed almost without a mistake is a copy of the outcome,
or was written after it, far more often than a discovery. Numbers are compared by rank, so that no unit and
no outlier matters; an empty cell is a value of its own, since what is filled in afterwards was empty before.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.contract.attributes import PREFIX
from models.domain.errors import Leakage
from models.learned.rows import LabelledRows, sample
from models.learned.settings import ChurnSettings

Floats = NDArray[np.float64]

SUSPECT = 0.95
CERTAIN = 20  # that many of each outcome, told apart without one mistake, are no accident
EMPTY = -1
RECENCY = "recency_days"
SAMPLE_SEED = 5
_Z95 = 1.6449  # one-sided 95 %


@dataclass(frozen=True)
class Suspect:
    """A column that tells the outcome too well.

    auc: in its better direction, .5 to 1; low: its lower 95 % bound. left, stayed: rows of each outcome.
    """

    column: str
    auc: float
    low: float
    left: int
    stayed: int

    @property
    def sentence(self) -> str:
        """'status: AUC 0.998 alone (at least 0.994; 812 left, 3,210 stayed)'."""
        return (
            f"{self.column}: AUC {self.auc:.3f} alone (at least {self.low:.3f}; "
            f"{self.left:,} left, {self.stayed:,} stayed)"
        )


def screen(
    names: Sequence[str], values: NDArray[np.float32], churned: Floats, *, limit: float = SUSPECT
) -> tuple[Suspect, ...]:
    """Columns of numbers that tell who left by themselves, worst first.

    values: [n, k], NaN is empty. churned: [n], 1 left, 0 stayed. A column is suspect when the lower bound of
    its AUC reaches `limit`, or when it tells `CERTAIN` of each outcome apart without one mistake.
    """
    left = churned == 1
    areas = (_area_of_numbers(column, left) for column in np.ascontiguousarray(values.T))
    return _suspects(names, areas, left, limit)


def screen_categories(
    names: Sequence[str], codes: Sequence[NDArray[np.int64]], churned: Floats, *, limit: float = SUSPECT
) -> tuple[Suspect, ...]:
    """The same for columns of words.

    codes: one [n] per column, from 0, `EMPTY` is an empty cell. A word is worth the share that left among the
    rows of the other half that carry it: a column whose words occur once each (names, ids) knows nothing.
    """
    left = churned == 1
    areas = (_area_of_categories(column, left) for column in codes)
    return _suspects(names, areas, left, limit)


def screen_active(rows: LabelledRows, settings: ChurnSettings) -> tuple[Suspect, ...]:
    """Features that tell by themselves which active customers leave; rows of one closed snapshot.

    Active: with a purchase in the last horizon. Of those long gone everybody knows that they stay away, so
    among all customers an honest recency comes near 1 as well.
    """
    if rows.frame.has(RECENCY):
        rows = rows.rows(rows.frame.column(RECENCY) <= settings.horizon_days)
    drawn = sample(rows, settings.max_training_rows, SAMPLE_SEED)
    frame, words = drawn.frame, _places_of_words(drawn.frame.names)
    numbers = [place for place, name in enumerate(frame.names) if name.split("=")[0] not in words]
    names = [frame.names[place] for place in numbers]
    codes = [_codes(frame.values[:, places]) for places in words.values()]
    return (
        *screen(names, frame.values[:, numbers], drawn.churned),
        *screen_categories(tuple(words), codes, drawn.churned),
    )


def stop_for(suspects: Sequence[Suspect], accepted: Collection[str], setting: str) -> tuple[str, ...]:
    """Sentences about suspects that were accepted by name.

    Raises `Leakage`, naming all others. `setting`: where a person lists what to accept.
    """
    refused = [suspect for suspect in suspects if suspect.column not in accepted]
    if refused:
        raise Leakage(
            "a column tells by itself who left, as only a copy of the outcome or a later entry would",
            allowed=f"an AUC whose lower bound stays below {SUSPECT:g} in each column alone",
            given="; ".join(suspect.sentence for suspect in refused),
            remedy=f"Leave it out of the source, or bring it as it was before; if it really is known that "
            f"early, list it in {setting}.",
        )
    return tuple(f"accepted in {setting}: {suspect.sentence}" for suspect in suspects)


def lower_bound(area: float, left: int, stayed: int) -> float:
    """The lower 95 % bound of an AUC: Wilson's, as if each row of the rarer outcome were one trial.

    It says a little less than the pairs would allow, but stays wide at 1 when rows are few.
    """
    trials = min(left, stayed)
    if trials == 0:
        return 0.0
    centre = area + _Z95**2 / (2 * trials)
    spread = _Z95 * np.sqrt(area * (1 - area) / trials + _Z95**2 / (4 * trials**2))
    return float((centre - spread) / (1 + _Z95**2 / trials))


def _places_of_words(names: Sequence[str]) -> dict[str, list[int]]:
    """Columns by attribute of words: `attribute_tier=gold`, … each tell a part of `attribute_tier` only."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name.startswith(PREFIX) and "=" in name:
            places.setdefault(name.split("=")[0], []).append(place)
    return places


def _codes(levels: NDArray[np.float32]) -> NDArray[np.int64]:
    """The place of the 1 in each row [n, k] of zeros and ones; `EMPTY` where there is none."""
    codes: NDArray[np.int64] = np.where(levels.any(axis=1), levels.argmax(axis=1), EMPTY)
    return codes


def _suspects(
    names: Sequence[str], areas: Iterable[float], left: NDArray[np.bool_], limit: float
) -> tuple[Suspect, ...]:
    leavers, stayers = int(left.sum()), int((~left).sum())
    if min(leavers, stayers) == 0:
        return ()
    every = [
        Suspect(name, area, lower_bound(area, leavers, stayers), leavers, stayers)
        for name, area in zip(names, areas, strict=True)
    ]
    enough = min(leavers, stayers) >= CERTAIN
    found = [one for one in every if one.low >= limit or (enough and one.auc == 1.0)]
    return tuple(sorted(found, key=lambda one: (-one.low, one.column)))


def _area_of_numbers(column: NDArray[np.float32], left: NDArray[np.bool_]) -> float:
    """AUC in the better direction, empty cells at the end where they separate better."""
    empty = np.isnan(column)
    known_left, known_stayed = np.sort(column[left & ~empty]), np.sort(column[~left & ~empty])
    below = np.searchsorted(known_stayed, known_left, "left").sum()
    not_above = np.searchsorted(known_stayed, known_left, "right").sum()
    empty_left, empty_stayed = int((empty & left).sum()), int((empty & ~left).sum())
    pairs_won = (below + not_above + empty_left * empty_stayed) / 2
    lowest = pairs_won + len(known_left) * empty_stayed
    highest = pairs_won + empty_left * len(known_stayed)
    pairs = (len(known_left) + empty_left) * (len(known_stayed) + empty_stayed)
    return float(max(lowest, pairs - lowest, highest, pairs - highest)) / max(pairs, 1)


def _area_of_categories(codes: NDArray[np.int64], left: NDArray[np.bool_]) -> float:
    """AUC of each word's share that left, counted among the other half of the rows."""
    word = codes - EMPTY
    even = np.arange(len(codes)) % 2 == 0
    overall = left.mean()
    score = np.empty(len(codes), dtype=np.float32)
    for half in (even, ~even):
        rows = np.bincount(word[~half], minlength=int(word.max(initial=0)) + 1)
        gone = np.bincount(word[~half], weights=left[~half], minlength=len(rows))
        score[half] = ((gone + overall) / (rows + 1.0))[word[half]]
    return _area_of_numbers(score, left)
