"""Past campaigns as the stages read them: which rows may teach, and the features just before each."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from models.contract.prices import Prices, in_constant_money
from models.contract.storage import SourceSummary, read_table, write_table
from models.contract.tables import OFFERS
from models.evaluation.trials import Assigned, assigned
from models.features.frame import FeatureFrame, feature_encoding, from_table, to_table
from pipelines import paths
from pipelines.params import raw_section

FILE = "trials.parquet"


def offers_table() -> pa.Table | None:
    """The table `offers`, None where the source has none."""
    path = paths.TABLES / "offers.parquet"
    return read_table(path) if path.exists() else None


def past_assignments(
    summary: SourceSummary, prices: Prices, most_instants: Callable[[], int] | None = None
) -> Assigned | None:
    """The assignments that may teach, their money constant; None where there are none.

    most_instants: only those of so many instants, the newest; asked where there are any, all for None.
    """
    offers = offers_table()
    if offers is None or not offers.num_rows:
        return None
    found = assigned(
        in_constant_money(offers, OFFERS, prices),
        summary.as_of,
        raw_section("churn")["horizon_days"],
        summary.timezone,
        None if most_instants is None else most_instants(),
    )
    return found if len(found) else None


def of_those_assigned(frame: FeatureFrame, of: Assigned) -> FeatureFrame:
    """The rows of a frame of those who were assigned at its instants."""
    wanted = {(name, int(at)) for name, at in zip(of.customer_id, of.instant, strict=True)}
    keys = zip(frame.customer_id, frame.snapshot.tolist(), strict=True)
    return frame.rows(np.fromiter((key in wanted for key in keys), np.bool_, len(frame)))


def write_trials(frame: FeatureFrame | None) -> None:
    """Write the features of past campaigns, or leave none behind."""
    path = paths.FEATURES / FILE
    if frame is None:
        path.unlink(missing_ok=True)
    else:
        write_table(to_table(frame), path, feature_encoding(frame.names))


def read_trials() -> FeatureFrame:
    """The features just before each assignment of a past campaign; none where none were looked at."""
    if not (paths.FEATURES / FILE).exists():
        return FeatureFrame((), np.empty((0, 0), np.float32), np.empty(0, object), np.empty(0, np.int64))
    return from_table(read_table(paths.FEATURES / FILE))
