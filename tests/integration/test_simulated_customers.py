"""What a simulated world hides in its tables: drifting tastes, fewer visits, weary customers."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.domain.instants import DAY, MINUTE
from pipelines.sources.simulator.facts import micros, numbered
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.timeline import last_at
from pipelines.sources.simulator.world import simulate

ZONE = "Europe/Berlin"
SETTINGS = SimulatorSettings(customers=8_000, seed=5)
SLOW = ("neglect", "product", "competitor", "friends", "circumstances")


@pytest.fixture(scope="module")
def world():
    return simulate(SETTINGS, ZONE)


@pytest.fixture(scope="module")
def customers(world):
    """The oracle's customers with what chance sent to them, one row each."""
    return world.oracle["customers"].join(world.oracle["letters"], "customer_id").sort_by("customer_id")


def bought(world):
    return world.tables["orders"].filter(pc.greater(world.tables["orders"]["amount_minor"], 0))


def left_over(world, causes):
    departures = world.oracle["departures"]
    return departures.filter(pc.is_in(departures["cause"], pa.array(causes)))


def days_before_leaving(world, rows, column, causes):
    """For the rows of who left over these causes: days from the row until the parting."""
    both = rows.join(left_over(world, causes), "customer_id", join_type="inner")
    return both, (micros(both["left_at"]) - micros(both[column])) / DAY


def carts(world, causes):
    """Of who left over these causes after 200 days or more: carts in the last month, and in one before."""
    activity = world.tables["activity"]
    filled = activity.filter(pc.equal(activity["kind"], "cart"))
    rows, days = days_before_leaving(world, filled, "at", causes)
    people = world.tables["customers"]
    joined = micros(people["signed_up_at"])[numbered(rows["customer_id"], people["customer_id"])]
    long = micros(rows["left_at"]) - joined > 200 * DAY
    return (long & (days > 0) & (days < 30)).sum(), (long & (days > 150) & (days < 180)).sum()


def test_customers_look_around_less_before_a_parting_of_their_own_accord(world):
    last, before = carts(world, SLOW)
    assert last < 0.5 * before


def test_nobody_looks_around_less_before_a_complaint_takes_them_away(world):
    last, before = carts(world, ("complaint",))
    assert last > 0.7 * before


def test_whoever_is_gone_hardly_looks_in(world):
    activity = world.tables["activity"]
    filled = activity.filter(pc.equal(activity["kind"], "cart"))
    _, days = days_before_leaving(world, filled, "at", SLOW)
    assert 0 < ((days < 0) & (days > -60)).sum() < 0.2 * ((days > 150) & (days < 210)).sum()


def test_whoever_orders_is_in_the_shop(world):
    activity = world.tables["activity"]
    visits = activity.filter(pc.equal(activity["kind"], "visit"))
    everybody = world.oracle["customers"]["customer_id"]
    who, at = numbered(visits["customer_id"], everybody), micros(visits["at"])
    lines = bought(world)
    buyer, ordered_at = numbered(lines["customer_id"], everybody), micros(lines["ordered_at"])
    assert (ordered_at - at[last_at(who, at, buyer, ordered_at)]).max() <= 32 * MINUTE


def top_share(world, near):
    """Share of lines in what was the customer's favourite category, told by the lines of long before."""
    lines, days = days_before_leaving(world, bought(world), "ordered_at", SLOW)
    who = numbered(lines["customer_id"], world.oracle["customers"]["customer_id"])
    category = pc.index_in(lines["category"], value_set=pc.unique(lines["category"])).to_numpy()
    early = days > 240
    counts = np.zeros((who.max() + 1, category.max() + 1))
    np.add.at(counts, (who[early], category[early]), 1)
    known = counts.sum(axis=1)[who] >= 10
    asked = known & ((days < 40) & (days > 0) if near else (days > 120) & (days < 240))
    return (category[asked] == counts.argmax(axis=1)[who[asked]]).mean()


def test_tastes_drift_before_leaving(world):
    assert top_share(world, near=True) < 0.8 * top_share(world, near=False)


def test_customers_return_to_articles_of_their_own(world):
    lines = bought(world).select(["customer_id", "item_id"])
    different = lines.group_by(["customer_id", "item_id"]).aggregate([]).num_rows
    shuffled = pa.table(
        {
            "customer_id": lines["customer_id"],
            "item_id": lines["item_id"].take(pa.array(np.random.default_rng(0).permutation(lines.num_rows))),
        }
    )
    assert different < 0.8 * shuffled.group_by(["customer_id", "item_id"]).aggregate([]).num_rows


def test_later_cohorts_leave_sooner(world, customers):
    joined = world.tables["customers"].sort_by("customer_id")["signed_up_at"]
    late = micros(joined) > world.extracted_at - 365 * DAY
    hazard = customers["departures_per_year"].to_numpy()
    assert hazard[late].mean() > 1.1 * hazard[~late].mean()


def test_whoever_gets_too_many_letters_leaves_sooner(customers):
    letters, hazard = (customers[name].to_numpy() for name in ("letters_per_year", "departures_per_year"))
    assert hazard[letters > 10].mean() > 1.1 * hazard[letters <= 10].mean()


def kept_share(world, customers, who):
    """Of those swayable: how many more retain under the largest coupon, for customers who are `who`."""
    trial = world.oracle["trial"]
    place = numbered(trial["customer_id"], customers["customer_id"])
    chosen = (who & ~customers["sleeping_dog"].to_numpy())[place]
    none, most = (trial[f"retained_{arm}"].to_numpy()[chosen] for arm in ("none", "coupon_1500"))
    return most.mean() - none.mean()


def test_the_weary_answer_offers_less(world, customers):
    weary = customers["letters_per_year"].to_numpy() > 10
    assert kept_share(world, customers, weary) < kept_share(world, customers, ~weary)


def test_the_thrifty_answer_offers_most(world, customers):
    thrifty = customers["thrift"].to_numpy() > 0
    assert kept_share(world, customers, thrifty) > 1.3 * kept_share(world, customers, ~thrifty)


def redeemed(world, mask):
    offers = world.tables["offers"]
    made = offers.filter(pc.equal(offers["campaign_id"], "trial"))
    made = made.filter(pa.array(mask(made)))
    return 1 - made["redeemed_at"].null_count / made.num_rows


def test_the_dearer_coupon_is_used_more(world):
    shares = [
        redeemed(world, lambda made, arm=arm: pc.equal(made["arm"], arm).to_numpy())
        for arm in ("coupon_500", "coupon_1500")
    ]
    assert shares[0] < shares[1]


def test_the_thrifty_use_their_coupons_more(world, customers):
    thrift = customers["thrift"].to_numpy()

    def who(made, thrifty):
        place = numbered(made["customer_id"], customers["customer_id"])
        return pc.not_equal(made["arm"], "none").to_numpy() & ((thrift > 0) == thrifty)[place]

    thrifty, others = (redeemed(world, lambda made, t=t: who(made, t)) for t in (True, False))
    assert thrifty > 1.2 * others


def test_a_refund_is_paid_within_days_whatever_the_customer_does(world):
    offers = world.tables["offers"]
    paid = offers.filter(pc.and_(pc.equal(offers["arm"], "refund"), offers["redeemed_at"].is_valid()))
    days = (micros(paid["redeemed_at"]) - micros(paid["assigned_at"])) / DAY
    assert (days.min() >= 1, days.max() <= 3) == (True, True)


def test_refunds_are_tossed_for(world):
    offers = world.tables["offers"]
    tossed = offers.filter(pc.equal(offers["purpose"], "recovery"))
    given = pc.mean(pc.equal(tossed["arm"], "refund")).as_py()
    assert (abs(given - 0.5) < 0.06, pc.unique(tossed["propensity"]).to_pylist()) == (True, [0.5])


def test_hardly_a_complaint_stays_open_for_long(world):
    complaints = world.tables["complaints"]
    old = complaints.filter(pa.array(micros(complaints["opened_at"]) < world.extracted_at - 120 * DAY))
    still = pc.or_(
        old["resolved_at"].is_null(),
        pc.fill_null(pc.greater_equal(old["reopened_at"], old["resolved_at"]), False),
    )
    assert 0 < pc.mean(still).as_py() < 0.02


def test_calls_go_to_newcomers_within_days(world):
    contacts = world.tables["contacts"]
    calls = contacts.filter(pc.equal(contacts["purpose"], "onboarding"))
    calls = calls.join(world.tables["customers"].select(["customer_id", "signed_up_at"]), "customer_id")
    days = (micros(calls["contacted_at"]) - micros(calls["signed_up_at"])) / DAY
    assert (days.min() >= 1, days.max() <= 3) == (True, True)


def test_whom_somebody_called_comes_back_more_often(world):
    newcomers = world.oracle["onboarding"]
    orders = bought(world).group_by("customer_id").aggregate([("order_id", "count_distinct")])
    joined = newcomers.join(orders, "customer_id").join(world.tables["customers"], "customer_id")
    since = pc.min(joined.filter(joined["called_at"].is_valid())["signed_up_at"])
    asked = joined.filter(
        pc.and_(
            pc.and_(
                pc.greater_equal(joined["signed_up_at"], since),
                pa.array(micros(joined["signed_up_at"]) < world.extracted_at - 180 * DAY),
            ),
            pc.fill_null(joined["may_contact_phone"], True),
        )
    )
    again = pc.greater(asked["order_id_count_distinct"], 1)
    called = asked["called_at"].is_valid()
    assert pc.mean(again.filter(called)).as_py() > pc.mean(again.filter(pc.invert(called))).as_py()


def test_what_people_say_is_often_not_why_they_left(world):
    departures = world.oracle["departures"]
    left = departures.filter(pc.equal(departures["cause"], "competitor"))
    named = pc.mean(pc.equal(left["one_article"], "competitor")).as_py()
    assert 0.7 < named < 0.85


@pytest.fixture(scope="module")
def silent(world):
    """What the silent answered, and whether they had left by then."""
    asked = world.tables["surveys"].filter(world.tables["surveys"]["reason"].is_valid())
    both = asked.join(world.oracle["departures"], "customer_id", join_type="left outer")
    gone = pc.fill_null(pc.less_equal(both["left_at"], both["answered_at"]), False)
    return both.append_column("gone", gone)


def test_a_reason_stated_in_a_survey_is_no_proof_of_having_left(silent):
    named = silent.filter(pc.not_equal(silent["reason"], "no_need"))
    assert 0.1 < 1 - pc.mean(named["gone"]).as_py() < 0.6


def test_having_left_is_often_not_admitted_in_a_survey(silent):
    gone = silent.filter(silent["gone"])
    assert 0.15 < pc.mean(pc.equal(gone["reason"], "no_need")).as_py() < 0.35


def test_whoever_left_and_names_a_reason_says_what_they_would_tick(silent):
    named = silent.filter(pc.and_(silent["gone"], pc.not_equal(silent["reason"], "no_need")))
    assert named["reason"].equals(named["one_article"])


def test_the_dead_answer_no_survey(silent):
    assert "death" not in silent.filter(silent["gone"])["cause"].to_pylist()


def test_the_model_sees_no_cause(world):
    assert not any(
        "cause" in name and name != "root_cause" for t in world.tables.values() for name in t.column_names
    )


def test_half_of_the_silent_problems_leave_a_trace_at_the_till(world):
    activity, problems = world.tables["activity"], world.oracle["silent_problems"]
    failures = pc.sum(pc.is_in(activity["kind"], pa.array(["checkout_failed", "payment_failed"]))).as_py()
    assert pc.sum(problems["traced"]).as_py() < failures < problems.num_rows


def test_a_shop_may_keep_no_log_of_visits():
    assert "activity" not in simulate(replace(SETTINGS, customers=200, visits_per_order=0.0), ZONE).tables


def test_a_log_of_visits_changes_nothing_else(world):
    silent = simulate(replace(SETTINGS, visits_per_order=0.0), ZONE)
    assert all(silent.tables[name].equals(world.tables[name]) for name in silent.tables)
