"""The stage `ingest` on the whole Online Retail log."""

import json
import os
from pathlib import Path

import pyarrow.compute as pc
import pytest

from models.contract.storage import read_summary, read_table
from models.domain.instants import iso
from pipelines import ingest, paths

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def ingested(tmp_path_factory):
    folder = os.environ.get("HOLDFAST_REAL_DATA")
    if folder is None:
        pytest.skip("HOLDFAST_REAL_DATA does not name the folder of the real logs")
    with pytest.MonkeyPatch.context() as patch:
        workspace = tmp_path_factory.mktemp("online_retail")
        patch.chdir(workspace)
        source = {
            "kind": "online_retail", "path": str(Path(folder) / "online_retail.csv.gz"), "currency": "GBP",
            "amount_unit": "major", "timezone": "Europe/London",
        }  # fmt: skip
        sections = {"source": source, "ingest": {"max_rejected_share": 0.0}}
        Path("params.yaml").write_text(json.dumps(sections))
        ingest.main()
        yield read_summary(paths.TABLES), read_table(paths.TABLES / "orders.parquet")


def test_every_one_of_the_541_909_lines_is_accounted_for(ingested):
    counts = ingested[0].rows["orders"]
    assert (counts.read, counts.accepted, counts.merged, counts.out_of_scope, counts.rejected) == (
        541_909, 401_604, 5_225, 135_080, 0,
    )  # fmt: skip


def test_the_43_repeats_without_a_customer_are_told(ingested):
    assert any("43 of which repeat another" in note for note in ingested[0].notes)


def test_the_log_has_9288_cancellation_lines(ingested):
    assert "9,288 lines are cancellations, read as returns" in ingested[0].notes


def test_the_adjustments_are_told(ingested):
    told = next(note for note in ingested[0].notes if "not articles" in note)
    assert (told.split(" are ")[0], told.split("item, ")[1]) == (
        "2,011 lines", "14,317.49 GBP in sum; 404 invoices hold nothing else",
    )  # fmt: skip


def test_a_line_has_no_item_where_it_is_an_adjustment_and_nowhere_else(ingested):
    assert ingested[1]["item_id"].null_count == 2_011


def test_the_log_has_4372_customers(ingested):
    assert pc.count_distinct(ingested[1]["customer_id"]).as_py() == 4372


def test_every_cancellation_of_a_customer_is_a_return(ingested):
    cancelled = ingested[1].filter(pc.starts_with(ingested[1]["order_id"], "C"))
    assert (cancelled.num_rows, pc.max(cancelled["amount_minor"]).as_py() < 0) == (8_872, True)


def test_nothing_but_cancellations_is_a_return(ingested):
    kept = ingested[1].filter(pc.invert(pc.starts_with(ingested[1]["order_id"], "C")))
    assert pc.min(kept["amount_minor"]).as_py() >= 0


def test_the_log_ends_with_its_last_invoice(ingested):
    assert iso(ingested[0].as_of) == "2011-12-09T12:50:00Z"


def test_a_customer_who_moved_has_several_versions(ingested):
    assert ingested[0].rows["customers"].accepted > 4372
