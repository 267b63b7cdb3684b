"""A world in blocks of customers: one shop, whatever the size, made and written a block at a time."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from models.contract.storage import read_summary
from models.contract.tables import TABLES
from models.contract.tables import table as declared
from pipelines import ingest, paths, simulate
from pipelines.sources.simulator import blocks as blocks_module
from pipelines.sources.simulator.blocks import block, block_settings, blocks, whole
from pipelines.sources.simulator.dirt_settings import DirtSettings
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate as at_once

ROOT = Path(__file__).resolve().parents[2]
ZONE = "Europe/Berlin"
OF_A_BLOCK = 400
THREE = SimulatorSettings(customers=1_000, years=2, seed=5, inflation_per_year=0.1)
NAMES = ("orders", "customers", "complaints", "contacts", "offers", "surveys", "activity")
SOURCE = {"currency": "EUR", "amount_unit": "minor", "timezone": ZONE}


@pytest.fixture(scope="module", autouse=True)
def small_blocks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks_module, "BLOCK_CUSTOMERS", OF_A_BLOCK)
        yield


@pytest.fixture(scope="module")
def world():
    return whole(THREE, ZONE)


def test_a_world_of_one_block_is_the_world_made_at_once():
    one = replace(THREE, customers=OF_A_BLOCK)
    made, expected = whole(one, ZONE), at_once(one, ZONE)
    assert (made.tables, made.oracle) == (expected.tables, expected.oracle)


def test_blocks_share_the_customers_evenly():
    assert [block_settings(THREE, number).customers for number in range(3)] == [334, 333, 333]


def test_every_block_has_a_seed_of_its_own_and_the_first_keeps_the_worlds():
    seeds = [block_settings(THREE, number).seed for number in range(3)]
    assert (seeds[0], len(set(seeds))) == (THREE.seed, 3)


def test_a_block_made_alone_is_the_block_made_in_turn():
    third = list(blocks(THREE, ZONE))[2]
    alone = block(THREE, ZONE, 2)
    assert (alone.tables, alone.oracle) == (third.tables, third.oracle)


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_unique_over_all_blocks(world, name):
    rows = world.tables[name].select(declared(name).key)
    assert rows.group_by(rows.column_names).aggregate([]).num_rows == rows.num_rows


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_sorted_by_customer_and_time_over_all_blocks(world, name):
    rows = world.tables[name].select(["customer_id", declared(name).event])
    assert rows.equals(rows.sort_by([(column, "ascending") for column in rows.column_names]))


@pytest.mark.parametrize("name", NAMES)
def test_every_table_names_customers_of_the_world(world, name):
    assert pc.all(
        pc.is_in(world.tables[name]["customer_id"], world.tables["customers"]["customer_id"])
    ).as_py()


def test_friends_are_in_the_same_block(world):
    people = world.tables["customers"].filter(world.tables["customers"]["referred_by"].is_valid())
    own, friends = (pc.utf8_slice_codeunits(people[name], 0, 2) for name in ("customer_id", "referred_by"))
    assert (own.equals(friends), people.num_rows > 0) == (True, True)


def test_the_truth_of_a_block_names_the_customers_of_its_tables(world):
    assert world.oracle["customers"]["customer_id"].equals(world.tables["customers"]["customer_id"])


def test_all_blocks_sell_the_same_articles_at_the_same_prices():
    dear = replace(THREE, price_growth_per_year=0.0, inflation_per_year=0.0)
    cheapest = [
        one.tables["orders"]
        .filter(pc.greater(one.tables["orders"]["amount_minor"], 0))
        .group_by(["item_id", "units"])
        .aggregate([("amount_minor", "max")])
        for one in blocks(dear, ZONE)
    ]
    joined = cheapest[0].join(cheapest[1], ["item_id", "units"], right_suffix="_too", join_type="inner")
    same = pc.equal(joined["amount_minor_max"], joined["amount_minor_max_too"])
    assert (pc.mean(same).as_py() > 0.9, joined.num_rows > 100) == (True, True)


def test_the_clocks_of_a_shop_are_wrong_alike_in_all_blocks():
    soiled = replace(THREE, dirt=DirtSettings(clock_skew_minutes=60))
    offsets = [
        _offsets(soiled_block.tables["contacts"], clean.tables["contacts"])
        for soiled_block, clean in zip(blocks(soiled, ZONE), blocks(THREE, ZONE), strict=True)
    ]
    channels = [{channel for channel, _ in found} for found in (*offsets, set().union(*offsets))]
    assert (len(set().union(*offsets)), len(channels[0]) > 2) == (len(channels[-1]), True)


def _offsets(soiled, clean):
    """By channel, by how much the clock was wrong."""
    both = soiled.join(clean.select(["contact_id", "contacted_at"]), "contact_id", right_suffix="_true")
    off = pc.subtract(both["contacted_at"].cast(pa.int64()), both["contacted_at_true"].cast(pa.int64()))
    return {(row["c"], row["o"]) for row in pa.table({"c": both["channel"], "o": off}).to_pylist()}


# Written to files and read again; and read straight from the simulator.


def _settings(folder, source, simulator):
    sections = {"source": source, "ingest": {"max_rejected_share": 0.0}, "simulator": simulator}
    (folder / "params.yaml").write_text(json.dumps(sections))


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """The folder where ingest read the simulator."""
    folder = tmp_path_factory.mktemp("straight")
    _settings(folder, {"kind": "simulator", "path": "simulator", **SOURCE}, _given(THREE))
    return _ingested(folder)


@pytest.fixture(scope="module")
def from_files(tmp_path_factory):
    """The folder where `make simulate` wrote files and ingest read them."""
    folder = tmp_path_factory.mktemp("files")
    _settings(
        folder, {"kind": "simulator", "path": "simulator", **SOURCE}, _given(replace(THREE, customers=200))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(
            sys, "argv", ["simulate", "OUT=books", f"CUSTOMERS={THREE.customers}", "SEED=", "FORMAT="]
        )
        simulate.main()
    source = {"kind": "files", "path": "books", "price_index": "price_index.csv", **SOURCE}
    end = at_once(replace(THREE, customers=200), ZONE).extracted_at
    source["extracted_at"] = pc.strftime(
        pa.scalar(end, pa.timestamp("us", "UTC")), "%Y-%m-%dT%H:%M:%SZ"
    ).as_py()
    _settings(folder, source, {})
    return _ingested(folder)


def _given(settings):
    return {
        "customers": settings.customers, "years": settings.years, "seed": settings.seed,
        "inflation_per_year": settings.inflation_per_year,
    }  # fmt: skip


def _ingested(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ingest.main()
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_ingest_reads_a_world_in_blocks_whole(straight, world, name):
    assert read_summary(straight / paths.TABLES).rows[name].accepted == world.tables[name].num_rows


@pytest.mark.parametrize("name", NAMES)
def test_ingest_leaves_the_rows_that_were_simulated(straight, world, name):
    found = pq.read_table(straight / paths.TABLES / f"{name}.parquet")
    expected = world.tables[name]
    # Of rows at one instant ingest has the last word: they stand by their key.
    order = [
        (column, "ascending")
        for column in dict.fromkeys(("customer_id", declared(name).event, *declared(name).key))
    ]
    assert found.equals(expected.sort_by(order))


def test_ingest_keeps_the_truth_of_all_blocks(straight, world):
    kept = {path.stem: pq.read_table(path) for path in (straight / paths.ORACLE).glob("*.parquet")}
    assert kept.keys() == world.oracle.keys()
    assert all(kept[name].equals(truth) for name, truth in world.oracle.items())


@pytest.mark.parametrize("name", [*NAMES, "price_index"])
def test_the_files_of_a_world_are_read_as_the_world_itself(straight, from_files, name):
    file = paths.TABLES / f"{name}.parquet"
    assert pq.read_table(from_files / file).equals(pq.read_table(straight / file))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_holds_one_row_group_a_block(from_files, name):
    assert pq.ParquetFile(from_files / "books" / f"{name}.parquet").num_row_groups == 3


def test_only_tables_of_the_contract_are_written_and_the_truth_is_not(from_files):
    files = {path.stem for path in (from_files / "books").iterdir()}
    assert files == {*NAMES, "price_index"} <= {*(one.name for one in TABLES), "price_index"}


# The same bytes on one and two threads.

ON_THREADS = f"""
import sys
import pyarrow as pa
from pipelines import simulate
from pipelines.sources.simulator import blocks
threads = int(sys.argv.pop(1))
pa.set_cpu_count(threads)
pa.set_io_thread_count(threads)
blocks.BLOCK_CUSTOMERS = {OF_A_BLOCK}
simulate.main()
print(pa.cpu_count())
"""


def _on(folder, threads):
    folder.mkdir()
    _settings(folder, {"kind": "simulator", "path": "simulator", **SOURCE}, _given(THREE))
    pools = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    told = subprocess.run(
        [sys.executable, "-c", ON_THREADS, str(threads), "OUT=books"],
        cwd=folder,
        env={**os.environ, **pools, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.splitlines()[-1] == str(threads)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "books").iterdir()}


def test_blocks_are_written_as_the_same_bytes_on_one_and_two_threads(tmp_path):
    one, two = _on(tmp_path / "one", 1), _on(tmp_path / "two", 2)
    assert (one, len(one)) == (two, len(NAMES) + 1)
