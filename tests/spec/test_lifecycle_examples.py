"""Lifecycle stages by example: a row per rule and edge.

The usual customer bought 20 days ago, buys every 30 and has been one for 400 days. Thresholds: new 30 days;
silent beyond 2 own gaps; lost beyond 4 own gaps and 200 days with p of at least .9; considering from p = .6;
once half a gap has passed; a grievance counts for 60 days; ratings up to 2 are bad.
"""

import numpy as np
import pytest

from models.policy.lifecycle import lifecycle_stage
from tests.policy_examples import LIFECYCLE, features

nan = np.nan

EXAMPLES = [
    # stage, p, features that differ, why
    ("ideal", 0.10, {}, "buys in rhythm, unlikely to leave"),
    ("ideal", 0.59, {}, "just below considering"),
    ("considering", 0.60, {}, "still in rhythm, likely to leave"),
    ("ideal", nan, {}, "no probability, no suspicion"),
    ("considering", 0.73, {"recency_days": 150, "gap_mean_days": 300}, "half of their own gap has passed"),
    ("ideal", 0.73, {"recency_days": 149, "gap_mean_days": 300}, "who buys once a year misses nothing yet"),
    ("considering", 0.73, {"recency_days": nan, "gap_mean_days": nan}, "no rhythm is known"),
    ("new", 0.10, {"tenure_days": 30}, "the last new day"),
    ("ideal", 0.10, {"tenure_days": 31}, "the first day after"),
    ("new", 0.80, {"tenure_days": 5, "recency_days": 5, "gap_mean_days": nan}, "one order, a high p: new"),
    ("ideal", 0.10, {"recency_days": 60}, "exactly two own gaps"),
    ("silent", 0.10, {"recency_days": 61}, "beyond two own gaps"),
    ("ideal", 0.10, {"recency_days": 61, "gap_mean_days": 40}, "the same silence in a slower rhythm"),
    ("silent", 0.80, {"recency_days": 61}, "silent comes before considering"),
    ("ideal", 0.10, {"recency_days": 180, "gap_mean_days": nan}, "one order: 90 days stand in for the gap"),
    ("silent", 0.10, {"recency_days": 181, "gap_mean_days": nan}, "beyond two of them"),
    ("ideal", 0.10, {"recency_days": 20, "gap_mean_days": 0.1}, "two orders in an hour are no rhythm"),
    ("lost", 0.90, {"recency_days": 201}, "beyond 4 gaps and 200 days, and p high"),
    ("silent", 0.90, {"recency_days": 200}, "the floor of days not passed"),
    ("silent", 0.89, {"recency_days": 201}, "p not high enough"),
    ("silent", 0.95, {"recency_days": 240, "gap_mean_days": 60}, "exactly four gaps of a slow rhythm"),
    ("silent", nan, {"recency_days": 390}, "without a probability nobody is given up"),
    ("unhappy", 0.10, {"complaints_open": 1, "days_since_complaint": 3}, "an open complaint"),
    ("unhappy", 0.10, {"complaints_open": 1, "days_since_complaint": 90}, "open, though old"),
    ("lost", 0.95, {"complaints_open": 1, "days_since_complaint": 300, "recency_days": 310}, "left long ago"),
    ("unhappy", 0.95, {"complaints_open": 1, "days_since_complaint": 9, "recency_days": 310}, "still talks"),
    ("unhappy", 0.10, {"unresolved_age_days": 20, "days_since_complaint": 20}, "answered, not settled"),
    ("unhappy", 0.10, {"satisfaction_last": 2, "days_since_complaint": 60}, "rated badly, recently"),
    ("ideal", 0.10, {"satisfaction_last": 2, "days_since_complaint": 61}, "rated badly, long ago"),
    ("ideal", 0.10, {"satisfaction_last": 3, "days_since_complaint": 10}, "settled well enough"),
    ("ideal", 0.10, {"complaints_open": nan}, "the source knows no complaints"),
    ("unhappy", 0.10, {"complaints_open": 1, "days_since_complaint": 2, "tenure_days": 5}, "new and unhappy"),
    ("defecting", 0.10, {"contracts_ending": 1}, "notice given"),
    ("defecting", 0.10, {"contracts_ending": 0, "balance_drained": 1}, "any evidence will do"),
    ("ideal", 0.10, {"contracts_ending": 0}, "nothing ends"),
    ("considering", 0.99, {"contracts_ending": nan}, "a high p is no evidence"),
    ("defecting", 0.10, {"contracts_ending": 1, "complaints_open": 1, "days_since_complaint": 3}, "angry"),
    ("defecting", nan, {"contracts_ending": 2, "recency_days": 390}, "evidence needs no probability"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("stage", "probability", "changed", "why"), EXAMPLES, ids=[row[3] for row in EXAMPLES]
)
def test_the_lifecycle_stage_is_that_of_the_example(stage, probability, changed, why):
    assert lifecycle_stage(features(**changed), np.array([probability]), LIFECYCLE).tolist() == [stage]
