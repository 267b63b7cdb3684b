"""A horizon that no label reaches: rhythm carries each customer's odds there, and the model says so."""

import numpy as np
import pytest

from models.domain.vocabulary import ModelUsed
from models.features.frame import FeatureFrame
from models.features.looked_up import TIMES
from models.learned.btyd.histories import PurchaseHistories
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.calibration import probability
from models.learned.further import Further
from models.learned.rhythm import Rhythm
from models.learned.training.churn import asked_further, fit_churn
from tests.unit.test_churn_fallbacks import SETTINGS, rows_of

BUYING = ParetoNBD(0.6, 30.0, 0.5, 80.0)
RHYTHM = Rhythm(30, 30, BUYING)
HISTORIES = np.array([[9, 180, 5], [1, 20, 165], [0, 0, 185]], np.float32)


def bought(values=HISTORIES):
    ids = np.array([f"c{number}" for number in range(len(values))], dtype=object)
    return FeatureFrame(TIMES, values, ids, np.zeros(len(values), np.int64))


def model():
    return fit_churn(rows_of(150), SETTINGS, seeds=1)


def test_with_nothing_learned_beyond_rhythm_the_answer_is_rhythm_s_own():
    repeats, active, recency = HISTORIES.astype(float).T
    histories = PurchaseHistories(repeats, active, active + recency)
    learned, asked = (BUYING.log_odds_of_silence(histories, days) for days in (30, 90))
    np.testing.assert_allclose(learned + Further(BUYING, 30, 90).step(bought()), asked, atol=1e-5)


def test_silence_over_longer_is_less_likely_for_everybody():
    assert (Further(BUYING, 30, 90).step(bought()) < 0).all()


def test_who_buys_often_comes_further_than_who_has_long_been_gone():
    often, gone, _ = Further(BUYING, 30, 90).step(bought())
    assert often < gone


def test_labels_that_reach_the_horizon_leave_the_odds_alone():
    np.testing.assert_array_equal(Further(BUYING, 90, 90).step(bought()), 0.0)


def test_a_customer_who_has_not_bought_yet_is_told_what_was_learned():
    nobody = bought(np.array([[0, 0, np.nan]], np.float32))
    assert Further(BUYING, 30, 90).step(nobody)[0] == 0.0


def test_what_was_learned_stays_in_the_answer():
    frame = bought()
    frame = FeatureFrame(
        (*TIMES, "orders_all"), np.hstack([frame.values, [[9], [2], [1]]]).astype(np.float32),
        frame.customer_id, frame.snapshot,
    )  # fmt: skip
    plain, further = model(), asked_further(model(), RHYTHM, 30, 90)
    stepped = plain.log_odds(frame) + Further(BUYING, 30, 90).step(frame)
    np.testing.assert_allclose(further.probability(frame), probability(stepped))


def test_the_reason_says_how_far_labels_reach():
    assert "labels of 30 days asked about 90" in asked_further(model(), RHYTHM, 30, 90).reason


@pytest.mark.parametrize("rhythm", [None, Rhythm(30, 30)])
def test_without_a_model_of_rhythm_nobody_is_scored(rhythm):
    assert asked_further(model(), rhythm, 30, 90).model_used is ModelUsed.NONE
