"""What the model card says of offers."""

from pipelines.report.offers import offers_told

INTERVAL = {"mean": 0.04, "low": 0.02, "high": 0.06}
FIGURES = {
    "found_first": {"dr": INTERVAL},
    "learner": "dr",
    "sleeping_dogs": {"share": 0.08, "treated": 0.0, "effect": None},
    "learners": {"dr": {"coupon": {"qini": 0.04, "auuc": 0.03, "share_of_effect_at_30": 0.7}}},
    "by_stage": {"considering": {"customers": 900, "effect": 0.1, "low": -0.01, "high": 0.2}},
}
ARM = {"name": "coupon", "rows": 5000, "effect": 0.05, "effect_low": 0.03, "effect_high": 0.07}


def told(state):
    return offers_told({"state": state, "reason": "why", "arms": [ARM]}, FIGURES)


def test_an_assumed_effect_is_told_with_its_reason():
    assert (
        offers_told({"state": "assumed", "reason": "no offers"}, {}) == "Not learned, but assumed. no offers."
    )


def test_an_open_gate_is_told_arm_by_arm():
    assert "| coupon | 5,000 | +5.0 points (+3.0 points to +7.0 points) | 0.040 | 70% of it |" in told(
        "learned"
    )


def test_an_effect_is_told_stage_by_stage():
    assert "| considering | 900 | +10.0 points (−1.0 points to +20.0 points) |" in told("uniform")


def test_a_closed_gate_says_so():
    assert told("no_effect").startswith("The gate is closed")
