"""Reasons sum to the log-odds, whatever the model, and speak with the customer's own figures."""

from dataclasses import replace

import numpy as np
import pytest

from models.domain.vocabulary import ModelUsed
from models.features.declaration import Family
from models.features.frame import FeatureFrame
from models.features.looked_up import SILENCE, TIMES
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.calibration import Calibration, CalibrationKind, logit
from models.learned.explanations import RHYTHM, by_family, explain, family_parts, reasons
from models.learned.figures import Figures
from models.learned.reasons import SENTENCES, sentence
from models.learned.rhythm import Rhythm, with_columns
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ChurnSettings, Offset
from models.learned.training.churn import asked_further, fit_churn

NAMES = ("recency_days", "orders_all", "gap_mean_days", "recency_over_gap", "noise")
FAMILY_OF = {
    "recency_days": "recency",
    "orders_all": "frequency",
    "gap_mean_days": "regularity",
    "recency_over_gap": "regularity",
}
SETTINGS = ChurnSettings(
    horizon_days=90,
    booster=BoosterSettings(
        trees=20, leaves=6, rate=0.06, ridge=10.0, column_share=0.6, row_share=0.7, min_rows_leaf=30
    ),
    seeds=2,
    boosted_weight=0.4,
    logistic_ridge=1.0,
    max_training_rows=5000,
    min_rows_boosted=500,
    min_rows_logistic=100,
)


def rows_of(size, seed=0):
    random = np.random.default_rng(seed)
    recency, gap = random.exponential(60, size), random.exponential(30, size)
    orders = random.integers(1, 9, size)
    gap[orders == 1] = np.nan
    values = np.column_stack([recency, orders, gap, recency / gap, random.normal(size=size)])
    ids = np.array([f"c{number}" for number in range(size)], dtype=object)
    frame = FeatureFrame(NAMES, values.astype(np.float32), ids, np.zeros(size, dtype=np.int64))
    churned = (random.random(size) < 1 / (1 + np.exp(-(np.log1p(recency) - 4)))).astype(float)
    return LabelledRows(frame, churned, np.full(size, np.nan))


@pytest.fixture(scope="module")
def rows():
    return rows_of(1500)


@pytest.fixture(scope="module")
def blend(rows):
    return fit_churn(rows, SETTINGS, seeds=2)


CURVES = (
    Calibration(),
    Calibration(CalibrationKind.SIGMOID, slope=0.7, intercept=0.2),
    Calibration(CalibrationKind.ISOTONIC, x=(-2.0, 0.0, 2.0), y=(-1.5, 0.1, 40.0)),
)


@pytest.mark.parametrize("curve", CURVES, ids=[curve.kind.value for curve in CURVES])
def test_parts_sum_to_the_logit_of_p(blend, rows, curve):
    model = replace(blend, calibration=curve)
    np.testing.assert_allclose(
        explain(model, rows.frame).log_odds, logit(model.probability(rows.frame)), atol=1e-9
    )


@pytest.fixture(scope="module")
def based(rows):
    """Rows with odds of silence, and a blend whose boosters start from them."""
    odds = np.clip(np.log(rows.frame.column("recency_days") / 40), -2, 2)
    frame = with_columns(rows.frame, (SILENCE,), odds[:, None])
    known = replace(rows, frame=frame)
    return fit_churn(known, replace(SETTINGS, offset=Offset.BTYD), seeds=2), known


def test_parts_with_an_offset_sum_to_the_logit_of_p(based):
    model, rows = based
    np.testing.assert_allclose(
        explain(model, rows.frame).log_odds, logit(model.probability(rows.frame)), atol=1e-9
    )


def test_the_offset_is_the_family_rhythm(based):
    model, rows = based
    explanation = explain(model, rows.frame)
    families, parts = by_family(explanation, FAMILY_OF)
    np.testing.assert_allclose(
        parts[:, families.index(RHYTHM)], 0.4 * rows.frame.column(SILENCE).astype(float), rtol=1e-6
    )


@pytest.fixture(scope="module")
def asked_beyond(based):
    """A model of 30 days asked about 90, and its rows, which know when everybody bought."""
    model, rows = based
    spans = np.where(np.arange(len(rows)) % 3 == 0, 0, 100)
    times = np.column_stack([spans / 50, spans]).astype(np.float32)
    frame = with_columns(rows.frame, rows.frame.names[-1:], rows.frame.values[:, -1:])
    frame = replace(frame, names=(*frame.names, *TIMES[:2]), values=np.hstack([frame.values, times]))
    rhythm = Rhythm(30, 30, ParetoNBD(0.6, 30.0, 0.5, 80.0))
    return asked_further(model, rhythm, 30, 90), replace(rows, frame=frame)


def test_parts_of_a_model_asked_beyond_its_labels_sum_to_the_logit_of_p(asked_beyond):
    model, rows = asked_beyond
    np.testing.assert_allclose(
        explain(model, rows.frame).log_odds, logit(model.probability(rows.frame)), atol=1e-9
    )


def test_the_step_beyond_the_labels_is_of_the_family_rhythm(asked_beyond):
    model, rows = asked_beyond
    stepped, plain = (explain(one, rows.frame).offset for one in (model, replace(model, further=None)))
    np.testing.assert_allclose(stepped - plain, model.step(rows.frame))


def test_an_identity_curve_leaves_the_calibration_term_empty(blend, rows):
    np.testing.assert_allclose(explain(blend, rows.frame).calibration, 0.0, atol=1e-9)


def test_parts_with_a_known_probability_are_those_without(blend, rows):
    p = blend.probability(rows.frame)
    np.testing.assert_array_equal(
        explain(blend, rows.frame, p).calibration, explain(blend, rows.frame).calibration
    )


def test_families_keep_the_sum_of_their_features(blend, rows):
    explanation = explain(blend, rows.frame)
    _, parts = by_family(explanation, FAMILY_OF)
    np.testing.assert_allclose(parts.sum(axis=1), explanation.by_feature.sum(axis=1), atol=1e-12)


def test_logistic_rfm_alone_is_explained_too(rows):
    model = fit_churn(rows_of(300), SETTINGS, seeds=2)
    np.testing.assert_allclose(
        explain(model, rows.frame).log_odds, logit(model.probability(rows.frame)), atol=1e-9
    )


def told(model, frame, first=None):
    """The reasons of everybody; `first`: the family that put each of them into the present stage."""
    parts = family_parts(model, frame, FAMILY_OF)
    return reasons(*parts, frame, "EUR", evidence=[first] * len(frame))


def test_a_cold_start_has_no_reasons(rows):
    model = fit_churn(rows_of(20), SETTINGS, seeds=2)
    assert set(told(model, rows.frame)) == {()}


def test_long_silence_is_the_first_reason(blend, rows):
    silent = rows.frame.rows(np.array([int(np.argmax(rows.frame.column("recency_days")))]))
    assert "no order for" in told(blend, silent)[0][0]


def test_there_are_at_most_three_reasons(blend, rows):
    assert max(len(found) for found in told(blend, rows.frame)) <= 3


def test_the_evidence_of_the_stage_is_told_first(blend, rows):
    ((first, *_),) = told(blend, rows.frame.rows(np.array([0])), "frequency")
    assert "order" in first
    assert "no order for" not in first


def test_nothing_is_told_twice(blend, rows):
    assert all(len(set(found)) == len(found) for found in told(blend, rows.frame, "recency"))


def figures(**values):
    names = {name: number for number, name in enumerate(values)}
    return Figures(names, list(values.values()), "EUR")


@pytest.mark.parametrize(
    ("family", "known", "expected"),
    [
        ("recency", {"recency_days": 74.2, "gap_mean_days": 21.4}, "no order for 74 days; usually every 21"),
        (
            "rhythm",
            {"alive_probability": 0.001},
            "by the days of purchase alone, 99% likely to have left for good",
        ),
        ("recency", {"recency_days": 1.0, "gap_mean_days": np.nan}, "no order for 1 day"),
        ("frequency", {"orders_all": 1.0}, "only one order so far"),
        ("monetary", {"spend_365": 123450.0}, "spent 1,234.50 EUR in the last 365 days"),
        ("regularity", {"gap_mean_days": np.nan}, "no rhythm yet: all purchases on one day"),
        (
            "regularity",
            {"gap_mean_days": 20.0, "recency_over_gap": 3.52},
            "silent for 3.5 times the usual gap of 20 days",
        ),
        ("complaints", {"complaints_open": 1.0}, "1 complaint still open"),
        ("response_times", {"response_hours_last": 140.0}, "the last complaint was answered after 6 days"),
        (
            "offers",
            {"offers_365": 3.0, "offers_redeemed_365": 0.0},
            "3 offers in the last 365 days, none used",
        ),
        ("surveys", {"csat_last": 2.0}, "satisfaction 2 of 5 when last asked"),
        ("surveys", {"nps_last": 3.0}, "readiness to recommend 3 of 10 when last asked"),
        ("activity", {"payment_failed_90": 1.0}, "1 payment failed in the last 90 days"),
        ("activity", {"days_since_use": 12.3}, "last use 12 days ago"),
        ("activity", {"days_since_use": np.nan, "days_since_visit": 1.2}, "last visit 1 day ago"),
        ("contract", {"days_until_contract_end": 20.4}, "the contract ends in 20 days"),
        ("contract", {"days_until_renewal": 9.0}, "the contract renews in 9 days"),
        ("contract", {"days_until_renewal": -3.0}, "renewal of the contract overdue by 3 days"),
        ("contract", {"contract_age_days": 400.0}, "under contract for 400 days"),
        ("contract", {"days_since_contract_end": 5.0}, "the contract ended 5 days ago"),
        ("attributes", {}, "unlike most customers: attributes"),
    ],
)
def test_a_sentence_carries_the_customers_own_figures(family, known, expected):
    assert sentence(family, figures(**known)) == expected


def test_every_family_of_features_has_a_sentence():
    assert {family.value for family in Family} <= set(SENTENCES)


@pytest.mark.parametrize("family", sorted(SENTENCES))
def test_every_sentence_can_do_without_figures(family):
    assert sentence(family, figures())


def test_a_model_says_that_few_rows_made_it_logistic():
    assert fit_churn(rows_of(300), SETTINGS, seeds=2).model_used is ModelUsed.LOGISTIC
