"""The interval of a probability, from what the release keeps of its last closed backtest."""

import numpy as np

from serving.intervals import NOTHING_SEEN, interval_columns, read_shares


def test_the_curve_of_the_release_is_read(tmp_path):
    (tmp_path / "metrics").mkdir()
    text = "predicted,observed,customers\n0.25,0.3,900\n0.75,0.75,900\n"
    (tmp_path / "metrics" / "calibration.csv").write_text(text)
    told = interval_columns(read_shares(tmp_path), np.array([0.5]))
    low, high = (told[name][0] for name in ("churn_probability_low", "churn_probability_high"))
    assert 0.4 < low < 0.5 < high < 0.6


def test_a_release_without_a_closed_backtest_tells_no_interval(tmp_path):
    assert read_shares(tmp_path) is NOTHING_SEEN
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "calibration.csv").write_text("predicted,observed,customers\n")
    assert len(read_shares(tmp_path)) == 0
