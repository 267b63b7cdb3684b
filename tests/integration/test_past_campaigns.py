"""What past campaigns earned is told of those alone whose chances are what they say."""

import json

import numpy as np
import pyarrow as pa
import pytest

from models.contract.storage import SourceSummary, write_summary, write_table
from models.features.frame import FeatureFrame
from pipelines import paths
from pipelines.past_campaigns import past_campaigns, sentences
from pipelines.past_trials import write_trials

DAY = 86_400_000_000
MANY = 600


def offers():
    """In spring somebody chose the first, though the log says that chance did; in autumn chance did."""
    random, number = np.random.default_rng(1), np.arange(MANY)
    chosen, drawn = number < MANY // 2, random.random(MANY) < 0.5
    treated = np.concatenate([chosen, drawn])
    return pa.table(
        {
            "campaign_id": ["spring"] * MANY + ["autumn"] * MANY,
            "customer_id": [f"c{each:03d}" for each in [*number, *number]],
            "assigned_at": pa.array([100 * DAY] * MANY + [300 * DAY] * MANY, pa.timestamp("us", tz="UTC")),
            "arm": np.where(treated, "coupon", "none").tolist(),
            "design": ["randomised"] * (2 * MANY),
            "propensity": [0.5] * (2 * MANY),
            "face_value_minor": np.where(treated, 500, 0),
            "contact_cost_minor": np.where(treated, 10, 0),
        }
    )


@pytest.fixture
def found(tmp_path, monkeypatch):
    """What is told of the two campaigns of a shop whose customers all bought after either."""
    monkeypatch.chdir(tmp_path)
    settings = {"churn": {"horizon_days": 90}, "value": {"margin_share": 0.4}}
    paths.PARAMS.write_text(json.dumps(settings))
    write_summary(SourceSummary("files", "EUR", "UTC", 1000 * DAY, 0, {}, {}), paths.TABLES)
    table = offers()
    write_table(table, paths.TABLES / "offers.parquet")
    bought = pa.array([110 * DAY] * MANY + [310 * DAY] * MANY, pa.timestamp("us", tz="UTC"))
    orders = {
        "customer_id": table["customer_id"],
        "ordered_at": bought,
        "amount_minor": pa.array([1250] * 2 * MANY),
    }
    write_table(pa.table(orders), paths.TABLES / "orders.parquet")
    instant = np.repeat([100 * DAY - 1, 300 * DAY - 1], MANY)
    number = np.tile(np.arange(MANY, dtype=np.float32), 2)[:, None]
    ids = np.array(table["customer_id"].to_pylist(), dtype=object)
    write_trials(FeatureFrame(("silence",), number, ids, instant))
    return past_campaigns()


def test_a_campaign_whose_chances_are_what_they_say_is_told(found):
    assert [each["campaign"] for each in found["campaigns"]] == ["autumn"]


def test_a_campaign_whose_chances_are_not_what_they_say_is_refused_by_name(found):
    (refused,) = found["refused"]
    assert refused["campaign"] == "spring"
    assert "`silence` in arm" in refused["why"]


def test_the_report_says_which_campaign_is_left_out(found):
    assert sentences(found, "EUR")[-1].startswith(
        "Campaign “spring” is left out, its chances are not what they say: weighed by"
    )
