"""Real logs as the pipeline reads them, one order a customer and day, and rows to learn from."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import yaml

from models.contract.storage import SourceSummary, read_summary, read_table
from models.domain.instants import local_date, local_midnight
from models.domain.settings import settings_from
from models.evaluation.labels import OrderLines, label
from models.evaluation.schedule import Schedule
from models.features.batch import compute_batch
from models.features.frame import FeatureFrame
from models.features.population import side_by_side
from models.learned.rhythm import Rhythm
from models.learned.rows import LabelledRows
from models.learned.settings import BtydSettings
from models.learned.told_alike import RhythmOfDay
from models.learned.training.population.fitting import fit_populations
from models.learned.training.population.settings import PopulationSettings
from models.learned.training.rhythm import fit_rhythm, with_fitted
from pipelines.build_labels import as_table
from pipelines.order_lines import read_lines
from pipelines.workspace import deep_merge, environment

ROOT = Path(__file__).parents[2]
FILES = {"cdnow": "cdnow_master.txt.gz", "online_retail": "online_retail.csv.gz"}
ALL_OF_IT = 1.0  # what is predicted is spending: the log has no margins, and none are made up here


@dataclass(frozen=True)
class Log:
    """A log: its order lines (contract columns), settings, and the local day on which it begins."""

    orders: pa.Table
    lines: OrderLines
    summary: SourceSummary
    settings: dict[str, dict[str, object]]
    first_day: date

    def instant(self, days: int) -> int:
        """The local midnight so many days after the one with which the first day begins."""
        return local_midnight(self.first_day + timedelta(days=days), self.summary.timezone)


def read_log(source: str, real_data: Path, room: Path) -> Log:
    """Run the pipeline's own `ingest` on a log, with its shipped settings, in the folder `room`."""
    over = {"source": {"path": str(real_data / FILES[source])}}
    shipped, own = (
        yaml.safe_load((ROOT / name).read_text()) for name in ("params.yaml", f"params/{source}.yaml")
    )
    settings = deep_merge(deep_merge(shipped, own), over)
    room.mkdir()
    (room / "params.yaml").write_text(yaml.safe_dump(settings))
    where = {**environment(os.environ), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipelines.ingest"]
    subprocess.run(command, cwd=room, env=where, check=True, capture_output=True)
    summary = read_summary(room / "data" / "tables")
    orders = by_day(read_table(room / "data" / "tables" / "orders.parquet"), summary.timezone)
    first = local_date(pc.min(pc.cast(orders["ordered_at"], pa.int64())).as_py() - 1, summary.timezone)
    return Log(orders, read_lines(orders, ALL_OF_IT), summary, settings, first)


def by_day(orders: pa.Table, zone: str) -> pa.Table:
    """The lines with one order a customer and local day."""
    # A day alone stands at its end, which is the next midnight.
    inside = pc.subtract(orders["ordered_at"], pa.scalar(1, pa.duration("us")))
    local = pc.local_timestamp(pc.cast(inside, pa.timestamp("us", tz=zone)))
    day = pc.strftime(local, "%Y%m%d")
    order = pc.binary_join_element_wise(orders["customer_id"], day, "-")
    numbers = pa.array(range(orders.num_rows), pa.int64()).cast(pa.string())
    for name, values in (("order_id", order), ("line_id", numbers)):
        orders = orders.set_column(orders.column_names.index(name), name, values)
    return orders


def features_at(
    log: Log, snapshots: Sequence[int], horizon_days: int
) -> tuple[FeatureFrame, tuple[RhythmOfDay, ...]]:
    """What `build_features` computes, at snapshots of one's own choice, and its models of rhythm.

    Rhythm is fitted at each of them, since here they lie far apart.
    """
    population = settings_from(PopulationSettings, log.settings["population"], where="population")
    btyd = replace(settings_from(BtydSettings, log.settings["btyd"], where="btyd"), refit_days=1)
    counted = fit_populations(log.orders, snapshots, population)
    frame = compute_batch(
        {"orders": log.orders},
        {"orders": log.summary.columns["orders"]},
        snapshots,
        log.summary.timezone,
        populations=side_by_side(counted.populations),
    )
    nothing = Rhythm(horizon_days, horizon_days)
    fits = fit_rhythm(frame, btyd, nothing, lambda steps, _: steps)
    return with_fitted(frame, fits), tuple(RhythmOfDay(fit.snapshot, fit.rhythm) for fit in fits)


def labelled(log: Log, frame: FeatureFrame, horizon_days: int) -> LabelledRows:
    """The rows with what `build_labels` says of them: silence, and undiscounted spending, over one window."""
    snapshots = sorted({int(at) for at in frame.snapshot})
    schedule = Schedule(
        as_of=log.summary.as_of,
        scoring=snapshots[-1],
        horizon_days=horizon_days,
        spacing_days=1,
        window_days=horizon_days,
        validated=False,
        window_reason="",
        churn_training={},
        value_training={},
        churn_at_value_cuts={},
        final_churn_training=tuple(snapshots),
        final_value_training=(),
    )
    table = as_table(label(log.lines, schedule, log.summary.timezone, 0.0), log.lines.customer_ids)
    if table["customer_id"].to_pylist() != frame.customer_id.tolist():
        raise AssertionError("features and labels do not hold the same customers")
    churned, margin = (
        pc.cast(table[name], pa.float64()).fill_null(float("nan")).to_numpy()
        for name in ("churned", "margin_minor")
    )
    return LabelledRows(frame, churned, margin)
