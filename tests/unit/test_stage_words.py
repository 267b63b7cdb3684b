"""The reason of a stage is told with the customer's own figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.languages import Language
from models.domain.vocabulary import LifecycleStage, StageRule
from models.domain.words import ENGLISH, words_in
from models.policy.assess import rule_of
from models.policy.lifecycle import STAGE_OF, stages_of
from models.policy.stage_words import SENTENCES, stage_reasons
from tests.policy_examples import POLICY, customer
from tests.reason_examples import ISOLATES

known_or_not = st.one_of(st.just(np.nan), st.floats(0, 2000))
NAMES = ("recency_days", "tenure_days", "gap_mean_days", "complaints_open", "unresolved_age_days",
         "satisfaction_last", "days_since_complaint")  # fmt: skip
PERSIAN, ARABIC = words_in(Language.PERSIAN), words_in(Language.ARABIC)
SILENT = {"recency_days": 74.0, "gap_mean_days": 21.0}


def told(words=ENGLISH, **changed):
    person = customer(**changed)
    rule = rule_of(person, POLICY)
    (sentence,) = stage_reasons(person, rule, stages_of(rule), words)
    return sentence


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (SILENT, "no order for 74 days; usually every 21: silent"),
        ({"recency_days": 200.0, "gap_mean_days": np.nan}, "no order for 200 days: silent"),
        ({}, "still a customer, but 60% likely to leave: considering"),
        ({"churn_probability": 0.1}, "ordered 20 days ago; usually every 30: ideal"),
        ({"tenure_days": 1.0, "churn_probability": 0.1}, "customer for 1 day: new"),
        (
            {"recency_days": 390.0, "churn_probability": 0.95},
            "no order for 390 days; usually every 30; 95% likely to leave: lost",
        ),
        (
            {"complaints_open": 1.0, "days_since_complaint": 3.0},
            "a complaint of 3 days ago is not settled: unhappy",
        ),
        (
            {"satisfaction_last": 2.0, "days_since_complaint": 9.0},
            "rated a complaint of 9 days ago 2 of 5: unhappy",
        ),
        ({"complaints_open": 1.0, "days_since_complaint": 90.0}, "a complaint is still open: unhappy"),
        ({"contracts_ending": 1.0}, "there is proof of leaving, such as notice given: defecting"),
        ({"gone": True}, "known to have left: lost"),
        ({"scored": False, "churn_probability": np.nan, "recency_days": np.nan}, "no order on record: new"),
        ({"scored": False, "churn_probability": np.nan}, "too little is known to score: new"),
        ({"recency_days": np.nan, "churn_probability": 0.1}, "nothing speaks of leaving: ideal"),
    ],
)
def test_a_stage_is_told_with_what_put_the_customer_there(changed, sentence):
    assert told(**changed) == sentence


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (PERSIAN, "۷۴ روز است سفارشی نداده؛ معمولاً هر ۲۱ روز: خاموش"),
        (ARABIC, "لا طلبات منذ ٧٤ يومًا؛ والمعتاد كل ٢١ يومًا: صامت"),
    ],
)
def test_a_stage_is_told_in_the_language(words, sentence):
    assert told(words, **SILENT) == sentence.translate(ISOLATES)


def test_every_rule_has_a_sentence_and_a_stage():
    assert set(SENTENCES) == set(STAGE_OF) == set(StageRule)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, known_or_not)), st.floats(0, 1), st.booleans())
def test_everybody_is_in_exactly_one_stage_for_exactly_one_reason(values, probability, gone):
    person = customer(**values, churn_probability=probability, gone=gone)
    (rule,) = rule_of(person, POLICY).tolist()
    (stage,) = stages_of(np.array([rule])).tolist()
    assert STAGE_OF[StageRule(rule)] is LifecycleStage(stage)
    assert told(**values, churn_probability=probability, gone=gone).endswith(f": {stage}")
