"""The arithmetic that is printed is that of the answer."""

import re
from dataclasses import replace

import numpy as np
import pytest

from models.domain.money import format_minor
from models.domain.vocabulary import LifecycleStage
from models.policy.arithmetic import Asked, arithmetic
from models.policy.assess import assess
from models.policy.consent import NO
from tests.policy_examples import MEAN_ORDER, POLICY, customer, policy

COMPLAINT = {"complaints_open": 1.0, "days_since_complaint": 3.0}


def printed(settings=POLICY, **changed):
    lines = arithmetic(Asked(customer(**changed), settings, MEAN_ORDER, "EUR"))
    return [line.text.strip() for line in lines]


def line(told, begins):
    (found,) = [text for text in told if text.startswith(begins)]
    return found


@pytest.mark.parametrize("action", ["coupon", "call"])
def test_the_cap_printed_is_the_cap_of_the_action(action):
    found = assess(customer(), POLICY, MEAN_ORDER)
    (number, *_) = [number for number, offer in enumerate(found.offered.offers) if offer.action.id == action]
    cap = format_minor(int(found.offered.cap[number][0]), "EUR")
    assert line(printed(), f"cap({action})") == f"cap({action}) = {cap}"


def test_the_gain_printed_is_the_expected_gain_of_the_choice():
    gain = assess(customer(), POLICY, MEAN_ORDER).choice.expected_gain_minor[0]
    assert f"expected gain {format_minor(int(gain), 'EUR')}" in printed()[-1]


def test_every_offer_prints_its_gain_rounded_down_as_it_is_compared():
    found = assess(customer(), POLICY, MEAN_ORDER).offered
    allowed = found.gain[found.gain > np.iinfo(np.int64).min // 2]
    gains = [re.search(r"= (\S+ EUR), rounded down", text) for text in printed()]
    assert {format_minor(int(gain), "EUR") for gain in allowed} <= {gain[1] for gain in gains if gain}


def test_an_action_that_is_not_allowed_says_what_forbids_it():
    assert line(printed(consents={"email": NO}), "coupon") == (
        "coupon: no, no consent for email (customers; policy.unknown_consent)"
    )


def test_a_complaint_leaves_recovery_only():
    assert line(printed(**COMPLAINT), "call: no") == "call: no, a complaint is open: recovery only"


def test_a_recovery_prints_its_own_bound():
    assert "15.00 EUR" in line(printed(**COMPLAINT), "a recovery is bounded")


def test_who_is_left_alone_is_told_why():
    assert printed(value_at_stake_low_minor=0, value_at_stake_minor=0)[-1] == "cap too low"


def test_the_stage_is_told_with_its_rule():
    assert printed()[1] == "still a customer, but 60% likely to leave: considering"


def test_every_input_names_its_source():
    told = arithmetic(Asked(customer(), POLICY, MEAN_ORDER, "EUR"))
    derived = ("R₀", "κ", "chance of staying")
    inputs = [line for line in told if re.match(r"  [a-z].* = ", line.text) and "cap(" not in line.text]
    assert [
        line.text for line in inputs if not line.source and not any(d in line.text for d in derived)
    ] == []


def test_the_share_of_the_stage_is_named():
    stingy = policy(phi={**POLICY.phi, LifecycleStage.CONSIDERING: 0.0})
    assert line(printed(stingy), "limit =").endswith("= 0.00 EUR")


def test_who_ordered_once_is_measured_by_the_gap_that_stands_in():
    assert line(printed(gap_mean_days=np.nan, recency_days=45.0), "silence") == (
        "silence = 45.0 days of silence ÷ the larger of 90 and 10 = 0.50 gaps of who ordered once"
    )


def test_who_never_ordered_has_no_silence_to_measure():
    stranger = {"scored": False, "churn_probability": np.nan, "recency_days": np.nan, "tenure_days": np.nan}
    told = printed(**stranger, gap_mean_days=np.nan)
    assert line(told, "silence") == "silence: nothing was ordered yet"
    assert not [text for text in told if re.search(r"\bnan\b", text)]


def test_a_recovery_prints_the_authority_of_its_owner():
    owned = policy(
        actions=tuple(replace(action, owner="care") for action in POLICY.actions),
        authority_minor={"care": 430},
    )
    assert line(printed(owned, **COMPLAINT), "a recovery is bounded").endswith(": 4.00 EUR")


def test_every_offer_of_a_recovery_prints_whether_it_is_within_the_limit():
    told = [text for text in printed(**COMPLAINT, lifetime_value_minor=0) if "within" in text]
    assert told == [
        "L 1.00 EUR within the limit 15.00 EUR? yes",
        "L 6.00 EUR within the limit 15.00 EUR? yes",
    ]


CONTRACT = {"contracts_running": 1.0, "churn_probability": 0.3}


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"given_unused_90": 3.0, "days_since_use": 1.0}, "stays, and left 3 offers"),
        ({"given_unused_90": 3.0, "days_since_use": 91.0}, "pays for a contract, last used 91 days ago"),
        ({"given_unused_90": 0.0, "days_since_use": 91.0}, "pays for a contract, last used 91 days ago"),
    ],
)
def test_a_sleeping_dog_is_told_by_the_rule_that_holds(known, why):
    everywhere = policy(actions=tuple(replace(each, stages=tuple(LifecycleStage)) for each in POLICY.actions))
    assert why in line(printed(everywhere, **CONTRACT, **known), "coupon: no")
