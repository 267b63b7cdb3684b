"""Which assignments may teach, when their features are read, and what followed: leaks above all."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from models.contract.tables import OFFERS
from models.domain.instants import DAY, to_micros
from models.evaluation.contract_ends import Contracts, let_end
from models.evaluation.labels import OrderLines
from models.evaluation.trial_outcomes import bought_within, let_end_within, margin_within
from models.evaluation.trials import NEVER, Assigned, arm_of, assigned

SENT = datetime(2025, 3, 3, 10, tzinfo=UTC)
AS_OF = to_micros(SENT) + 120 * DAY
ROW = {
    "campaign_id": "spring", "customer_id": "a", "assigned_at": SENT, "arm": "coupon", "propensity": 0.5,
    "design": "randomised", "purpose": "retention", "face_value_minor": 500, "contact_cost_minor": 10,
    "redeemed_at": None, "redeemed_known_at": None, "known_at": SENT,
}  # fmt: skip


def offers(*changes):
    return pa.Table.from_pylist([ROW | change for change in changes], schema=OFFERS.schema())


def usable(*changes, as_of=AS_OF, most=10):
    return assigned(offers(*changes), as_of, 90, "UTC", most)


def lines(*orders):
    """Orders as (customer, ordered_at, known_at, amount); the margin is half of it."""
    ids = np.array(sorted({each[0] for each in orders}), dtype=object)
    ordered = sorted(orders, key=lambda each: each[1])
    amount = np.array([each[3] for each in ordered])
    return OrderLines(
        ids,
        np.array([ids.tolist().index(each[0]) for each in ordered]),
        np.array([to_micros(each[1]) for each in ordered]),
        np.array([to_micros(each[2]) for each in ordered]),
        amount,
        amount // 2,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"design": "unknown"},
        {"propensity": None},
        {"propensity": 1.0},
        {"propensity": 0.0},
        {"purpose": "recovery"},
        {"purpose": "owed"},
    ],
)
def test_what_no_chance_decided_teaches_nothing(change):
    assert len(usable(change)) == 0


def test_a_campaign_whose_horizon_is_open_teaches_nothing():
    closes = to_micros(datetime(2025, 6, 1, tzinfo=UTC))
    assert [len(usable({}, as_of=as_of)) for as_of in (closes - 1, closes)] == [0, 1]


def test_features_are_read_before_the_offer_was_known():
    assert usable({}).instant.tolist() == [to_micros(SENT) - 1]


def test_features_of_a_campaign_that_took_hours_are_read_before_the_first_of_the_day():
    later = SENT + timedelta(hours=5)
    found = usable({}, {"customer_id": "b", "assigned_at": later, "known_at": later})
    assert set(found.instant.tolist()) == {to_micros(SENT) - 1}


def test_without_a_limit_every_instant_counts():
    days = [
        {
            "customer_id": f"c{day}",
            "assigned_at": SENT - timedelta(days=day),
            "known_at": SENT - timedelta(days=day),
        }
        for day in range(20)
    ]
    assert len(usable(*days, most=None)) == 20


def test_only_the_newest_instants_are_looked_back_from():
    older = SENT - timedelta(days=200)
    found = usable({}, {"campaign_id": "winter", "assigned_at": older, "known_at": older}, most=1)
    assert found.campaign.tolist() == ["spring"]


def test_a_redemption_that_became_known_too_late_is_none():
    used = SENT + timedelta(days=3)
    late = SENT + timedelta(days=100)
    found = usable(
        {"redeemed_at": used}, {"customer_id": "b", "redeemed_at": used, "redeemed_known_at": late}
    )
    assert found.redeemed_at.tolist() == [to_micros(used), NEVER]


@pytest.mark.parametrize(
    ("ordered", "known", "stays"),
    [
        (timedelta(), timedelta(), 0.0),  # the assignment's own instant is not after it
        (timedelta(days=1), timedelta(days=1), 1.0),
        (timedelta(days=89), timedelta(days=89), 1.0),
        (timedelta(days=91), timedelta(days=91), 0.0),
        (timedelta(days=1), timedelta(days=95), 0.0),  # nobody knew of it in time
    ],
)
def test_who_stayed_is_who_bought_within_the_horizon_as_known_at_its_end(ordered, known, stays):
    orders = lines(("a", SENT + ordered, SENT + known, 100))
    assert bought_within(orders, usable({})).tolist() == [stays]


def test_a_return_is_no_purchase_and_counts_in_the_margin():
    day = SENT + timedelta(days=2)
    orders = lines(("a", day, day, -100))
    assert (bought_within(orders, usable({})).tolist(), margin_within(orders, usable({})).tolist()) == (
        [0.0],
        [-50.0],
    )


def test_who_is_in_no_order_did_not_stay():
    day = SENT + timedelta(days=2)
    assert bought_within(lines(("z", day, day, 100)), usable({})).tolist() == [0.0]


def test_face_values_tell_arms_of_one_name_apart():
    found = usable({}, {"customer_id": "b", "face_value_minor": 1500})
    assert arm_of(found).tolist() == ["coupon:500", "coupon:1500"]


def test_face_values_that_rose_with_prices_are_one_arm():
    found = usable({}, {"customer_id": "b", "face_value_minor": 530})
    assert arm_of(found).tolist() == ["coupon", "coupon"]


def by_the_second(many=300):
    """Assignments a second apart, of thirty customers; and their orders, some of them known late."""
    random = np.random.default_rng(4)
    ids = np.array([f"c{number:02d}" for number in range(30)], dtype=object)
    sent = to_micros(SENT) + np.arange(many) * 1_000_000
    of = Assigned(
        customer_id=ids[random.integers(0, 30, many)],
        campaign=np.full(many, "spring", dtype=object),
        arm=np.full(many, "coupon", dtype=object),
        propensity=np.full(many, 0.5),
        face_value=np.zeros(many),
        contact_cost=np.zeros(many),
        assigned_at=sent,
        redeemed_at=np.full(many, NEVER),
        instant=sent - 1,
        closes=sent + 20 * DAY,
    )
    at = np.sort(to_micros(SENT) + (random.random(90) * 40 - 5) * DAY).astype(np.int64)
    known = at + (random.random(90) < 0.3) * 15 * DAY
    amount = random.integers(-500, 1500, 90)
    return of, OrderLines(ids[3:], random.integers(0, 27, 90), at, known, amount, amount // 2)


def one_by_one(of, lines, row):
    """The amounts and margins of one assignment's customer within its horizon, looked up line by line."""
    whose = lines.customer_ids[lines.customer] == of.customer_id[row]
    within = (lines.ordered_at > of.assigned_at[row]) & (lines.ordered_at <= of.closes[row])
    of_it = whose & within & (lines.known_at <= of.closes[row])
    return lines.amount_minor[of_it], lines.margin_minor[of_it]


def test_what_followed_is_the_same_as_looked_up_one_by_one():
    of, lines_ = by_the_second()
    told = [one_by_one(of, lines_, row) for row in range(len(of))]
    assert bought_within(lines_, of).tolist() == [float((amounts > 0).any()) for amounts, _ in told]
    assert margin_within(lines_, of).tolist() == [float(margins.sum()) for _, margins in told]


def test_whoever_let_their_contract_end_is_the_same_as_looked_up_one_by_one():
    of, lines_ = by_the_second()
    random, at = np.random.default_rng(5), to_micros(SENT)
    begun = at - (random.random(40) * 20 * DAY).astype(np.int64)
    ends = np.where(random.random(40) < 0.5, at + (random.random(40) * 30 * DAY).astype(np.int64), NEVER)
    whose = random.integers(0, 27, 40)
    late = np.where(ends < NEVER, ends + (random.random(40) < 0.3) * 10 * DAY, NEVER)
    contracts = Contracts(whose, begun, begun, ends, late)
    told = let_end_within(contracts, lines_.customer_ids, of)
    for row in range(len(of)):
        ended = let_end(contracts, int(of.assigned_at[row]), int(of.closes[row]), 27)
        place = np.flatnonzero(lines_.customer_ids == of.customer_id[row])
        assert told[row] == (len(place) > 0 and ended[place[0]])
    assert told.any()
