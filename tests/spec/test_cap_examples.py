"""Caps by example, worked by hand.

The customer is silent with p = ½, so 4·R₀(1−R₀) = 1. A coupon costs 10 to send, with face values 200, 500,
1000; θ = 5 % of 6000 = 300; γ = .2, its low end .1; touch .01, its low end 0; q at most 1; κ = .8; φ = .1.

    f      1−e^{−f/300}   τ        τ_lo      E_hi = 10 + f·(½ + τ)   pays from S_lo = E_hi ÷ (.8·τ_lo)   fits φ·S_lo from
    200    .48658         .10732   .048658   131.46                  3377.2                              2100
    500    .81112         .17222   .081112   346.11                  5333.9                              5100
    1000   .96433         .20287   .096433   712.87                  9240.5                              10100
"""  # noqa: E501  # the table is the point

import numpy as np
import pytest

from models.domain.vocabulary import LifecycleStage
from models.policy.allocation.problem import FORBIDDEN
from models.policy.assess import assess
from models.policy.consent import YES
from tests.policy_examples import COUPON, MEAN_ORDER, POLICY, customer, policy

SILENT = {"recency_days": 61.0, "churn_probability": 0.5, "consents": {"email": YES}}
TIGHT = policy(absolute_limit_minor=900, recovery_authority_minor=900)
STINGY = policy(phi={**POLICY.phi, LifecycleStage.SILENT: 0.0})
GREEDY = policy(required_roi=1.0)

COUPON_EXAMPLES = [
    # S_lo, lifetime value, policy, cap, why
    (0, 40_000, POLICY, 0, "nothing at stake for certain"),
    (3377, 40_000, POLICY, 0, "200 does not pay yet at the low end"),
    (3378, 40_000, POLICY, 210, "200 pays"),
    (5333, 40_000, POLICY, 210, "500 fits the share but does not pay"),
    (5334, 40_000, POLICY, 510, "500 pays and fits"),
    (10_099, 40_000, POLICY, 510, "1000 pays but exceeds a tenth of the stake"),
    (10_100, 40_000, POLICY, 1010, "1000 pays and fits"),
    (900_000, 40_000, POLICY, 1010, "the menu ends here"),
    (10_100, 19_999, POLICY, 510, "the middle tier gives at most 500"),
    (10_100, 4999, POLICY, 0, "the lowest tier gives nothing"),
    (10_100, 40_000, TIGHT, 510, "never more than the absolute limit"),
    (10_100, 40_000, STINGY, 0, "no share of the stake for this stage"),
    (5334, 40_000, GREEDY, 0, "a required return of 100 % asks more of every unit: κ = .5"),
    (5404, 40_000, GREEDY, 210, "131.46 ÷ (.5·.048658) = 5403.5"),
]

COMPLAINT = {"complaints_open": 1.0, "days_since_complaint": 3.0, "consents": {"email": YES}}

RECOVERY_EXAMPLES = [
    # S_lo, p, cap, why
    (4000, 0.5, 1000, "a quarter of the stake"),
    (4199, 0.5, 1000, "1049 rounded down to a multiple of 50"),
    (6000, 0.5, 1500, "the agent's whole authority"),
    (90_000, 0.5, 1500, "never beyond the authority"),
    (199, 0.5, 0, "49 is less than one step"),
    (4000, 0.01, 1000, "a complaint is mended whether or not the customer would leave"),
]


@pytest.mark.parametrize(
    ("low", "value", "settings", "cap", "why"), COUPON_EXAMPLES, ids=[row[4] for row in COUPON_EXAMPLES]
)
def test_the_cap_is_the_greatest_liability_that_fits_and_pays(low, value, settings, cap, why):
    silent = customer(value_at_stake_low_minor=low, lifetime_value_minor=value, **SILENT)
    assert assess(silent, settings, MEAN_ORDER).greatest_cap_minor.tolist() == [cap]


@pytest.mark.parametrize(
    ("low", "probability", "cap", "why"), RECOVERY_EXAMPLES, ids=[row[3] for row in RECOVERY_EXAMPLES]
)
def test_the_cap_of_a_recovery_is_a_share_of_the_stake_within_the_authority(low, probability, cap, why):
    complainant = customer(value_at_stake_low_minor=low, churn_probability=probability, **COMPLAINT)
    assert assess(complainant, POLICY, MEAN_ORDER).greatest_cap_minor.tolist() == [cap]


def test_a_recovery_is_offered_up_to_its_cap_whatever_the_tier():
    poor = customer(value_at_stake_low_minor=4000, lifetime_value_minor=0, **COMPLAINT)
    found = assess(poor, POLICY, MEAN_ORDER).offered
    made = {
        offer.liability
        for offer, gain in zip(found.offers, found.gain[:, 0], strict=True)
        if gain > FORBIDDEN
    }
    assert made == {100, 600}


def test_without_an_open_complaint_there_is_no_recovery():
    annoyed = customer(satisfaction_last=1.0, days_since_complaint=5.0, consents={"email": YES})
    assert assess(annoyed, POLICY, MEAN_ORDER).greatest_cap_minor.tolist() == [0]


def test_an_unscored_customer_has_no_cap():
    stranger = customer(scored=False, churn_probability=np.nan, consents={"email": YES})
    assert assess(stranger, POLICY, MEAN_ORDER).greatest_cap_minor.tolist() == [0]


def test_the_examples_are_about_the_coupon():
    assert COUPON.face_values_minor == (200, 500, 1000)
