"""Rhythm: what buy-till-you-die models, once fitted, say of a customer, as columns of the frame.

The models are fitted per snapshot without labels (`training/rhythm.py`); the newest travel in the release.
Rows are looked up one by one, in NumPy: a customer alone gets the same bits as among a million.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.contract.storage import read_json, write_json
from models.domain.errors import DamagedRelease
from models.features.frame import FeatureFrame
from models.features.looked_up import AMOUNTS, GAMMA_GAMMA, NAMES, PARETO_NBD, RHYTHM, TIMES, Column
from models.learned.btyd.gamma_gamma import GammaGamma
from models.learned.btyd.histories import Floats, PurchaseHistories
from models.learned.btyd.pareto_nbd import ParetoNBD

RHYTHM_FILE = "rhythm.json"
# Beyond odds of e^9, 8,000 to 1, a model of three numbers is surer than it can know.
SUREST = 9.0
BLOCK = 1 << 16

Floats32 = NDArray[np.float32]


@dataclass(frozen=True)
class Rhythm:
    """Models to look rows up in; None where none could be fitted.

    horizon_days: over which silence is asked about. window_days: over which purchases are counted.
    """

    horizon_days: int
    window_days: int
    buying: ParetoNBD | None = None
    spending: GammaGamma | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that these models can say."""
        fitted = {PARETO_NBD: self.buying, GAMMA_GAMMA: self.spending}
        return tuple(column for column in RHYTHM if fitted[column.model] is not None)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns [k]."""
        return tuple(column.name for column in self.columns)

    def look_up(self, frame: FeatureFrame) -> Floats32:
        """The columns [n, k] of a frame's rows; NaN of a customer who has not bought yet."""
        told = np.full((len(frame), len(self.columns)), np.nan, np.float32, order="F")
        for begin in range(0, len(frame), BLOCK):
            rows = slice(begin, begin + BLOCK)
            parts = (*self._of_buying(frame, rows), *self._of_spending(frame, rows))
            for place, part in enumerate(parts):
                told[rows, place] = part
        return told

    def save(self, folder: Path) -> None:
        """Write `rhythm.json`."""
        values = {
            "horizon_days": self.horizon_days,
            "window_days": self.window_days,
            PARETO_NBD: None if self.buying is None else self.buying.to_json(),
            GAMMA_GAMMA: None if self.spending is None else self.spending.to_json(),
        }
        write_json(values, folder / RHYTHM_FILE)

    def _of_buying(self, frame: FeatureFrame, rows: slice) -> tuple[Floats, ...]:
        """Log-odds of silence, probability of being alive, expected purchase days."""
        if self.buying is None:
            return ()
        repeats, active, recency = (_column(frame, name, rows) for name in TIMES)
        known = np.isfinite(recency)
        histories = PurchaseHistories(repeats[known], active[known], (active + recency)[known])
        silence = self.buying.log_odds_of_silence(histories, self.horizon_days)
        alive = self.buying.probability_alive(histories)
        days = alive * self.buying.expected_if_alive(histories, self.window_days)
        return tuple(_spread(part, known) for part in (np.clip(silence, -SUREST, SUREST), alive, days))

    def _of_spending(self, frame: FeatureFrame, rows: slice) -> tuple[Floats, ...]:
        """Expected amount of an order."""
        if self.spending is None:
            return ()
        orders, mean = (_column(frame, name, rows) for name in AMOUNTS)
        known = np.isfinite(mean)
        return (_spread(self.spending.expected_mean(orders[known], mean[known]), known),)


def load(folder: Path, features: Collection[str]) -> Rhythm:
    """The models that a release with these features looks them up in; none where it looks up nothing.

    Raises `DamagedRelease` when a feature is looked up in a model that the release does not have.
    """
    path = folder / RHYTHM_FILE
    held = _from_json(read_json(path)) if path.exists() else Rhythm(0, 0)
    absent = sorted((NAMES & set(features)) - set(held.names))
    if absent:
        raise DamagedRelease(
            "the release reads features that are looked up in a model it does not have",
            given=", ".join(absent),
            remedy="Publish it again with `make`.",
        )
    return held


def with_rhythm(frame: FeatureFrame, rhythm: Rhythm) -> FeatureFrame:
    """The frame with these columns at its end, in place of any rhythm columns that it has already."""
    return with_columns(frame, rhythm.names, rhythm.look_up(frame))


def with_columns(frame: FeatureFrame, names: Sequence[str], values: Floats32) -> FeatureFrame:
    """The frame with looked-up columns [n, k] at its end, in place of any that it has already."""
    kept = [place for place, name in enumerate(frame.names) if name not in NAMES]
    if not names and len(kept) == len(frame.names):
        return frame
    return replace(
        frame,
        names=(*(frame.names[place] for place in kept), *names),
        values=np.concatenate([frame.values[:, kept], values], axis=1),
    )


def _from_json(values: Mapping[str, Any]) -> Rhythm:
    buying, spending = values[PARETO_NBD], values[GAMMA_GAMMA]
    return Rhythm(
        values["horizon_days"],
        values["window_days"],
        None if buying is None else ParetoNBD.from_json(buying),
        None if spending is None else GammaGamma.from_json(spending),
    )


def _column(frame: FeatureFrame, name: str, rows: slice) -> Floats:
    return frame.column(name)[rows].astype(np.float64)


def _spread(told: Floats, known: NDArray[np.bool_]) -> Floats:
    every = np.full(len(known), np.nan)
    every[known] = told
    return every
