"""Attributes of customers in a source with orders: features hold what was known at each snapshot."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.contract.storage import (
    RowCounts,
    SourceSummary,
    read_json,
    read_table,
    write_json,
    write_summary,
    write_table,
)
from models.domain.instants import DAY
from models.features.attributes import encoded, from_json
from models.learned.rows import LabelledRows, read_frame
from pipelines import build_features, paths
from pipelines.champion import with_levels_of

BEGIN = 18_262 * DAY  # 2020-01-01
DAYS = 400
UPGRADE = 200
INSTANT = pa.timestamp("us", tz="UTC")
SNAPSHOTS = {
    "spacing_days": 30, "min_history_days": 60, "stacked": 3, "stacked_value": 2, "churn_cuts": 2,
    "value_cut_spacing_days": 30, "max_value_cuts": 3, "windows_days": [60],
}  # fmt: skip
COUNTING = {"most_items": 100, "min_customers": 200, "min_items": 20, "refit_days": 14, "vector_days": 91}
BTYD = {"refit_days": 90, "prior_weight": 1.0, "max_customers": 3000}


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Features of 60 customers, all silver until day 200; every second of them gold from then on."""
    monkeypatch.chdir(tmp_path)
    ids = [f"c{number:02d}" for number in range(60)]
    day = np.tile(np.arange(0, DAYS, 20), 60)
    orders = {
        "order_id": [f"o{number}" for number in range(len(day))],
        "line_id": ["1"] * len(day),
        "customer_id": np.repeat(ids, DAYS // 20).tolist(),
        "ordered_at": pa.array(BEGIN + day * DAY, INSTANT),
        "amount_minor": np.full(len(day), 1000),
    }
    customers = {
        "customer_id": [*ids, *ids[::2]],
        "known_at": pa.array([BEGIN] * 60 + [BEGIN + UPGRADE * DAY] * 30, INSTANT),
        "attribute_tier": ["silver"] * 60 + ["gold"] * 30,
    }
    in_order = [("customer_id", "ascending"), ("known_at", "ascending")]
    tables = {"orders": pa.table(orders), "customers": pa.table(customers).sort_by(in_order)}
    for name, rows in tables.items():
        write_table(rows, paths.TABLES / f"{name}.parquet")
    counts = {name: RowCounts(read=rows.num_rows, accepted=rows.num_rows) for name, rows in tables.items()}
    columns = {name: tuple(rows.column_names) for name, rows in tables.items()}
    summary = SourceSummary("files", "EUR", "UTC", BEGIN + DAYS * DAY, BEGIN, counts, columns)
    write_summary(summary, paths.TABLES)
    settings = {"churn": {"horizon_days": 60}, "snapshots": SNAPSHOTS, "population": COUNTING, "btyd": BTYD}
    (tmp_path / "params.yaml").write_text(json.dumps(settings))
    build_features.main()
    return tmp_path


def test_the_tier_of_a_snapshot_is_the_one_known_then(built):
    table = read_table(paths.FEATURES / "features.parquet")
    at = (pc.cast(table["snapshot"], pa.int64()).to_numpy() - BEGIN) // DAY
    gold = table["attribute_tier=gold"].to_numpy()
    assert (gold[at < UPGRADE].sum(), gold[at >= UPGRADE].mean()) == (0.0, 0.5)


def test_attributes_stand_behind_the_features_of_the_orders(built):
    names = read_json(paths.FEATURES / "features.json")["names"]
    assert "recency_days" in names[:-2]
    assert names[-2:] == ["attribute_tier=gold", "attribute_tier=silver"]


def test_levels_are_learned_from_rows_to_train_on_alone(built):
    (tier,) = read_json(paths.FEATURES / "features.json")["attributes"]
    assert sorted(tier["levels"]) == ["gold", "silver"]


def test_the_fingerprint_knows_the_attributes(built):
    told = read_json(paths.FEATURES / "features.json")
    without = {**read_summary_columns(), "customers": ("customer_id", "known_at")}
    rewrite_columns(without)
    build_features.main()
    assert read_json(paths.FEATURES / "features.json")["fingerprint"] != told["fingerprint"]


def read_summary_columns():
    return read_json(paths.TABLES / "source.json")["columns"]


def rewrite_columns(columns):
    values = read_json(paths.TABLES / "source.json")
    write_json({**values, "columns": columns}, paths.TABLES / "source.json")


def test_without_attributes_the_description_says_nothing_of_them(built):
    rewrite_columns({**read_summary_columns(), "customers": ("customer_id", "known_at")})
    build_features.main()
    assert "attributes" not in read_json(paths.FEATURES / "features.json")


def test_a_release_s_own_levels_encode_today_s_customers(built):
    released = from_json([{"name": "tier", "kind": "category", "levels": ["gold", "platinum"]}])
    today = read_frame(paths.FEATURES / "features.parquet", [BEGIN + DAYS * DAY])
    told = encoded(today, read_table(paths.TABLES / "customers.parquet"), released)
    assert told.names[-2:] == ("attribute_tier=gold", "attribute_tier=platinum")
    assert (told.values[:, -2].mean(), told.values[:, -1].sum()) == (0.5, 0.0)


def test_a_champion_s_levels_encode_the_rows_that_it_is_judged_by(built):
    champion = built / "champion"
    stored = {"attributes": [{"name": "tier", "kind": "category", "levels": ["gold"]}]}
    write_json(stored, champion / "features.json")
    rows = read_frame(paths.FEATURES / "features.parquet", [BEGIN + DAYS * DAY])
    nothing = np.full(len(rows), np.nan)
    told = with_levels_of(champion, LabelledRows(rows, nothing, nothing))
    assert told.frame.names[-1] == "attribute_tier=gold"
