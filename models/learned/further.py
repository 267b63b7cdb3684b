"""Asking about a horizon that no label reaches yet: rhythm carries the odds from the labels' days to it.

    log-odds(H) = log-odds(L) + silence(H) − silence(L)

L are the days that labels reach, H those that are asked about, silence the log-odds of no purchase within so
many days that Pareto/NBD tells each customer. So somebody who buys weekly comes further than somebody who
buys once a year; what the labels taught of either stays. No label has seen that step: whoever reads the
answer is told so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features.frame import FeatureFrame
from models.features.looked_up import SILENCE
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.rhythm import Rhythm

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Further:
    """From labels over `label_days` to a horizon of `horizon_days`, by the rhythm of purchases."""

    buying: ParetoNBD
    label_days: int
    horizon_days: int

    def step(self, frame: FeatureFrame) -> Floats:
        """What to add to log-odds [n]; 0 of a customer who has not bought yet."""
        asked, learned = (self._silence(frame, days) for days in (self.horizon_days, self.label_days))
        return np.nan_to_num(asked - learned, nan=0.0)

    def _silence(self, frame: FeatureFrame, days: int) -> Floats:
        rhythm = Rhythm(days, days, self.buying)
        return rhythm.look_up(frame)[:, rhythm.names.index(SILENCE)].astype(np.float64)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "buying": self.buying.to_json(),
            "label_days": self.label_days,
            "horizon_days": self.horizon_days,
        }

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Further":
        """The inverse of `to_json`."""
        return Further(ParetoNBD.from_json(values["buying"]), values["label_days"], values["horizon_days"])
