"""Reasons from attributes: the customer's own values, one sentence an attribute."""

import numpy as np
import pyarrow as pa
import pytest

from models.domain.vocabulary import LifecycleStage
from models.features.frame import FeatureFrame
from models.learned.attribute_words import attribute_sentences
from models.learned.explanations import family_parts, reasons
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ChurnSettings
from models.learned.training.churn import fit_churn
from models.retention.judging.scored_reasons import drivers, parts_of, reason_columns
from models.retention.judging.speakers import Speaker

NAMES = ("attribute_Contract=Month-to-month", "attribute_Contract=Two year", "attribute_tenure")
FAMILIES = {name: name.partition("=")[0] for name in NAMES}
SETTINGS = ChurnSettings(
    horizon_days=30,
    booster=BoosterSettings(
        trees=30, leaves=5, rate=0.1, ridge=5.0, column_share=1.0, row_share=0.7, min_rows_leaf=20
    ),
    seeds=1,
    boosted_weight=0.5,
    logistic_ridge=1.0,
    max_training_rows=10_000,
    min_rows_boosted=300,
    min_rows_logistic=100,
)


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(2)
    monthly = (random.random(800) < 0.5).astype(float)
    tenure = random.integers(0, 72, 800).astype(float)
    churned = (random.random(800) < 1 / (1 + np.exp(1.5 - 2 * monthly + 0.04 * tenure))).astype(float)
    values = np.stack([monthly, 1 - monthly, tenure], axis=1).astype(np.float32)
    ids = np.array([f"c{number:03d}" for number in range(800)], dtype=object)
    return LabelledRows(
        FeatureFrame(NAMES, values, ids, np.zeros(800, np.int64)), churned, np.full(800, np.nan)
    )


@pytest.fixture(scope="module")
def speaker(rows):
    return Speaker(np.arange(len(rows)), rows.frame, fit_churn(rows, SETTINGS, seeds=1), None)


def said(frame):
    contract = np.where(frame.values[:, 0] == 1, "Month-to-month", "Two year")
    return attribute_sentences(
        pa.table(
            {"attribute_Contract": contract.astype(object), "attribute_tenure": frame.values[:, 2]}
        ).cast(pa.schema([("attribute_Contract", pa.string()), ("attribute_tenure", pa.float64())]))
    )


def told(speaker, stage=LifecycleStage.IDEAL):
    stages = np.full(len(speaker.rows), stage.value)
    parts = parts_of([speaker], FAMILIES, speaker.churn.probability(speaker.frame))
    columns = reason_columns(
        [speaker], parts, FAMILIES, stages, said=said(speaker.frame), currency="EUR", level=1.0
    )
    return list(zip(*columns, strict=True))


def test_a_reason_names_the_attribute_and_the_customer_s_own_word(rows, speaker):
    monthly = [
        reasons[0] for reasons, one in zip(told(speaker), rows.frame.values, strict=True) if one[0] == 1
    ]
    assert monthly.count("Contract: Month-to-month") > len(monthly) / 2


def test_a_number_is_told_as_it_stands(rows, speaker):
    newcomers = [
        reasons for reasons, one in zip(told(speaker), rows.frame.values, strict=True) if one[2] == 1
    ]
    assert all("tenure: 1" in reasons for reasons in newcomers)


def test_columns_of_one_attribute_make_one_reason(speaker):
    contracts = [sum("Contract" in (reason or "") for reason in reasons) for reasons in told(speaker)]
    assert max(contracts) == 1


def test_an_attribute_called_tenure_is_told(speaker):
    assert any("tenure: 1" in reasons for reasons in told(speaker))


def test_a_stage_s_evidence_is_not_told_of_what_the_source_does_not_know(speaker):
    assert "no order on record" not in {
        reason for reasons in told(speaker, LifecycleStage.CONSIDERING) for reason in reasons
    }


def test_what_drives_leaving_is_told_by_attribute(speaker):
    assert set(drivers([speaker], FAMILIES)) == {"attribute_Contract", "attribute_tenure"}


def test_reasons_of_a_customer_do_not_depend_on_the_others(rows, speaker):
    only = rows.frame.rows(np.array([7]))
    alone = reasons(
        *family_parts(speaker.churn, only, FAMILIES),
        only,
        "EUR",
        evidence=[None],
        said={family: words[7:8] for family, words in said(rows.frame).items()},
    )
    assert tuple(reason for reason in told(speaker)[7] if reason) == alone[0]


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("One year", pa.string(), "x: One year"),
        (2.0, pa.float64(), "x: 2"),
        (29.85, pa.float64(), "x: 29.85"),
        (1 / 3, pa.float64(), "x: 0.333333"),
        (1_234_567.0, pa.float64(), "x: 1234567"),
        (46.0, pa.float64(), "x: 46"),
        (1_234_567_890.0, pa.float64(), "x: 1234567890"),
        (True, pa.bool_(), "x: yes"),
        (None, pa.float64(), "x: not given"),
    ],
)
def test_a_value_is_told_in_words(value, kind, words):
    assert attribute_sentences(pa.table({"attribute_x": pa.array([value], kind)})) == {"attribute_x": [words]}
