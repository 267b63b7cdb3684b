"""Past campaigns from files to what is learned: features before the offer, and what is refused, in words."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml

from models.contract.storage import RowCounts, SourceSummary, read_json, write_summary, write_table
from models.contract.tables import OFFERS, ORDERS
from models.domain.instants import to_micros
from models.learned.lifetime_value import unknown_value
from models.learned.response import load
from models.learned.rows import read_frame
from pipelines import build_features, build_labels, paths, train_uplift

BEGIN = datetime(2023, 1, 1, 9, tzinfo=UTC)
AS_OF = BEGIN + timedelta(days=730)
SENT = AS_OF - timedelta(days=120)
CUSTOMERS = 1200
SNAPSHOTS = {
    "spacing_days": 90, "min_history_days": 180, "stacked": 1, "stacked_value": 1, "churn_cuts": 1,
    "value_cut_spacing_days": 90, "max_value_cuts": 3, "windows_days": [91],
}  # fmt: skip


def parameters():
    shipped = yaml.safe_load(Path("params.yaml").read_text())
    kept = {name: shipped[name] for name in ("churn", "value", "policy", "population", "btyd", "uplift")}
    kept["uplift"]["least_arm"] = 200
    return kept | {"snapshots": SNAPSHOTS}


def orders(kept):
    """Everybody buys every month or two until the offer; after it those who stay."""
    random = np.random.default_rng(3)
    rows = []
    for number in range(CUSTOMERS):
        gap = int(random.integers(25, 60))
        days = np.arange(int(random.integers(1, 60)), 730, gap)
        for place, day in enumerate(days):
            at = BEGIN + timedelta(days=int(day))
            if at < SENT or kept[number]:
                rows.append((f"c{number:05d}", place, at, 2000 + 10 * number % 700))
    return pa.table(
        {
            "order_id": [f"{who}-{place}" for who, place, _, _ in rows],
            "line_id": ["1"] * len(rows),
            "customer_id": [row[0] for row in rows],
            "ordered_at": pa.array([row[2] for row in rows], ORDERS.schema().field("ordered_at").type),
            "amount_minor": [row[3] for row in rows],
            "margin_minor": [row[3] // 2 for row in rows],
        }
    )


def offers(treated, **changed):
    columns = {
        "campaign_id": "spring", "customer_id": "", "assigned_at": SENT, "arm": "none", "propensity": 0.5,
        "design": "randomised", "purpose": "retention", "face_value_minor": 0, "contact_cost_minor": 0,
        "redeemed_at": None, "redeemed_known_at": None, "known_at": SENT,
    }  # fmt: skip
    got = {"arm": "coupon", "face_value_minor": 500, "contact_cost_minor": 10}
    rows = [
        columns | {"customer_id": f"c{number:05d}"} | (got if treated[number] else {}) | changed
        for number in range(CUSTOMERS)
    ]
    return pa.Table.from_pylist(rows, schema=OFFERS.schema())


def prepare(folder, offered, ordered):
    write_table(ordered, folder / "data/tables/orders.parquet")
    write_table(offered, folder / "data/tables/offers.parquet")
    tables = {"orders": ordered, "offers": offered}
    write_summary(
        SourceSummary(
            "files", "EUR", "UTC", to_micros(AS_OF), to_micros(BEGIN),
            {name: RowCounts(read=table.num_rows, accepted=table.num_rows) for name, table in tables.items()},
            {name: tuple(table.column_names) for name, table in tables.items()},
        ),
        folder / "data/tables",
    )  # fmt: skip


@pytest.fixture(scope="module")
def params():
    return parameters()


@pytest.fixture
def shop(tmp_path, monkeypatch, params):
    """A folder with half of the customers treated; those are kept three times as often."""
    random = np.random.default_rng(1)
    treated = random.random(CUSTOMERS) < 0.5
    kept = random.random(CUSTOMERS) < np.where(treated, 0.9, 0.3)
    monkeypatch.chdir(tmp_path)
    paths.PARAMS.write_text(json.dumps(params))
    prepare(tmp_path, offers(treated), orders(kept))
    return treated, kept


def learn():
    build_features.main()
    build_labels.main()
    write_value()
    train_uplift.main()


def write_value():
    """A value model that knows nothing, as where no window has closed."""
    unknown_value((), "none here").save(paths.FITTED_LIFETIME_VALUE)


def test_features_before_the_offer_know_nothing_of_it(shop):
    build_features.main()
    frame = read_frame(paths.FEATURES / "trials.parquet", [to_micros(SENT) - 1])
    assert len(frame) == CUSTOMERS
    assert not np.nan_to_num(frame.column("offers_365")).any()


def test_features_before_the_offer_are_those_of_a_world_without_it(shop, tmp_path):
    treated, kept = shop
    build_features.main()
    before = read_frame(paths.FEATURES / "trials.parquet", [to_micros(SENT) - 1])
    prepare(tmp_path, offers(~treated), orders(~kept))
    build_features.main()
    after = read_frame(paths.FEATURES / "trials.parquet", [to_micros(SENT) - 1])
    assert len(before) == len(after) == CUSTOMERS  # read, and not nothing compared with nothing
    assert np.array_equal(before.values, after.values, equal_nan=True)


def test_a_campaign_that_worked_is_told_with_its_effect(shop, capsys):
    learn()
    (arm,) = load(paths.FITTED_UPLIFT).arms
    assert arm.effect_low < 0.6 < arm.effect_high


def test_the_same_files_teach_the_same(shop):
    learn()
    first = {path.name: path.read_bytes() for path in paths.FITTED_UPLIFT.iterdir()}
    train_uplift.main()
    assert first == {path.name: path.read_bytes() for path in paths.FITTED_UPLIFT.iterdir()}


def test_a_log_of_unknown_design_is_refused_with_what_a_usable_one_names(shop, tmp_path):
    treated, kept = shop
    prepare(tmp_path, offers(treated, design="unknown"), orders(kept))
    learn()
    told = read_json(paths.FITTED_UPLIFT / "response.json")
    assert told["state"] == "assumed"
    assert "A usable log names for every customer" in told["reason"]


def test_chances_that_are_not_what_they_say_are_refused(shop, tmp_path):
    treated, kept = shop
    prepare(tmp_path, offers(treated | (np.arange(CUSTOMERS) % 3 == 0)), orders(kept))
    learn()
    told = read_json(paths.METRICS / "uplift.json")
    assert "the propensities of campaign `spring` are not what they say" in told["reason"]


def test_without_offers_no_features_of_campaigns_are_left_behind(shop, tmp_path):
    build_features.main()
    _, kept = shop
    ordered = orders(kept)
    prepare(tmp_path, offers(kept).slice(0, 0), ordered)
    build_features.main()
    assert not (paths.FEATURES / "trials.parquet").exists()
