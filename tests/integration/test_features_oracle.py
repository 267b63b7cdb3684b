"""Every feature against its slow and obvious version, to the last bit: random, simulated, real customers."""

import json
import os
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.contract.storage import read_summary, read_table
from models.domain.instants import DAY
from models.features.batch import compute_batch
from models.features.population import side_by_side
from models.learned.training.population.fitting import fit_populations
from models.learned.training.population.settings import PopulationSettings
from pipelines import ingest, paths
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate
from tests.feature_frames import COUNTED, NAMES, batch
from tests.oracles import feature_oracle
from tests.oracles.feature_histories import (
    CUSTOMERS,
    SNAPSHOTS,
    ZONES,
    by_customer,
    crowd,
    histories,
    of_customer,
    rows_of,
)

BATCHES, CUSTOMERS_A_BATCH = 25, 200


def differences(frame, rows, zone, populations=COUNTED):
    """Where kernel and oracle differ: (customer, snapshot, feature) → (kernel, oracle)."""
    own, found = by_customer(rows), {}
    for customer, snapshot, values in zip(frame.customer_id, frame.snapshot, frame.values, strict=True):
        told = feature_oracle.features(own[customer], int(snapshot), zone, populations)
        obvious = np.array([told[name] for name in frame.names], np.float32)
        for at in np.flatnonzero(values.view(np.int32) != obvious.view(np.int32)):
            if not np.isnan([values[at], obvious[at]]).all():
                key = customer, int(snapshot), frame.names[at]
                found[key] = float(values[at]), float(obvious[at])
    return found


@given(histories(), st.sampled_from(ZONES))
@settings(max_examples=200)
def test_the_kernel_agrees_with_the_oracle_on_a_few_customers(rows, zone):
    assert differences(batch(rows, zone), rows, zone) == {}


# A crowd is told by its seed; there is nothing to shrink.
@given(st.randoms(use_true_random=True), st.sampled_from(ZONES))
@settings(max_examples=BATCHES, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_the_kernel_agrees_with_the_oracle_on_thousands_of_customers(chance, zone):
    rows = crowd(chance, CUSTOMERS_A_BATCH)
    assert differences(batch(rows, zone), rows, zone) == {}


@pytest.fixture(scope="module")
def many():
    """Features of a crowd that has something of everything."""
    return batch(crowd(Random(5), 800), "Asia/Tehran")


def test_the_oracle_tells_every_feature_and_no_other(many):
    assert sorted(feature_oracle.features({}, SNAPSHOTS[0], "UTC")) == sorted(many.names) == sorted(NAMES)


def test_every_feature_takes_several_values_among_the_random_customers(many):
    alike = [name for name in NAMES if len(np.unique(_told(many.column(name)))) < 3]
    assert alike == []


def test_no_feature_is_another_one_up_to_scale(many):
    scaled = {name: _scaled(many.column(name)) for name in NAMES}
    twins = [pair for pair in combinations(NAMES, 2) if np.array_equal(scaled[pair[0]], scaled[pair[1]])]
    assert twins == []


def _told(column):
    return column[~np.isnan(column)]


def _scaled(column):
    """What the column says in units of its greatest value, to six digits; -9 for nothing."""
    greatest = np.max(np.abs(_told(column)), initial=0.0) or 1.0
    return np.round(np.nan_to_num(np.abs(column) / greatest, nan=-9.0), 6)


@given(histories())
@settings(max_examples=100)
def test_rows_are_the_customers_with_a_known_purchase_by_snapshot_then_id(rows):
    frame = batch(rows)
    expected = [
        (customer, snapshot)
        for snapshot in SNAPSHOTS
        for customer in CUSTOMERS
        if feature_oracle.has_purchase(of_customer(rows, customer)["orders"], snapshot)
    ]
    assert list(zip(frame.customer_id, frame.snapshot.tolist(), strict=True)) == expected


def differences_of_source(tables, as_of, zone):
    """Where kernel and oracle differ at the end and half a year before."""
    columns = {name: table.column_names for name, table in tables.items()}
    snapshots = [as_of - 182 * DAY, as_of]
    counted = fit_populations(
        tables["orders"], snapshots, PopulationSettings(50, 100, 20, 14, 91)
    ).populations
    frame = compute_batch(tables, columns, snapshots, zone, populations=side_by_side(counted))
    assert len(counted) == 2
    return differences(frame, {name: rows_of(table) for name, table in tables.items()}, zone, counted)


def test_the_kernel_agrees_with_the_oracle_on_a_simulated_shop():
    world = simulate(SimulatorSettings(customers=500, complaint_share=0.2, seed=3), "Europe/Berlin")
    assert differences_of_source(world.tables, world.extracted_at, "Europe/Berlin") == {}


@pytest.mark.real
def test_the_kernel_agrees_with_the_oracle_on_every_tenth_customer_of_online_retail(tmp_path, monkeypatch):
    log = Path(os.environ["HOLDFAST_REAL_DATA"]) / "online_retail.csv.gz"
    monkeypatch.chdir(tmp_path)
    source = {
        "kind": "online_retail", "path": str(log), "currency": "GBP", "amount_unit": "major",
        "timezone": "Europe/London",
    }  # fmt: skip
    Path("params.yaml").write_text(json.dumps({"source": source, "ingest": {"max_rejected_share": 0.0}}))
    ingest.main()
    tables = {name: read_table(paths.TABLES / f"{name}.parquet") for name in ("orders", "customers")}
    chosen = set(sorted(set(tables["orders"]["customer_id"].to_pylist()))[::10])
    tables = {name: table.filter(_whose(table, chosen)) for name, table in tables.items()}
    assert differences_of_source(tables, read_summary(paths.TABLES).as_of, "Europe/London") == {}


def _whose(table, chosen):
    return np.array([customer in chosen for customer in table["customer_id"].to_pylist()])
