"""Rhythm in the stage that builds features: fitted per snapshot, written down, told of."""

import shutil
from collections.abc import Sequence

from models.contract.absent import write_absent
from models.contract.storage import write_json
from models.evaluation.schedule import Schedule
from models.features.frame import FeatureFrame
from models.features.looked_up import GAMMA_GAMMA, PARETO_NBD, RHYTHM, Column
from models.learned.rhythm import Rhythm
from models.learned.settings import BtydSettings
from models.learned.training.rhythm import RhythmFit, fit_rhythm
from pipelines import paths
from pipelines.params import section
from pipelines.progress import track
from pipelines.rhythms import FITS_FILE

WHAT = "models of rhythm"
NOBODY = "no model of rhythm: nobody is known to have bought"


def fit(frame: FeatureFrame, schedule: Schedule) -> tuple[RhythmFit, ...]:
    """Fit on a frame of every snapshot and write data/fitted/btyd: every fit, and the newest models."""
    shutil.rmtree(paths.FITTED_BTYD, ignore_errors=True)
    nothing = Rhythm(schedule.learned_days, schedule.window_days)
    fits = fit_rhythm(frame, section(BtydSettings, "btyd"), nothing, track)
    write_json([one.to_json() for one in fits], paths.FITTED_BTYD / FITS_FILE)
    if columns(fits):
        fits[-1].rhythm.save(paths.FITTED_BTYD)
    else:
        write_absent(paths.FITTED_BTYD, WHAT, "; ".join(dict.fromkeys(switched_off(fits).values())))
    return fits


def columns(fits: Sequence[RhythmFit]) -> tuple[Column, ...]:
    """What the newest models say."""
    return fits[-1].rhythm.columns if fits else ()


def switched_off(fits: Sequence[RhythmFit]) -> dict[str, str]:
    """Why each column that nothing can say is absent."""
    if not fits:
        return dict.fromkeys((column.name for column in RHYTHM), NOBODY)
    newest = fits[-1]
    reasons = {PARETO_NBD: newest.buying.report.reason, GAMMA_GAMMA: newest.spending.report.reason}
    return {
        column.name: f"no model of rhythm: {reasons[column.model]}"
        for column in RHYTHM
        if column not in newest.rhythm.columns
    }


def found(fits: Sequence[RhythmFit]) -> str:
    """A line on how the newest fits went."""
    if not fits:
        return NOBODY
    told = {"purchases": fits[-1].buying.report, "amounts": fits[-1].spending.report}
    return f"rhythm: {len(fits)} fits; newest of " + ", of ".join(
        f"{what}: {report.reason}" for what, report in told.items()
    )
