"""A shop that has nothing but orders, as CSV: all the way to a list, and the run says what it lacks."""

import csv

import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.storage import read_json
from pipelines.workspace import deep_merge
from tests.e2e.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

STAGES = tuple(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
COLUMNS = ["order_id", "line_id", "customer_id", "ordered_at", "amount_minor"]
ANSWERS = {
    "source": {"currency": "EUR", "amount_unit": "minor", "timezone": "Europe/Berlin"},
    "value": {"margin_share": 0.3},
    "policy": {"unknown_consent": "allow"},
}


@pytest.fixture(scope="module")
def orders_only(finished, small_project, tmp_path_factory):
    """The small world's orders exported to CSV, and read back through the source `files`."""
    folder = tmp_path_factory.mktemp("export")
    orders = pq.read_table(finished.data / "tables" / "orders.parquet").select(COLUMNS)
    written = pc.strftime(orders["ordered_at"], format="%Y-%m-%dT%H:%M:%SZ")
    orders = orders.set_column(3, "ordered_at", written)
    pyarrow.csv.write_csv(orders, folder / "orders.csv")
    project = small_project()
    shipped = yaml.safe_load((project.folder / "params.yaml").read_text())
    overlay = yaml.safe_load((project.shipped_params / "files.yaml").read_text())
    settings = deep_merge(deep_merge(shipped, overlay), ANSWERS)
    settings["source"]["path"] = str(folder)
    (project.folder / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    return project, project.run_stages(*STAGES)


def test_the_run_says_that_there_are_no_complaints(orders_only):
    assert "no complaints: complaint and response-time features are off" in orders_only[1]


def test_features_of_missing_tables_are_switched_off_by_name(orders_only):
    off = read_json(orders_only[0].data / "live" / "features.json")["switched_off"]
    assert off["complaints_open"] == "the source has no table complaints"


def test_the_list_is_ranked_by_gain(orders_only):
    with (orders_only[0].data / "lists" / "at_risk.csv").open(newline="") as stream:
        gains = [int(row["expected_gain_minor"]) for row in csv.DictReader(stream)]
    assert gains[0] > 0
    assert gains == sorted(gains, reverse=True)


def test_what_nobody_answered_stops_the_run_with_a_sentence(small_project):
    project = small_project()
    params = project.folder / "params.yaml"
    params.write_text(params.read_text().replace("currency: EUR", "currency: CHANGE_ME"))
    with pytest.raises(AssertionError, match="currency is unknown"):
        project.dvc("repro", "ingest")
