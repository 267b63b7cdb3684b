"""Stage: every feature of every customer at every snapshot that training, backtests and scoring need."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from models.contract.attributes import PREFIX
from models.contract.prices import Prices, in_constant_money, read_prices
from models.contract.storage import SourceSummary, read_summary, read_table, write_json, write_table
from models.contract.tables import CUSTOMERS
from models.contract.tables import table as contract_table
from models.evaluation.schedule import Schedule, SnapshotSettings, build_schedule
from models.features.attribute_catalogue import described, fingerprint_with
from models.features.attributes import Encoding, attributes_at, encoded, fit_encodings
from models.features.availability import Availability, usable
from models.features.batch import compute_batch
from models.features.bounded import compute_bounded
from models.features.catalogue import CATALOGUE
from models.features.fingerprint import fingerprint, fingerprints
from models.features.frame import FeatureFrame, feature_encoding, to_table
from models.features.history import columns_read, tables_read
from models.features.looked_up import described as looked_up_described
from models.features.looked_up import fingerprint_with as looked_up_too
from models.features.plan import build_plan
from models.features.population import side_by_side
from models.features.table_rows import Rows, file_rows
from models.learned.training.rhythm import RhythmFit, with_fitted
from pipelines import articles, fitted_rhythm, paths
from pipelines.across_customers import features as across_customers
from pipelines.params import raw_section, section
from pipelines.past_trials import of_those_assigned, past_assignments, write_trials
from pipelines.progress import track
from pipelines.stage import run

Counting: TypeAlias = Mapping[str, Any]
"""How articles were counted, empty where they were not."""

MOST_ROWS = 20_000_000  # of all tables together, held in memory whole


def main() -> None:
    """Read data/tables, write data/features and what some of them are looked up in, data/fitted."""
    summary = read_summary(paths.TABLES)
    if summary.first_order_at is None:
        across_customers.build(summary, raw_section("churn")["horizon_days"])
        return
    schedule = schedule_of(summary, summary.first_order_at)
    prices = read_prices(paths.TABLES)
    trials = past_assignments(summary, prices, lambda: int(raw_section("uplift")["most_instants"]))
    snapshots = tuple(sorted({*schedule.snapshots, *(trials.instants if trials else ())}))
    availability, counting, everything = _kernel_features(summary, prices, snapshots)
    frame = everything.rows(np.isin(everything.snapshot, schedule.snapshots)) if trials else everything
    fits = fitted_rhythm.fit(frame, schedule)
    frame = with_fitted(frame, fits)
    customers = _attributes(summary)
    encodings = _encodings(frame, customers, schedule)
    frame = encoded(frame, customers, encodings)
    if trials:
        tried = with_fitted(of_those_assigned(everything, trials), fits)
        write_trials(encoded(tried, customers, encodings))
    else:
        write_trials(None)
    write_json(schedule.to_json(), paths.FEATURES / "schedule.json")
    write_table(to_table(frame), paths.FEATURES / "features.parquet", feature_encoding(frame.names))
    write_json(
        _description(availability, prices, counting, fits, encodings), paths.FEATURES / "features.json"
    )
    sys.stdout.write(f"{_found(frame, schedule, availability)}{fitted_rhythm.found(fits)}\n")


def schedule_of(summary: SourceSummary, first_order_at: int) -> Schedule:
    """The snapshots that params.yaml asks for, of a source whose first order was then (microseconds)."""
    return build_schedule(
        summary.as_of,
        first_order_at,
        summary.timezone,
        raw_section("churn")["horizon_days"],
        section(SnapshotSettings, "snapshots"),
    )


def _kernel_features(
    summary: SourceSummary, prices: Prices, snapshots: Sequence[int]
) -> tuple[Availability, Counting, FeatureFrame]:
    """What the kernel folds and what it cannot, how articles were counted, and the features.

    Long tables are not held in memory whole.
    """
    readable = usable(CATALOGUE, summary.columns, uncounted="")
    long = sum(counts.accepted for counts in summary.rows.values()) > MOST_ROWS
    rows = _rows(readable, summary, prices)
    tables = {} if long else _tables(readable, summary, prices)
    one_in = articles.one_customer_in(rows["orders"]) if long else 1
    orders = articles.some_customers(rows["orders"], one_in) if long else tables["orders"]
    counted = articles.fit(orders, snapshots)
    counting = articles.way_of_counting(counted, one_in)
    populations = side_by_side(counted.populations)
    availability = usable(CATALOGUE, summary.columns, counted.reason)
    told = (summary.columns, snapshots, summary.timezone)
    if not long:
        return availability, counting, compute_batch(tables, *told, populations=populations, track=_track)
    paths.FEATURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=paths.FEATURES) as room:
        shelf = compute_bounded(rows, *told, Path(room), populations=populations, track=_track)
        return availability, counting, shelf.frame()


def _rows(availability: Availability, summary: SourceSummary, prices: Prices) -> Mapping[str, Rows]:
    """The same tables as `_tables`, to be read some rows at a time."""
    return {
        name: file_rows(
            paths.TABLES / f"{name}.parquet",
            summary.columns[name],
            partial(in_constant_money, declared=contract_table(name), prices=prices),
        )
        for name in tables_read(build_plan(availability.features))
    }


def _tables(availability: Availability, summary: SourceSummary, prices: Prices) -> Mapping[str, pa.Table]:
    """The tables that features are read from, with the columns that are read, in constant money."""
    plan = build_plan(availability.features)
    return {
        name: in_constant_money(_table(name, columns_read(plan, name), summary), contract_table(name), prices)
        for name in tables_read(plan)
    }


def _table(name: str, wanted: frozenset[str], summary: SourceSummary) -> pa.Table:
    path = paths.TABLES / f"{name}.parquet"
    held = set(pq.read_schema(path).names)
    return read_table(path, sorted(wanted & held & set(summary.columns[name])))


def _attributes(summary: SourceSummary) -> pa.Table:
    """The customers' versions with the attributes that the source filled."""
    filled = [name for name in summary.columns.get("customers", ()) if name.startswith(PREFIX)]
    if not filled:
        return CUSTOMERS.schema().empty_table()
    return read_table(paths.TABLES / "customers.parquet", ["customer_id", "known_at", *filled])


def _encodings(frame: FeatureFrame, customers: pa.Table, schedule: Schedule) -> tuple[Encoding, ...]:
    """The customers' attributes as features, their levels learned from the rows to train on."""
    trained = np.isin(frame.snapshot, schedule.final_churn_training)
    return fit_encodings(attributes_at(customers, frame.customer_id[trained], frame.snapshot[trained]))


def _track(ranges: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    return track(ranges, "features")


def _description(
    availability: Availability,
    prices: Prices,
    counting: Counting,
    fits: Sequence[RhythmFit],
    encodings: tuple[Encoding, ...],
) -> dict[str, object]:
    hashes, looked_up = fingerprints(availability.features), fitted_rhythm.columns(fits)
    of_features = fingerprint(availability.features, prices.money, counting)
    return {
        **({} if prices.money is None else {"money": prices.money}),
        **({"articles": counting} if counting else {}),
        **({"attributes": [each.to_json() for each in encodings]} if encodings else {}),
        "names": [
            *(feature.name for feature in availability.features),
            *(column.name for column in looked_up),
            *(name for each in encodings for name in each.names),
        ],
        "fingerprint": fingerprint_with(looked_up_too(of_features, looked_up), encodings),
        "switched_off": {**availability.switched_off, **fitted_rhythm.switched_off(fits)},
        "features": [
            {
                "name": feature.name,
                "family": feature.family,
                "unit": feature.unit,
                "label": feature.label,
                "fingerprint": hashes[feature.name],
            }
            for feature in availability.features
        ]
        + looked_up_described(looked_up)
        + described(encodings),
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
