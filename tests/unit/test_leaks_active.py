"""Which features are screened, and among whom: those who still bought lately."""

import numpy as np

from models.evaluation.leaks import screen_active
from models.features.frame import FeatureFrame
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ChurnSettings

BOOSTER = BoosterSettings(
    trees=10, leaves=5, rate=0.06, ridge=10.0, column_share=0.5, row_share=0.7, min_rows_leaf=20
)
SETTINGS = ChurnSettings(
    horizon_days=90,
    booster=BOOSTER,
    seeds=1,
    boosted_weight=0.5,
    logistic_ridge=1.0,
    max_training_rows=5_000,
    min_rows_boosted=300,
    min_rows_logistic=100,
)
ROWS = 4_000
RANDOM = np.random.default_rng(5)
RECENCY = RANDOM.choice([10.0, 40.0, 80.0, 400.0, 700.0], ROWS)
GONE = RECENCY > 90
CHURNED = np.where(GONE, 1.0, (RANDOM.random(ROWS) < 0.1 + RECENCY / 400).astype(float))


def found(**features):
    columns = {"recency_days": RECENCY, **features}
    values = np.stack([*columns.values()], axis=1).astype(np.float32)
    ids = np.array([f"c{number}" for number in range(ROWS)], dtype=object)
    frame = FeatureFrame(tuple(columns), values, ids, np.zeros(ROWS, dtype=np.int64))
    return [
        one.column for one in screen_active(LabelledRows(frame, CHURNED, np.full(ROWS, np.nan)), SETTINGS)
    ]


def test_an_honest_recency_is_left_in_peace_though_most_are_long_gone():
    assert found() == []


def test_a_feature_that_copies_the_label_is_found_among_the_active():
    assert found(status=CHURNED) == ["status"]


def test_a_feature_that_tells_the_long_gone_alone_is_left_in_peace():
    assert found(dormant=GONE.astype(float)) == []


def test_words_that_copy_the_label_between_them_are_found_by_their_attribute():
    which = RANDOM.integers(0, 2, ROWS)
    told = {
        f"attribute_status={word}": (outcome == CHURNED) & (which == half)
        for word, outcome, half in (("a", 1, 0), ("b", 1, 1), ("c", 0, 0), ("d", 0, 1))
    }
    assert found(**told) == ["attribute_status"]
