"""The stage `ingest` on a small simulated shop."""

import json

import pytest

from models.contract.storage import read_summary
from pipelines import ingest, paths


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("simulated")
        patch.chdir(folder)
        source = {
            "kind": "simulator", "path": "simulator", "currency": "EUR", "amount_unit": "minor",
            "timezone": "Europe/Berlin",
        }  # fmt: skip
        sections = {
            "source": source, "ingest": {"max_rejected_share": 0.0},
            "simulator": {"customers": 200, "years": 2},
        }  # fmt: skip
        (folder / "params.yaml").write_text(json.dumps(sections))
        ingest.main()
        return read_summary(paths.TABLES), {path.name for path in paths.ORACLE.iterdir()}


def test_nothing_that_the_simulator_wrote_is_refused(summary):
    assert all(counts.read == counts.accepted for counts in summary[0].rows.values())


def test_the_simulated_shop_has_every_table_of_a_shop_without_contracts(summary):
    assert set(summary[0].rows) == {
        "orders", "customers", "complaints", "contacts", "offers", "surveys", "activity",
    }  # fmt: skip


def test_the_oracle_is_written_apart(summary):
    assert "customers.parquet" in summary[1]
