"""The stage `ingest` on the whole CDNOW log."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.contract.storage import read_summary, read_table
from models.domain.instants import iso
from models.domain.vocabulary import AmountUnit
from pipelines import ingest, paths
from pipelines.sources import cdnow
from pipelines.sources.source import SourceKind, SourceSettings

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def log():
    folder = os.environ.get("HOLDFAST_REAL_DATA")
    if folder is None:
        pytest.skip("HOLDFAST_REAL_DATA does not name the folder of the real logs")
    return str(Path(folder) / "cdnow_master.txt.gz")


@pytest.fixture(scope="module")
def as_read(log):
    """All rows of the log before any was merged, as text."""
    settings = SourceSettings(SourceKind.CDNOW, log, "USD", AmountUnit.MAJOR, "America/New_York")
    return cdnow.read(settings).tables["orders"].as_read


@pytest.fixture(scope="module")
def ingested(log, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("cdnow"))
        source = {
            "kind": "cdnow", "path": log, "currency": "USD", "amount_unit": "major",
            "timezone": "America/New_York",
        }  # fmt: skip
        sections = {"source": source, "ingest": {"max_rejected_share": 0.0}}
        Path("params.yaml").write_text(json.dumps(sections))
        ingest.main()
        yield read_summary(paths.TABLES), read_table(paths.TABLES / "orders.parquet")


def test_all_rows_as_read_come_to_2_500_316_dollars(as_read):
    cents = pc.multiply(pc.cast(as_read["dollars"], pa.decimal128(12, 2)), 100)
    assert int(pc.sum(cents).as_py()) == 250_031_563


def test_every_one_of_the_69_659_rows_is_accounted_for(ingested):
    counts = ingested[0].rows["orders"]
    assert (counts.read, counts.accepted, counts.merged, counts.out_of_scope, counts.rejected) == (
        69_659, 69_404, 255, 0, 0,
    )  # fmt: skip


def test_the_255_repeats_are_told(ingested):
    assert "255 rows repeat another in all columns and were merged" in ingested[0].notes


def test_the_log_has_23_570_customers(ingested):
    assert pc.count_distinct(ingested[1]["customer_id"]).as_py() == 23_570


def test_every_row_is_an_order_of_its_own(ingested):
    assert pc.count_distinct(ingested[1]["order_id"]).as_py() == 69_404


def test_rows_of_zero_dollars_are_kept(ingested):
    free = ingested[1].filter(pc.equal(ingested[1]["amount_minor"], 0)).num_rows
    assert f"{free} orders of 0 dollars were kept: neither purchases nor returns" in ingested[0].notes


def test_nothing_was_returned(ingested):
    assert pc.min(ingested[1]["amount_minor"]).as_py() == 0


def test_the_log_ends_with_its_last_day_in_new_york(ingested):
    assert iso(ingested[0].as_of) == "1998-07-01T04:00:00Z"
