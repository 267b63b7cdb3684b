"""Between which shares customers of a probability left, told beside each probability."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyarrow import csv

from models.learned.share_interval import SharesSeen, share_interval

INTERVAL = ("churn_probability_low", "churn_probability_high")
CURVE = Path("metrics") / "calibration.csv"
_NONE = np.empty(0)
NOTHING_SEEN = SharesSeen(_NONE, _NONE, _NONE)


def read_shares(release: Path) -> SharesSeen:
    """What the release's last closed backtest saw; nothing where none had closed."""
    if not (release / CURVE).is_file():
        return NOTHING_SEEN
    curve = csv.read_csv(release / CURVE)
    names = ("predicted", "observed", "customers")
    # Not `to_numpy`, which imports pandas where it is installed.
    return SharesSeen(*(np.array(curve[name].to_pylist(), np.float64) for name in names))


def interval_columns(seen: SharesSeen, p: NDArray[Any]) -> Mapping[str, NDArray[np.float64]]:
    """The interval of each probability, by the columns in which it is told."""
    return dict(zip(INTERVAL, share_interval(seen, p.astype(np.float64)), strict=True))
