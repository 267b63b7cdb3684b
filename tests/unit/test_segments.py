"""Figures by segment: a part where the model fails is seen."""

import numpy as np
import pytest

from models.evaluation.segments import failing, segment_report, tenure_bands

RANDOM = np.random.default_rng(5)
P = RANDOM.uniform(0.05, 0.95, 6000)
CHURNED = (RANDOM.random(6000) < P).astype(float)
REGION = np.array(["north", "south", "west"])[np.arange(6000) % 3]


def test_true_probabilities_fail_nowhere():
    assert failing(segment_report(P, CHURNED, {"region": REGION})) == []


def test_a_segment_where_the_model_fails_is_named():
    wrong = np.where(REGION == "south", np.clip(P + 0.15, 0, 0.999), P)
    told, *_ = failing(segment_report(wrong, CHURNED, {"region": REGION}))
    assert told.startswith("region south: predicted 0.6")
    assert "higher than over all (2,000 customers)" in told


def test_a_level_that_everybody_is_missed_by_is_no_segment_s_fault():
    assert (
        failing(segment_report(P * 0.9, CHURNED, {"coin": np.where(RANDOM.random(6000) < 0.5, "a", "b")}))
        == []
    )


def test_the_worst_is_named_first():
    wrong = np.where(REGION == "south", P * 0.9, np.where(REGION == "west", P * 0.5, P))
    worst, *_ = failing(segment_report(wrong, CHURNED, {"region": REGION}))
    assert worst.startswith("region west")


def test_small_segments_are_counted_and_not_judged():
    rare = np.where(np.arange(6000) < 20, "islands", "mainland")
    found = segment_report(P, CHURNED, {"region": rare})["region"]
    assert found["too_few"] == 20
    assert "islands" not in found


def test_figures_are_those_of_the_segment_alone():
    found = segment_report(P, CHURNED, {"region": REGION})["region"]["west"]
    assert found["churn_rate"] == pytest.approx(CHURNED[REGION == "west"].mean(), abs=1e-6)
    assert found["customers"] == 2000


def test_tenure_is_told_in_bands():
    days = np.array([0, 90, 91, 365, 366, 730, 731, 4000, np.nan])
    bands = ["first 90 days"] * 2 + ["first year"] * 2 + ["second year"] * 2 + ["longer"] * 2 + ["unknown"]
    assert tenure_bands(days).tolist() == bands
