"""The training stages on a wide table of which hardly anybody has a label: one rate, and no stop."""

from pathlib import Path

import pytest
import yaml

from models.contract.storage import read_json, read_table
from pipelines import build_features, build_labels, evaluate, ingest, paths, train_churn, train_lifetime_value
from pipelines.workspace import deep_merge
from tests.wide_examples import telco, write

ROOT = Path(__file__).parents[2]
LABELLED, CUSTOMERS = 25, 40
ANSWERS = {
    "path": "small.csv", "currency": "USD", "timezone": "UTC", "extracted_at": "2026-05-31",
    "table": {"customer_id": "customerID", "value_minor": "Profit"},
}  # fmt: skip
REASON = "25 customers have a label, fewer than 50"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder after the stages from `ingest` to `evaluate`."""
    base, over = (yaml.safe_load((ROOT / name).read_text()) for name in ("params.yaml", "params/table.yaml"))
    settings = deep_merge(deep_merge(base, over), {"source": ANSWERS})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("small"))
        Path("params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
        rows = telco(CUSTOMERS)
        write(
            [row if n < LABELLED else {**row, "Churn": ""} for n, row in enumerate(rows)], Path("small.csv")
        )
        for stage in (ingest, build_features, build_labels, train_churn, train_lifetime_value, evaluate):
            stage.main()
        yield


def test_everybody_gets_one_rate_with_numbers_in_the_reason(trained):
    recipe = read_json(paths.FITTED_CHURN / "recipe.json")
    assert (recipe["model_used"], recipe["reason"]) == ("cold_start", REASON)


def test_nobody_is_judged(trained):
    assert read_table(paths.FITTED_CHURN / "backtest.parquet").num_rows == 0


def test_the_metrics_say_why_nobody_was_judged(trained):
    metrics = read_json(paths.METRICS / "churn.json")
    assert (metrics["final_cut"], metrics["unjudged"]) == (None, REASON)
