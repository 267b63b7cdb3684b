from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.errors import InvalidSetting
from models.domain.vocabulary import LifecycleStage
from models.policy.customers import LifecycleFeatures
from models.policy.lifecycle import gaps_of_silence, lifecycle_stage
from tests.policy_examples import LIFECYCLE, features

known_or_not = st.one_of(st.just(np.nan), st.floats(0, 2000))
names = ("recency_days", "tenure_days", "gap_mean_days", "complaints_open", "unresolved_age_days",
         "satisfaction_last", "days_since_complaint")  # fmt: skip


@given(st.fixed_dictionaries(dict.fromkeys(names, known_or_not)), st.one_of(st.just(np.nan), st.floats(0, 1)))
def test_everybody_has_exactly_one_stage_of_the_vocabulary(values, probability):
    (stage,) = lifecycle_stage(features(**values), np.array([probability]), LIFECYCLE)
    assert stage in set(LifecycleStage)


@given(st.fixed_dictionaries(dict.fromkeys(names, known_or_not)), st.floats(0, 1))
def test_nobody_is_defecting_without_evidence(values, probability):
    (stage,) = lifecycle_stage(features(**values), np.array([probability]), LIFECYCLE)
    assert stage != LifecycleStage.DEFECTING


def test_a_feature_that_the_source_lacks_is_not_a_number():
    assert np.isnan(LifecycleFeatures.from_columns({}, 3).satisfaction_last).all()


def test_silence_is_counted_in_the_customers_own_gaps():
    assert gaps_of_silence(features(recency_days=75.0), LIFECYCLE).tolist() == [2.5]


def test_lost_must_lie_beyond_silent():
    with pytest.raises(InvalidSetting, match=r"policy\.lifecycle\.lost_gaps"):
        replace(LIFECYCLE, lost_gaps=1.0)


def test_a_lost_customer_cannot_still_be_new():
    with pytest.raises(InvalidSetting, match=r"policy\.lifecycle\.lost_days"):
        replace(LIFECYCLE, lost_days=10)
