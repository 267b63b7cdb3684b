"""The points of a SHAP summary plot, and how they are drawn."""

import numpy as np
import pytest

from models.domain.vocabulary import ModelUsed
from models.features.frame import FeatureFrame
from models.learned.calibration import Calibration
from models.learned.churn import ChurnModel
from models.learned.logistic import LogisticModel, Shape, Term
from models.learned.swarm import CUSTOMERS, swarm
from pipelines.report.swarm import swarm as drawn

NAMES = ("weak", "strong")


def model():
    terms = (Term("weak", Shape.LINEAR), Term("strong", Shape.LINEAR))
    logistic = LogisticModel(terms, (0.0, 0.0), (0.1, 2.0), 0.0)
    return ChurnModel(NAMES, (), logistic, 0.0, Calibration(), 0.5, ModelUsed.LOGISTIC, "")


def frame(rows):
    values = np.column_stack([np.arange(rows), np.arange(rows)[::-1]]).astype(np.float32)
    return FeatureFrame(NAMES, values, np.arange(rows).astype(str).astype(object), np.zeros(rows, np.int64))


def test_the_strongest_feature_comes_first():
    assert swarm(model(), frame(10))[0]["feature"] == "strong"


def test_a_contribution_is_that_of_the_explanation():
    assert swarm(model(), frame(3))[0]["contribution"] == pytest.approx(4.0)


def test_the_greatest_value_stands_at_one_and_the_least_at_none():
    assert [point["place"] for point in swarm(model(), frame(3))[:3]] == [1.0, 0.5, 0.0]


def test_a_missing_value_has_no_place():
    some = frame(3)
    some.values[1, 1] = np.nan
    assert swarm(model(), some)[1]["place"] is None


def test_no_more_customers_are_shown_than_make_a_picture():
    assert len(swarm(model(), frame(1000))) == CUSTOMERS * len(NAMES)


def test_nobody_gives_no_points():
    assert swarm(model(), frame(0)) == []


def test_a_drawing_has_a_dot_a_point_and_a_name_a_feature():
    points = [{"feature": "strong", "place": str(place), "contribution": "0.5"} for place in (0.0, 0.5, "")]
    picture = drawn(points)
    assert (picture.count("<circle"), picture.count(">strong<")) == (3, 1)


def test_without_points_there_is_still_a_picture():
    assert drawn([]).startswith("<svg")
