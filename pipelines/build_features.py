"""Stage: every feature of every customer at every snapshot that training, backtests and scoring need."""

import sys
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from models.contract.storage import SourceSummary, read_summary, read_table, write_json, write_table
from models.evaluation.schedule import Schedule, SnapshotSettings, build_schedule
from models.features.availability import Availability, usable
from models.features.batch import compute_batch
from models.features.catalogue import CATALOGUE
from models.features.fingerprint import fingerprint, fingerprints
from models.features.frame import FeatureFrame, to_table
from models.features.history import columns_read
from models.features.plan import build_plan
from pipelines import paths
from pipelines.params import raw_section, section
from pipelines.progress import track
from pipelines.stage import run


def main() -> None:
    """Read data/tables, write data/features."""
    summary = read_summary(paths.TABLES)
    schedule = _schedule(summary)
    availability = usable(CATALOGUE, summary.columns)
    frame = compute_batch(
        _tables(availability, summary),
        summary.columns,
        schedule.snapshots,
        summary.timezone,
        track=_track,
    )
    write_json(schedule.to_json(), paths.FEATURES / "schedule.json")
    write_table(to_table(frame), paths.FEATURES / "features.parquet")
    write_json(_description(availability), paths.FEATURES / "features.json")
    sys.stdout.write(_found(frame, schedule, availability))


def _schedule(summary: SourceSummary) -> Schedule:
    return build_schedule(
        summary.as_of,
        summary.first_order_at,
        summary.timezone,
        raw_section("churn")["horizon_days"],
        section(SnapshotSettings, "snapshots"),
    )


def _tables(availability: Availability, summary: SourceSummary) -> Mapping[str, pa.Table]:
    """The tables that features are read from, with those of their columns that are read."""
    plan = build_plan(availability.features)
    names = {"orders", *(layout.table for layout in plan.layouts)}
    return {name: _table(name, columns_read(plan, name), summary) for name in sorted(names)}


def _table(name: str, wanted: frozenset[str], summary: SourceSummary) -> pa.Table:
    path = paths.TABLES / f"{name}.parquet"
    held = set(pq.read_schema(path).names)
    return read_table(path, sorted(wanted & held & set(summary.columns[name])))


def _track(ranges: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    return track(ranges, "features")


def _description(availability: Availability) -> dict[str, object]:
    hashes = fingerprints(availability.features)
    return {
        "names": [feature.name for feature in availability.features],
        "fingerprint": fingerprint(availability.features),
        "switched_off": dict(availability.switched_off),
        "features": [
            {
                "name": feature.name,
                "family": feature.family,
                "unit": feature.unit,
                "label": feature.label,
                "fingerprint": hashes[feature.name],
            }
            for feature in availability.features
        ],
    }


def _found(frame: FeatureFrame, schedule: Schedule, availability: Availability) -> str:
    off = availability.switched_off
    first = (
        f"{len(frame.names)} features for {len(schedule.snapshots)} snapshots ({len(frame):,} rows); "
        f"{len(off)} switched off"
    )
    reasons: dict[str, list[str]] = {}
    for name, reason in off.items():
        reasons.setdefault(reason, []).append(name)
    lines = [f"  {', '.join(names)}: {reason}" for reason, names in reasons.items()]
    return "\n".join([first, *lines]) + "\n"


if __name__ == "__main__":
    run(main)
