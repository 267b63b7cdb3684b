"""A small world, lived once: it fits the contract, keeps its own laws and shows the published facts."""

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.contract.storage import write_table
from models.contract.tables import table as declared
from models.domain.instants import DAY, local_date, local_midnight
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

ZONE = "Europe/Berlin"
SMALL = SimulatorSettings(customers=2_000, seed=11)
NAMES = ("orders", "customers", "complaints", "contacts", "offers", "surveys", "activity")
AHEAD = "promised_at"  # the one instant that is known before it comes


@pytest.fixture(scope="module")
def world():
    return simulate(SMALL, ZONE)


@pytest.fixture(scope="module")
def again():
    return simulate(SMALL, ZONE)


@pytest.fixture(scope="module")
def complainers():
    """The verdicts on many complaints: the facts about them need some hundreds answered late."""
    return simulate(replace(SMALL, customers=6_000, complaint_share=0.08), ZONE).oracle["complaints"]


def micros(column):
    return column.cast(pa.int64()).to_numpy()


def digest(table, path):
    write_table(table, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lines_with_departure(world):
    left = world.oracle["customers"].select(["customer_id", "left_at"])
    return world.tables["orders"].join(left, "customer_id")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes(world, again, name, tmp_path):
    assert digest(world.tables[name], tmp_path / "a") == digest(again.tables[name], tmp_path / "b")


def test_the_same_seed_gives_the_same_truth(world, again):
    assert all(again.oracle[name].equals(truth) for name, truth in world.oracle.items())


@pytest.mark.parametrize(
    "nothing", ["complaint_share", "silent_problem_share", "sleeping_dogs", "offer_strength", "return_share"]
)
def test_a_world_may_lack_what_a_setting_turns_off(nothing):
    lacking = simulate(replace(SMALL, customers=200, **{nothing: 0.0}), ZONE)
    assert lacking.tables["orders"].num_rows > 0


def test_another_seed_gives_another_world(world):
    assert not simulate(replace(SMALL, seed=12), ZONE).tables["orders"].equals(world.tables["orders"])


def test_stronger_offers_change_nothing_before_the_first_campaign(world):
    stronger = simulate(replace(SMALL, offer_strength=2.0), ZONE)
    first = pc.min(world.tables["offers"]["assigned_at"])
    early, same = (
        shop.tables["orders"].filter(pc.less(shop.tables["orders"]["ordered_at"], first))
        for shop in (world, stronger)
    )
    assert early.equals(same)


@pytest.mark.parametrize("name", NAMES)
def test_every_table_fits_the_contract(world, name):
    table = world.tables[name]
    assert table.schema.equals(declared(name).schema(tuple(table.column_names)))


@pytest.mark.parametrize("name", NAMES)
def test_required_columns_are_never_null(world, name):
    required = (*declared(name).required_names, *({"known_at"} & set(world.tables[name].column_names)))
    assert all(world.tables[name][column].null_count == 0 for column in required)


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_unique(world, name):
    keys = [world.tables[name][column].to_pylist() for column in declared(name).key]
    assert len(set(zip(*keys, strict=True))) == world.tables[name].num_rows


@pytest.mark.parametrize("name", NAMES)
def test_values_stay_within_what_the_contract_allows(world, name):
    table = world.tables[name]
    limited = [c for c in declared(name).columns if c.name in table.column_names and c.low is not None]
    assert all(pc.min(table[c.name]).as_py() >= c.low for c in limited)


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_sorted_by_customer_and_time(world, name):
    table = world.tables[name]
    by = [("customer_id", "ascending"), (declared(name).event, "ascending")]
    columns = [column for column, _ in by]
    assert table.select(columns).equals(table.select(columns).sort_by(by))


def test_the_world_ends_at_a_local_midnight(world):
    assert world.extracted_at == local_midnight(local_date(world.extracted_at, ZONE), ZONE)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_known_that_comes_after_the_end(world, name):
    table = world.tables[name]
    dated = [f.name for f in table.schema if pa.types.is_timestamp(f.type) and f.name != AHEAD]
    latest = [pc.max(table[column].cast(pa.int64())).as_py() for column in dated]
    assert max(moment for moment in latest if moment is not None) <= world.extracted_at


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_known_before_it_happens(world, name):
    table = world.tables[name]
    pairs = [p for p in declared(name).known_at if set(p) <= set(table.column_names) and p[0] != AHEAD]
    assert all(pc.all(pc.less_equal(table[fact], table[known])).as_py() for fact, known in pairs)


def test_nobody_orders_after_leaving(world):
    lines = lines_with_departure(world)
    bought = lines.filter(pc.greater(lines["amount_minor"], 0))
    assert not pc.any(pc.greater(bought["ordered_at"], bought["left_at"])).as_py()


def test_every_other_table_names_known_customers_only(world):
    known = world.tables["customers"]["customer_id"]
    assert all(pc.all(pc.is_in(world.tables[name]["customer_id"], known)).as_py() for name in NAMES)


def test_every_return_takes_back_a_line_that_was_bought(world):
    orders = world.tables["orders"]
    line = pc.replace_substring(orders["line_id"], "R", "")
    sums = pa.table({"o": orders["order_id"], "l": line, "a": orders["amount_minor"]})
    left = sums.group_by(["o", "l"]).aggregate([("a", "sum")])["a_sum"]
    assert pc.min(left).as_py() == 0


def test_about_one_line_in_twenty_five_comes_back(world):
    returned = pc.mean(pc.less(world.tables["orders"]["amount_minor"], 0)).as_py()
    assert 0.03 < returned < 0.05


def test_a_customer_has_about_twenty_lines(world):
    assert 15 < world.tables["orders"].num_rows / SMALL.customers < 25


def test_about_one_order_in_thirty_draws_a_complaint(world):
    orders = pc.count_distinct(world.tables["orders"]["order_id"]).as_py()
    assert 0.025 < world.tables["complaints"].num_rows / orders < 0.045


def test_some_complaints_are_never_answered(world):
    assert world.tables["complaints"]["first_response_at"].null_count > 0


def test_what_is_learned_by_settling_a_complaint_is_null_until_then(world):
    complaints = world.tables["complaints"]
    unsettled = complaints.filter(complaints["resolved_at"].is_null())
    assert unsettled["root_cause"].null_count == unsettled["satisfaction"].null_count == unsettled.num_rows


def test_december_sells_more_than_any_other_month(world):
    month = pc.month(world.tables["orders"]["ordered_at"]).to_numpy()
    assert np.bincount(month).argmax() == 12


def test_orders_are_placed_in_local_opening_hours(world):
    bought = world.tables["orders"].filter(pc.greater(world.tables["orders"]["amount_minor"], 0))
    hours = pc.hour(bought["ordered_at"].cast(pa.timestamp("us", tz=ZONE)))
    assert (pc.min(hours).as_py(), pc.max(hours).as_py()) == (8, 21)


# Published facts about complaints; tolerance: 6,000 customers give about 600 late answers.


def test_of_those_answered_after_five_days_four_to_five_in_ten_are_lost(complainers):
    late = complainers.filter(pc.greater(complainers["answered_after_days"], 5))
    assert 0.40 <= pc.mean(late["leaves_probability"]).as_py() <= 0.50


def test_answered_within_a_day_and_resolved_keeps_more_than_no_complaint_at_all(complainers):
    quick = complainers.filter(
        pc.and_(pc.less_equal(complainers["answered_after_days"], 1), complainers["resolved"])
    )
    assert pc.mean(quick["leaves_probability"]).as_py() < pc.mean(quick["leaves_without_complaint"]).as_py()


def test_verdicts_fall_as_often_as_the_law_says(complainers):
    said, fell = pc.mean(complainers["leaves_probability"]), pc.mean(complainers["lost"])
    assert fell.as_py() == pytest.approx(said.as_py(), abs=0.02)


# The trial and the truth behind it.


def test_logged_propensities_of_the_trial_are_even(world):
    offers = world.tables["offers"]
    trial = offers.filter(pc.equal(offers["campaign_id"], "trial"))
    np.testing.assert_allclose(trial["propensity"].to_numpy(), 1 / 3)


def test_an_unknown_design_logs_no_propensity(world):
    offers = world.tables["offers"]
    unknown = offers.filter(pc.equal(offers["design"], "unknown"))
    assert unknown["propensity"].null_count == unknown.num_rows > 0


def test_the_control_redeems_nothing(world):
    offers = world.tables["offers"]
    control = offers.filter(pc.equal(offers["arm"], "none"))
    assert control["redeemed_at"].null_count == control.num_rows


def test_the_dearer_coupon_keeps_more_but_never_as_much_as_marketers_hope(world):
    trial = world.oracle["trial"]
    none, small, large = (
        pc.mean(trial[f"retained_{arm}"]).as_py() for arm in ("none", "coupon_500", "coupon_1500")
    )
    assert 0 < small - none < large - none < 0.10


def test_no_sleeping_dog_is_kept_by_a_coupon(world):
    truth = world.oracle["customers"].select(["customer_id", "sleeping_dog"])
    trial = world.oracle["trial"].join(truth, "customer_id")
    dogs = trial.filter(trial["sleeping_dog"])
    assert pc.mean(dogs["retained_coupon_1500"]).as_py() < pc.mean(dogs["retained_none"]).as_py()


def test_the_arm_that_was_given_is_the_outcome_that_the_orders_show(world):
    trial, orders = world.oracle["trial"], world.tables["orders"]
    since = micros(trial["assigned_at"])[0]
    at = micros(orders["ordered_at"])
    within = (at > since) & (at <= since + 90 * DAY) & (orders["amount_minor"].to_numpy() > 0)
    bought = pc.is_in(trial["customer_id"], pc.unique(orders["customer_id"].filter(pa.array(within))))
    arms = np.array(trial["arm"].to_pylist())
    told = np.select(
        [arms == arm for arm in ("none", "coupon_500")],
        [trial[f"retained_{arm}"].to_numpy() for arm in ("none", "coupon_500")],
        trial["retained_coupon_1500"].to_numpy(),
    )
    np.testing.assert_array_equal(told, bought.to_numpy())


def test_the_true_chance_of_churn_is_how_often_it_happens(world):
    truth = world.oracle["customers"].filter(world.oracle["customers"]["left_at"].is_null())
    chance, churned = pc.mean(truth["churn_probability"]), pc.mean(truth["churned"])
    assert chance.as_py() == pytest.approx(churned.as_py(), abs=0.03)


def test_simulating_does_not_import_pandas():
    code = (
        "import sys; from pipelines.sources.simulator.world import simulate; "
        "from pipelines.sources.simulator.settings import SimulatorSettings; "
        "simulate(SimulatorSettings(customers=200), 'UTC'); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
