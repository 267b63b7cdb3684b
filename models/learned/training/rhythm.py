"""Fitting what rhythm columns are looked up in: per snapshot, oldest first, from that snapshot's rows alone.

No label is read. A snapshot uses the newest model at or before it; where a fit finds none, the one before
goes on to serve.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY, iso
from models.features.frame import FeatureFrame
from models.features.looked_up import AMOUNTS, GAMMA_GAMMA, PARETO_NBD, TIMES
from models.learned.btyd.fitted import Fitted
from models.learned.btyd.gamma_gamma import GammaGamma
from models.learned.btyd.histories import PurchaseHistories
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.rhythm import Rhythm, with_columns
from models.learned.settings import BtydSettings
from models.learned.training.btyd.spending import fit_gamma_gamma
from models.learned.training.btyd.timing import fit_pareto_nbd

Track = Callable[[Iterable[int], str], Iterable[int]]


@dataclass(frozen=True)
class RhythmFit:
    """What a fit found at a snapshot (microseconds), and what rows are looked up in from there on."""

    snapshot: int
    buying: Fitted[ParetoNBD]
    spending: Fitted[GammaGamma]
    rhythm: Rhythm

    def to_json(self) -> dict[str, Any]:
        """Plain values: what was found."""
        found = {PARETO_NBD: self.buying.to_json(), GAMMA_GAMMA: self.spending.to_json()}
        return {"snapshot": iso(self.snapshot), **found}


def fit_rhythm(
    frame: FeatureFrame, settings: BtydSettings, nothing: Rhythm, track: Track
) -> tuple[RhythmFit, ...]:
    """One fit per refit, oldest first, always one at the newest snapshot of the frame.

    nothing: a rhythm without models, with the horizon and the window to ask about.
    """
    fits: list[RhythmFit] = []
    snapshots = [int(snapshot) for snapshot in np.unique(frame.snapshot)]
    for snapshot in track(due(snapshots, settings.refit_days), "rhythm"):
        fits.append(_fit(frame.at(snapshot), snapshot, settings, fits[-1].rhythm if fits else nothing))
    return tuple(fits)


def due(snapshots: Sequence[int], refit_days: int) -> list[int]:
    """The snapshots (ascending, microseconds) to fit at: at least so many days apart, and the newest."""
    chosen: list[int] = []
    for snapshot in snapshots:
        # A day on which clocks change is an hour shorter, and counts.
        apart = round((snapshot - chosen[-1]) / DAY) if chosen else refit_days
        if apart >= refit_days or snapshot == snapshots[-1]:
            chosen.append(snapshot)
    return chosen


def with_fitted(frame: FeatureFrame, fits: Sequence[RhythmFit]) -> FeatureFrame:
    """The frame with rhythm columns: each snapshot's from the newest models at or before it, else NaN."""
    if not fits:
        return frame
    names = fits[-1].rhythm.names
    values = np.full((len(frame), len(names)), np.nan, np.float32, order="F")
    for snapshot in np.unique(frame.snapshot):
        rows = frame.snapshot == snapshot
        known = [fit.rhythm for fit in fits if fit.snapshot <= snapshot][-1:]
        for rhythm in known:
            places = [names.index(name) for name in rhythm.names]
            values[np.ix_(rows, places)] = rhythm.look_up(frame.rows(rows))
    return with_columns(frame, names, values)


def _fit(rows: FeatureFrame, snapshot: int, settings: BtydSettings, before: Rhythm) -> RhythmFit:
    repeats, active, recency = (_column(rows, name) for name in TIMES)
    orders, mean = (_column(rows, name) for name in AMOUNTS)
    buying = fit_pareto_nbd(
        PurchaseHistories(repeats, active, active + recency),
        prior_weight=settings.prior_weight,
        most=settings.max_customers,
        start=before.buying,
    )
    spending = fit_gamma_gamma(
        orders,
        mean,
        prior_weight=settings.prior_weight,
        most=settings.max_customers,
        start=before.spending,
    )
    newest = Rhythm(
        before.horizon_days,
        before.window_days,
        buying.model or before.buying,
        spending.model or before.spending,
    )
    return RhythmFit(snapshot, buying, spending, newest)


def _column(frame: FeatureFrame, name: str) -> NDArray[np.float64]:
    return frame.column(name).astype(np.float64)
