"""Models of rhythm as `build_features` left them: read back without what fits them."""

from dataclasses import replace
from datetime import datetime

from models.contract.storage import read_json
from models.domain.instants import to_micros
from models.evaluation.schedule import Schedule
from models.features.looked_up import GAMMA_GAMMA, PARETO_NBD
from models.learned.btyd.gamma_gamma import GammaGamma
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.rhythm import Rhythm
from models.learned.told_alike import RhythmOfDay
from pipelines import paths

FITS_FILE = "fits.json"


def read_rhythms(schedule: Schedule) -> tuple[RhythmOfDay, ...]:
    """Every fit, oldest first; one that found no model leaves those before it standing."""
    newest, found = Rhythm(schedule.learned_days, schedule.window_days), []
    for fit in read_json(paths.FITTED_BTYD / FITS_FILE):
        buying, spending = fit[PARETO_NBD]["model"], fit[GAMMA_GAMMA]["model"]
        newest = replace(
            newest,
            buying=newest.buying if buying is None else ParetoNBD.from_json(buying),
            spending=newest.spending if spending is None else GammaGamma.from_json(spending),
        )
        found.append(RhythmOfDay(to_micros(datetime.fromisoformat(fit["snapshot"])), newest))
    return tuple(found)
