"""Rhythm from files to files: fitted by the stage, kept for the release, refused where it is missing."""

import numpy as np
import pyarrow as pa
import pytest
import yaml

from models.contract.storage import (
    RowCounts,
    SourceSummary,
    read_json,
    write_summary,
    write_table,
)
from models.domain.errors import DamagedRelease
from models.domain.instants import DAY
from models.evaluation.schedule import Schedule
from models.features.looked_up import RHYTHM, SILENCE
from models.learned import churn
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.rhythm import RHYTHM_FILE, Rhythm, load, with_rhythm
from models.learned.rows import LabelledRows, read_frame
from models.learned.settings import BoosterSettings, ChurnSettings, Offset
from models.learned.told_alike import told_alike
from models.learned.training.churn import asked_further, fit_churn
from pipelines import build_features, paths, publish
from pipelines.rhythms import read_rhythms
from tests.rhythm_examples import BEGIN, amounts, purchase_days
from tests.unit.test_churn_fallbacks import rows_of, with_silence

INSTANT = pa.timestamp("us", tz="UTC")
LENGTH = 500
SNAPSHOTS = {
    "spacing_days": 30, "min_history_days": 60, "stacked": 3, "stacked_value": 2, "churn_cuts": 2,
    "value_cut_spacing_days": 30, "max_value_cuts": 3, "windows_days": [60],
}  # fmt: skip
BTYD = {"refit_days": 60, "prior_weight": 1.0, "max_customers": 3000}
COUNTING = {"most_items": 100, "min_customers": 200, "min_items": 20, "refit_days": 14, "vector_days": 91}


def write_orders(bought, upto=LENGTH):
    """The orders of the days before `upto`, at noon, as contract tables of a source that ends at LENGTH."""
    mean = amounts(len(bought))
    lines = [
        (f"o{number}-{day}", f"c{number:05d}", BEGIN + int(day) * DAY + DAY // 2, int(mean[number]))
        for number, days in enumerate(bought)
        for day in days[days < upto]
    ]
    orders = pa.table(
        {
            "order_id": [line[0] for line in lines],
            "line_id": ["1"] * len(lines),
            "customer_id": [line[1] for line in lines],
            "ordered_at": pa.array([line[2] for line in lines], INSTANT),
            "amount_minor": [line[3] for line in lines],
        }
    )
    write_table(orders, paths.TABLES / "orders.parquet")
    counts = {"orders": RowCounts(read=len(lines), accepted=len(lines))}
    columns = {"orders": tuple(orders.column_names)}
    write_summary(
        SourceSummary("files", "EUR", "UTC", BEGIN + LENGTH * DAY, BEGIN, counts, columns), paths.TABLES
    )


BOOSTER = BoosterSettings(
    trees=5, leaves=4, rate=0.1, ridge=1.0, column_share=1.0, row_share=1.0, min_rows_leaf=20
)


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A folder with the features of 200 customers."""
    monkeypatch.chdir(tmp_path)
    settings = {"churn": {"horizon_days": 60}, "snapshots": SNAPSHOTS, "btyd": BTYD, "population": COUNTING}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(settings))
    write_orders(purchase_days(200, LENGTH))
    build_features.main()
    return Schedule.from_json(read_json(paths.FEATURES / "schedule.json"))


def built_names():
    return read_json(paths.FEATURES / "features.json")["names"]


def test_the_columns_stand_in_the_frame_and_in_its_description(built):
    assert built_names()[-len(RHYTHM) :] == [column.name for column in RHYTHM]


def test_today_s_columns_are_those_of_the_models_that_are_kept(built):
    today = read_frame(paths.FEATURES / "features.parquet", [built.scoring])
    looked_up = with_rhythm(today, load(paths.FITTED_BTYD, today.names))
    assert looked_up.values.tobytes() == today.values.tobytes()


def test_a_customer_alone_gets_the_bits_of_the_batch_from_the_models_that_are_kept(built):
    today = read_frame(paths.FEATURES / "features.parquet", [built.scoring])
    kept = load(paths.FITTED_BTYD, today.names)
    alone = [with_rhythm(today.rows(np.array([row])), kept).values for row in range(20)]
    assert np.concatenate(alone).tobytes() == today.values[:20].tobytes()


def test_every_fit_is_told_of(built):
    fits = read_json(paths.FITTED_BTYD / "fits.json")
    assert len(fits) > 2
    assert all(fit["pareto_nbd"]["report"]["reason"] for fit in fits)


def test_models_read_back_tell_every_snapshot_as_the_features_do(built):
    rhythms = read_rhythms(built)
    for snapshot in built.snapshots:
        frame = read_frame(paths.FEATURES / "features.parquet", [snapshot])
        rows = LabelledRows(frame, np.zeros(len(frame)), np.zeros(len(frame)))
        assert told_alike(rows, rhythms, snapshot).frame.values.tobytes() == frame.values.tobytes()


def test_facts_after_a_snapshot_change_nothing_at_it(built):
    early = built.snapshots[: len(built.snapshots) // 2]
    before = read_frame(paths.FEATURES / "features.parquet", early)
    write_orders(purchase_days(200, LENGTH), upto=(early[-1] - BEGIN) // DAY)
    build_features.main()
    after = read_frame(paths.FEATURES / "features.parquet", early)
    assert (after.names, after.values.tobytes()) == (before.names, before.values.tobytes())


def test_a_second_run_keeps_the_same_models(built):
    first = (paths.FITTED_BTYD / RHYTHM_FILE).read_bytes()
    build_features.main()
    assert (paths.FITTED_BTYD / RHYTHM_FILE).read_bytes() == first


def test_the_release_takes_the_newest_models_alone(built):
    assert publish.rhythm_parts() == {"btyd/rhythm.json": paths.FITTED_BTYD / RHYTHM_FILE}


def test_models_survive_their_file(built, tmp_path):
    kept = load(paths.FITTED_BTYD, built_names())
    kept.save(tmp_path / "again")
    assert load(tmp_path / "again", built_names()) == kept


def test_a_release_without_the_model_that_its_features_name_is_refused(built, tmp_path):
    with pytest.raises(DamagedRelease, match=SILENCE):
        load(tmp_path / "nothing", built_names())


def test_a_release_with_half_of_the_models_that_its_features_name_is_refused(built, tmp_path):
    kept = load(paths.FITTED_BTYD, built_names())
    Rhythm(kept.horizon_days, kept.window_days, kept.buying).save(tmp_path)
    with pytest.raises(DamagedRelease, match="expected_order_amount"):
        load(tmp_path, built_names())


def test_a_release_whose_features_name_no_model_needs_none(tmp_path):
    assert load(tmp_path, ["recency_days"]).names == ()


def test_a_step_beyond_the_labels_survives_the_model_s_file(tmp_path):
    settings = ChurnSettings(90, BOOSTER, 1, 0.5, 1.0, 1000, 300, 100)
    rhythm = Rhythm(30, 30, ParetoNBD(0.6, 30.0, 0.5, 80.0))
    model = asked_further(fit_churn(rows_of(150), settings, seeds=1), rhythm, 30, 90)
    model.save(tmp_path)
    assert churn.load(tmp_path).further == model.further


def test_the_offset_of_a_churn_model_survives_its_file(tmp_path):
    settings = ChurnSettings(90, BOOSTER, 1, 0.5, 1.0, 1000, 300, 100, offset=Offset.BTYD)
    rows = with_silence(rows_of(400), np.linspace(-2, 2, 400))
    model = fit_churn(rows, settings, seeds=1)
    model.save(tmp_path)
    np.testing.assert_array_equal(churn.load(tmp_path).probability(rows.frame), model.probability(rows.frame))
