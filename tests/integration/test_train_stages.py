"""The training stages and evaluation, on files of a small made-up world."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml

from models.contract.storage import (
    RowCounts,
    SourceSummary,
    read_table,
    write_json,
    write_summary,
    write_table,
)
from models.domain.errors import ContractViolation, Leakage
from models.domain.instants import DAY
from models.evaluation.churn_backtest import BacktestPurpose, ChurnBacktest, Job, closed_by, tuning_history
from models.evaluation.schedule import SnapshotSettings, build_schedule
from models.learned import churn, lifetime_value
from models.learned.bounds import LowerBound
from models.learned.rows import read_frame, read_labelled
from models.learned.training.weight import Halves, choose
from pipelines import evaluate, paths, train_churn, train_lifetime_value, train_uplift

BEGIN = 14_610 * DAY  # 2010-01-01
HORIZON = 90
BOOSTER = {
    "trees": 30, "leaves": 6, "rate": 0.06, "ridge": 20.0, "column_share": 0.5, "row_share": 0.7,
    "min_rows_leaf": 40, "bins": 63,
}  # fmt: skip
PARAMS = {
    "churn": {
        "horizon_days": HORIZON, "booster": BOOSTER, "seeds": 2, "boosted_weight": 0.5, "logistic_ridge": 1.0,
        "max_training_rows": 3000, "min_rows_boosted": 500, "min_rows_logistic": 100,
    },
    "value": {
        "annual_discount_rate": 0.1, "margin_share": None, "booster": BOOSTER, "logistic_ridge": 1.0,
        "max_training_rows": 3000, "shrink_rows": 100,
    },
    "policy": yaml.safe_load(Path("params.yaml").read_text())["policy"],
}  # fmt: skip
SNAPSHOTS = SnapshotSettings(
    spacing_days=30, min_history_days=90, stacked=3, stacked_value=3, churn_cuts=4,
    value_cut_spacing_days=30, max_value_cuts=4, windows_days=(182, 91),
)  # fmt: skip
OUTPUTS = (
    "data/fitted/churn/churn.json",
    "data/fitted/churn/booster_0.txt",
    "data/fitted/churn/recipe.json",
    "data/fitted/churn/backtest.parquet",
    "data/fitted/lifetime_value/lifetime_value.json",
    "data/fitted/lifetime_value/retained.txt",
    "data/fitted/lifetime_value/bounds.json",
    "data/fitted/lifetime_value/backtest.parquet",
    "data/fitted/uplift/response.json",
    "data/metrics/churn.json",
    "data/metrics/lifetime_value.json",
    "data/metrics/segments.json",
    "data/metrics/stages.json",
    "data/plots/calibration.csv",
    "data/plots/value_deciles.csv",
    "data/plots/gains.csv",
)


def write_world(folder, *, customers, days, seed, noise_features=4, snapshots=SNAPSHOTS):
    """Tables' summary, features, labels and schedule of a world where people buy at their own pace."""
    random = np.random.default_rng(seed)
    who, day, amount = _orders(random, customers, days)
    schedule = build_schedule(BEGIN + days * DAY, BEGIN, "UTC", HORIZON, snapshots)
    frames, labels = [], []
    for snapshot in schedule.snapshots:
        now = (snapshot - BEGIN) // DAY
        present, values = _features(who, day, amount, now, customers)
        values.update({f"noise_{n}": random.normal(size=len(present)) for n in range(noise_features)})
        keys = {
            "customer_id": pa.array([f"c{number:06d}" for number in present]),
            "snapshot": pa.array(np.full(len(present), snapshot), type=pa.timestamp("us", tz="UTC")),
        }
        columns = {name: pa.array(column.astype(np.float32)) for name, column in values.items()}
        frames.append(pa.table({**keys, **columns}))
        labels.append(
            pa.table(
                {**keys, **_labels(who, day, amount, now, present=present, schedule=schedule, days=days)}
            )
        )
    write_table(pa.concat_tables(frames), folder / "data/features/features.parquet")
    write_table(pa.concat_tables(labels), folder / "data/labels/labels.parquet")
    write_json(schedule.to_json(), folder / "data/features/schedule.json")
    write_json([], folder / "data/fitted/btyd/fits.json")
    counts = RowCounts(read=len(who), accepted=len(who))
    summary = SourceSummary("test", "EUR", "UTC", schedule.as_of, BEGIN, {"orders": counts}, {"orders": ()})
    write_summary(summary, folder / "data/tables")
    write_table(_customers(customers), folder / "data/tables/customers.parquet")
    (folder / "params.yaml").write_text(yaml.safe_dump(PARAMS))
    return schedule


def _customers(customers):
    """Everybody known from the beginning; every third lives in the west."""
    return pa.table(
        {
            "customer_id": pa.array([f"c{number:06d}" for number in range(customers)]),
            "region": pa.array(["west" if number % 3 == 0 else "east" for number in range(customers)]),
            "known_at": pa.array(np.full(customers, BEGIN), type=pa.timestamp("us", tz="UTC")),
        }
    )


def _orders(random, customers, days):
    """Customer, day and amount of every order, by day: exponential gaps, amounts of one's own size."""
    begin = random.uniform(0, days * 0.85, customers)
    end = begin + random.exponential(300, customers)
    gap = random.lognormal(3.3, 0.7, customers)
    most = 60
    steps = random.exponential(1, (customers, most)) * gap[:, None]
    steps[:, 0] = 0
    at = begin[:, None] + np.cumsum(steps, axis=1)
    happened = (at < end[:, None]) & (at < days)
    who, _ = np.nonzero(happened)
    day = at[happened]
    amount = np.exp(random.normal(8.5, 0.6, customers)[who] + random.normal(0, 0.4, len(who)))
    order = np.argsort(day, kind="stable")
    return who[order], day[order], amount[order]


def _features(who, day, amount, now, customers):
    past = day <= now
    count = np.bincount(who[past], minlength=customers)
    present = np.flatnonzero(count)

    def sums(mask, weights=None):
        return np.bincount(
            who[mask], weights=None if weights is None else weights[mask], minlength=customers
        )[present].astype(float)

    first, last = np.full(customers, np.inf), np.full(customers, -np.inf)
    np.minimum.at(first, who[past], day[past])
    np.maximum.at(last, who[past], day[past])
    orders = count[present].astype(float)
    recency, tenure = now - last[present], now - first[present]
    gap = np.where(orders > 1, (tenure - recency) / np.maximum(orders - 1, 1), np.nan)
    year, quarter = past & (day > now - 365), past & (day > now - 90)
    return present, {
        "recency_days": recency,
        "tenure_days": tenure,
        "orders_90": sums(quarter),
        "orders_365": sums(year),
        "orders_all": orders,
        "spend_90": sums(quarter, amount),
        "spend_365": sums(year, amount),
        "spend_all": sums(past, amount),
        "mean_order_amount": sums(past, amount) / orders,
        "gap_mean_days": gap,
        "recency_over_gap": recency / gap,
    }


def _labels(who, day, amount, now, *, present, schedule, days):
    def later(window, weights=None):
        mask = (day > now) & (day <= now + window)
        return np.bincount(
            who[mask], weights=None if weights is None else weights[mask], minlength=int(present[-1]) + 1
        )[present]

    churned = (later(HORIZON) == 0).astype(np.int8)
    margin = np.floor(0.4 * later(schedule.window_days, amount)).astype(np.int64)
    open_churn, open_value = now + HORIZON > days, now + schedule.window_days > days
    size = len(present)
    return {
        "churned": pa.array(churned, mask=np.full(size, open_churn)),
        "margin_minor": pa.array(margin, mask=np.full(size, open_value)),
    }


def run_stages():
    train_churn.main()
    train_lifetime_value.main()
    train_uplift.main()
    evaluate.main()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A folder in which all four stages have run."""
    folder = tmp_path_factory.mktemp("world")
    schedule = write_world(folder, customers=1500, days=1100, seed=5)
    here = Path.cwd()
    os.chdir(folder)
    try:
        run_stages()
    finally:
        os.chdir(here)
    return folder, schedule


@pytest.fixture
def inside(world, monkeypatch):
    """The same, as the working folder."""
    monkeypatch.chdir(world[0])
    return world[1]


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_stages_write_their_outputs(world, output):
    assert (world[0] / output).exists()


def test_the_same_files_give_the_same_bytes(world, tmp_path, monkeypatch):
    write_world(tmp_path, customers=1500, days=1100, seed=5)
    monkeypatch.chdir(tmp_path)
    run_stages()
    assert [
        name for name in OUTPUTS if (world[0] / name).read_bytes() != (tmp_path / name).read_bytes()
    ] == []


def test_figures_are_told_by_stage_tenure_and_region(inside):
    segments = json.loads((paths.METRICS / "segments.json").read_text())
    assert set(segments) == {"stage", "tenure", "region"}
    assert set(segments["region"]) == {"east", "west"}


def test_the_customers_of_the_segments_are_those_of_the_final_cut(inside):
    segments = json.loads((paths.METRICS / "segments.json").read_text())
    final = json.loads((paths.METRICS / "churn.json").read_text())["final_cut"]
    counted = [each if isinstance(each, int) else each["customers"] for each in segments["stage"].values()]
    assert sum(counted) == final["customers"]


def test_the_final_cut_is_backtested(inside):
    cuts = read_table(paths.FITTED_CHURN / "backtest.parquet", ["cut"])["cut"].cast(pa.int64()).to_numpy()
    assert inside.final_cut in cuts


def test_churn_is_predicted_better_than_by_chance(inside):
    metrics = json.loads((paths.METRICS / "churn.json").read_text())
    assert metrics["final_cut"]["model"]["auc"] > 0.75


def test_churn_is_no_worse_than_logistic_rfm(inside):
    metrics = json.loads((paths.METRICS / "churn.json").read_text())
    assert metrics["pooled"]["against"]["logistic_rfm"]["log_loss"]["verdict"] != "worse"


def test_a_saved_churn_model_predicts_the_same_when_loaded(inside, tmp_path):
    frame = read_frame(paths.FEATURES / "features.parquet", [inside.scoring])
    model = churn.load(paths.FITTED_CHURN)
    model.save(tmp_path)
    np.testing.assert_array_equal(model.probability(frame), churn.load(tmp_path).probability(frame))


def test_a_saved_value_model_predicts_the_same_when_loaded(inside, tmp_path):
    frame = read_frame(paths.FEATURES / "features.parquet", [inside.scoring])
    model = lifetime_value.load(paths.FITTED_LIFETIME_VALUE)
    model.save(tmp_path)
    again = lifetime_value.load(tmp_path)
    np.testing.assert_array_equal(model.retained.expected(frame), again.retained.expected(frame))


def test_those_who_stay_are_worth_more_than_those_who_go(inside):
    frame = read_frame(paths.FEATURES / "features.parquet", [inside.scoring])
    model = lifetime_value.load(paths.FITTED_LIFETIME_VALUE)
    estimate = model.estimate(frame, churn.load(paths.FITTED_CHURN).probability(frame))
    assert estimate.stake.mean() > 0


def test_the_level_of_value_is_about_right(inside):
    metrics = json.loads((paths.METRICS / "lifetime_value.json").read_text())
    assert 0.8 < metrics["pooled"]["bias"] < 1.25


def test_the_bound_lies_between_0_and_1(inside):
    bound = LowerBound.from_json(json.loads((paths.FITTED_LIFETIME_VALUE / "bounds.json").read_text()))
    assert 0 < bound.k_lo <= 1


def test_the_released_calibration_is_fitted_without_the_final_cut(inside):
    recipe = json.loads((paths.FITTED_CHURN / "recipe.json").read_text())
    tuning = len(inside.churn_cuts) - 1
    assert f"of {tuning} tuning backtests" in recipe["calibration"]["reason"]


def test_an_unvalidated_window_makes_nothing_spendable(tmp_path, monkeypatch):
    settings = SnapshotSettings(**{**asdict(SNAPSHOTS), "windows_days": (91,), "churn_cuts": 1})
    write_world(tmp_path, customers=600, days=300, seed=2, snapshots=settings)
    monkeypatch.chdir(tmp_path)
    run_stages()
    assert json.loads((paths.FITTED_LIFETIME_VALUE / "bounds.json").read_text())["k_lo"] == 0


def test_a_training_snapshot_inside_the_embargo_fails_the_stage(tmp_path, monkeypatch):
    schedule = write_world(tmp_path, customers=300, days=700, seed=3)
    plain = schedule.to_json()
    plain["churn_training"][str(schedule.final_cut)] = [schedule.final_cut - 30 * DAY]
    write_json(plain, tmp_path / "data/features/schedule.json")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Leakage):
        train_churn.main()


def test_labels_of_other_customers_than_the_features_are_refused(tmp_path):
    schedule = write_world(tmp_path, customers=300, days=700, seed=4)
    features, labels = tmp_path / "data/features/features.parquet", tmp_path / "data/labels/labels.parquet"
    write_table(read_table(labels).slice(1), labels)
    with pytest.raises(ContractViolation):
        read_labelled(features, labels, schedule.snapshots)


def test_prediction_does_not_import_lightgbm_or_sklearn(inside):
    code = (
        "import sys; from pathlib import Path;"
        "from models.learned import churn, explanations, lifetime_value;"
        "churn.load(Path('data/fitted/churn')); lifetime_value.load(Path('data/fitted/lifetime_value'));"
        "print(sorted({'lightgbm', 'sklearn', 'scipy', 'pandas'} & set(sys.modules)))"
    )
    root = Path(train_churn.__file__).parents[1]
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"


def _backtest(day, purpose=BacktestPurpose.CHURN):
    some = np.array([0.0, 1.0])
    return ChurnBacktest(
        Job(BEGIN + day * DAY, purpose, (), 1), some, Halves(some, some, some), None, None, "", "", 0,
        choose((), 0.5, weigh=False),
    )  # fmt: skip


def test_the_calibration_of_a_cut_learns_only_from_horizons_closed_by_then():
    backtests = [_backtest(0), _backtest(89), _backtest(90), _backtest(180)]
    assert len(closed_by(backtests, BEGIN + 180 * DAY, 90, "UTC")) == 3


def test_the_final_cut_is_no_tuning_history():
    backtests = [_backtest(0), _backtest(90), _backtest(0, BacktestPurpose.VALUE)]
    assert len(tuning_history(backtests, BEGIN + 90 * DAY)) == 1
