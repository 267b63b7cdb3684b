"""Spark's workers compute what every other path computes, to the last bit."""

import gc
import random
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.prices import Prices
from models.contract.storage import read_table, write_table
from models.domain.errors import BadSource, InvalidSetting
from models.features import formula, kernel
from models.features.batch import compute_batch
from models.features.compiled import compiled_one
from models.features.frame import from_table
from models.features.looked_up import NAMES as LOOKED_UP
from models.features.online import compute_one, lay_out, online_plan
from models.features.stream import Asked
from pipelines import build_features, ingest
from tests.feature_frames import COLUMNS, POPULATIONS, batch, keyed, order_line
from tests.oracles.feature_histories import SNAPSHOTS, as_tables, crowd, of_customer

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # PySpark leaves them to Python
]
# Java as it starts soonest: nothing here runs long enough to be worth optimising.
SHORT_LIVED = '--driver-java-options "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" pyspark-shell'

ZONE = "Asia/Tehran"
NO_PRICES = Prices(np.empty(0, np.int64), np.empty(0))
ASKED = Asked(COLUMNS, SNAPSHOTS, ZONE, NO_PRICES, POPULATIONS)
UNCOMPILED = {"fold_table": kernel.fold_table, "write_features": formula.write_features}
ROWS = crowd(random.Random(4), 80)


@pytest.fixture(scope="module")
def spark():
    """A session for the whole file: starting one takes longer than most of what it is asked here."""
    pytest.importorskip("pyspark", reason="needs PySpark: make spark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17")
    from pipelines.cluster.session import open_session

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", SHORT_LIVED)
        session = open_session("local[2]")
    with session:
        session.conf.set("spark.sql.shuffle.partitions", "2")
        yield session
    gc.collect()  # while what is left of it may still be said to nobody


@pytest.fixture
def setting(spark):
    """Change a setting of the session for one test: `setting(name, value)`."""
    changed = {}

    def change(name, value):
        changed.setdefault(name, spark.conf.get(name))
        spark.conf.set(name, value)

    yield change
    for name, value in changed.items():
        spark.conf.set(name, value)


def write(tables, folder):
    """Each table as a file; orders as a folder of three."""
    for name, table in tables.items():
        write_table(table, folder / f"{name}.parquet")
    orders = tables["orders"]
    (folder / "orders.parquet").unlink()
    third = 1 + len(orders) // 3
    for part in range(3):
        write_table(orders.slice(part * third, third), folder / "orders.parquet" / f"part-{part}.parquet")


def by_spark(spark, folder, asked=ASKED):
    """The features of everybody in a folder of tables, by Spark."""
    from pipelines.cluster.features import features

    return from_table(features(spark, str(folder), asked).toArrow())


def one_by_one(compute):
    """The bytes of each row of the batch, computed for each customer alone."""
    plan = online_plan(COLUMNS, ZONE, populations=POPULATIONS)
    one, found = compute(plan), {}
    for customer, snapshot in keyed(batch(ROWS, ZONE)):
        known = lay_out(plan, of_customer(ROWS, customer))
        found[customer, snapshot] = one(known, snapshot).tobytes()
    return found


@pytest.fixture(scope="module")
def computed(spark, tmp_path_factory):
    """The rows of many customers by Spark, in batches of seven events."""
    folder = tmp_path_factory.mktemp("crowd")
    write(as_tables(ROWS), folder)
    usual = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "7")
    yield keyed(by_spark(spark, folder))
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", usual)


def test_spark_agrees_with_the_compiled_batch_to_the_last_bit(computed):
    assert computed == keyed(batch(ROWS, ZONE))


def test_spark_agrees_with_the_uncompiled_batch_to_the_last_bit(computed):
    assert computed == keyed(batch(ROWS, ZONE, functions=UNCOMPILED))


def test_spark_agrees_with_one_customer_alone_to_the_last_bit(computed):
    assert computed == one_by_one(lambda plan: lambda known, snapshot: compute_one(plan, known, snapshot))


def test_spark_agrees_with_one_customer_compiled_to_the_last_bit(computed):
    assert computed == one_by_one(compiled_one)


def test_customers_fewer_than_partitions_are_all_there(spark, setting, tmp_path):
    setting("spark.sql.adaptive.enabled", "false")
    setting("spark.sql.shuffle.partitions", "8")
    rows = {"orders": [order_line(customer_id=name) for name in ("A", "B", "A")]}
    write(as_tables(rows), tmp_path)
    assert keyed(by_spark(spark, tmp_path)) == keyed(batch(rows, ZONE))


def test_rows_of_one_instant_keep_the_order_of_a_table_in_several_files(spark, tmp_path):
    rows = {"orders": [order_line(order_id=f"o{number}", amount_minor=100 + number) for number in (3, 1, 2)]}
    write(as_tables(rows), tmp_path)
    assert keyed(by_spark(spark, tmp_path)) == keyed(batch(rows, ZONE))


def test_a_table_that_is_missing_switches_its_features_off(spark, tmp_path):
    given = {name: table for name, table in as_tables(ROWS).items() if name in {"orders", "surveys"}}
    columns = {name: COLUMNS[name] for name in given}
    write(given, tmp_path)
    found = by_spark(spark, tmp_path, Asked(columns, SNAPSHOTS, ZONE, NO_PRICES))
    expected = compute_batch(given, columns, SNAPSHOTS, ZONE)
    assert (found.names, keyed(found)) == (expected.names, keyed(expected))


@pytest.fixture(scope="module")
def world(request, tmp_path_factory):
    """A folder in which a small world with inflation went through `ingest` and `build_features`."""
    folder = tmp_path_factory.mktemp("world")
    settings = yaml.safe_load((request.config.rootpath / "params.yaml").read_text())
    settings["simulator"] |= {"customers": 200, "inflation_per_year": 0.3}
    settings["population"] |= {"min_customers": 20}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ingest.main()
        build_features.main()
        yield folder


def test_a_simulated_world_has_the_same_features_as_in_the_pipeline(spark, world, tmp_path):
    from pipelines.cluster.features import build

    build(spark, str(world / "data/tables"), str(tmp_path / "out"))
    found = from_table(pq.read_table(tmp_path / "out"))
    built = from_table(read_table(world / "data/features/features.parquet"))
    of_kernel = [place for place, name in enumerate(built.names) if name not in LOOKED_UP]
    expected = replace(built, names=found.names, values=built.values[:, of_kernel])
    assert [built.names[place] for place in of_kernel] == list(found.names)
    assert keyed(found) == keyed(expected)


def test_what_is_there_is_not_written_over(spark, world, tmp_path):
    from pipelines.cluster.features import build

    with pytest.raises(InvalidSetting, match="something where the features are to go"):
        build(spark, str(world / "data/tables"), str(tmp_path))


def test_a_folder_that_ingest_did_not_write_is_refused(spark, tmp_path):
    from pipelines.cluster.tables import read_summary

    with pytest.raises(BadSource, match=r"there is no source\.json"):
        read_summary(spark, str(tmp_path))


def test_workers_elsewhere_are_sent_all_the_code_that_they_run(spark, tmp_path):
    from pipelines.cluster.session import pack_code

    archive = tmp_path / "models.zip"
    pack_code(archive)
    imports = "from models.features import stream; print(stream.__file__)"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, sys.argv[1]); {imports}", str(archive)]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.startswith(str(archive))
