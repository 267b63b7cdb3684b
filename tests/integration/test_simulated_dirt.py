"""Each kind of dirt shows where it should, moves nothing else, and ingest accounts for every row of it."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models.contract.storage import read_summary
from models.contract.tables import table as declared
from models.domain.instants import DAY, MINUTE
from pipelines import ingest, paths
from pipelines.sources.simulator.dirt_settings import DirtSettings
from pipelines.sources.simulator.settings import DAYS_PER_YEAR, SimulatorSettings
from pipelines.sources.simulator.world import simulate

ZONE = "Europe/Berlin"
SMALL = SimulatorSettings(customers=1_500, years=3, seed=10)
SHIFT = DirtSettings(level_shift=0.5, level_shift_after_years=2.0)
BACKLOG = DirtSettings(backlog=9.0, backlog_after_years=1.0, backlog_weeks=26)
KINDS = {
    "late": DirtSettings(late_share=0.1),
    "duplicates": DirtSettings(duplicate_share=0.1),
    "corrections": DirtSettings(corrected_share=0.1),
    "clocks": DirtSettings(clock_skew_minutes=30),
    "shift": SHIFT,
    "backlog": BACKLOG,
}
DATED = ("orders", "contacts", "surveys", "activity")
TWICE = (*DATED, "complaints")


@pytest.fixture(scope="module")
def clean():
    return simulate(SMALL, ZONE)


@pytest.fixture(scope="module")
def dirty():
    """A world for each kind of dirt."""
    return {name: simulate(replace(SMALL, dirt=dirt), ZONE) for name, dirt in KINDS.items()}


def micros(column):
    return column.cast(pa.int64()).to_numpy()


def after(world, years):
    """The instant so many years after the first day."""
    return world.extracted_at - (SMALL.days - round(years * DAYS_PER_YEAR)) * DAY


def before(table, event, instant):
    return table.filter(pa.array(micros(table[event]) < instant))


def delays(table, name):
    return micros(table["known_at"]) - micros(table[declared(name).event])


@pytest.mark.parametrize("kind", ["late", "duplicates", "corrections", "clocks"])
def test_dirt_in_the_books_leaves_the_truth_as_it_was(clean, dirty, kind):
    assert all(dirty[kind].oracle[name].equals(truth) for name, truth in clean.oracle.items())


@pytest.mark.parametrize("kind", ["late", "duplicates", "corrections", "clocks"])
@pytest.mark.parametrize("name", ["customers", "offers"])
def test_tables_that_a_kind_does_not_touch_stay_as_they_were(clean, dirty, kind, name):
    assert dirty[kind].tables[name].equals(clean.tables[name])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TWICE)
def test_dirty_rows_are_sorted_by_customer_and_time_still(dirty, kind, name):
    by = ["customer_id", declared(name).event]
    rows = dirty[kind].tables[name].select(by)
    assert rows.equals(rows.sort_by([(column, "ascending") for column in by]))


@pytest.mark.parametrize("name", ["contacts", "surveys", "activity"])
def test_about_one_fact_in_ten_is_late(dirty, name):
    assert 0.05 < (delays(dirty["late"].tables[name], name) > 0).mean() < 0.15


def test_the_lines_of_an_order_come_late_together(dirty):
    orders = dirty["late"].tables["orders"]
    bought = orders.filter(pc.greater(orders["amount_minor"], 0))
    told = bought.group_by("order_id").aggregate([("known_at", "min"), ("known_at", "max")])
    assert told["known_at_min"].equals(told["known_at_max"])


@pytest.mark.parametrize("name", DATED)
def test_nothing_is_told_that_becomes_known_after_the_end(dirty, name):
    assert micros(dirty["late"].tables[name]["known_at"]).max() <= dirty["late"].extracted_at


@pytest.mark.parametrize("name", DATED)
def test_of_late_facts_only_the_newest_are_missing(clean, dirty, name):
    gone = clean.tables[name].num_rows - dirty["late"].tables[name].num_rows
    at = micros(clean.tables[name][declared(name).event])
    assert 0 < gone <= (at > clean.extracted_at - 120 * DAY).sum() or name == "surveys"


@pytest.mark.parametrize("name", TWICE)
def test_about_one_row_in_ten_stands_twice(clean, dirty, name):
    assert 1.05 < dirty["duplicates"].tables[name].num_rows / clean.tables[name].num_rows < 1.15


@pytest.mark.parametrize("name", TWICE)
def test_without_its_repeats_a_table_is_the_clean_one(clean, dirty, name):
    rows = dirty["duplicates"].tables[name]
    found = pa.array([row != last for row, last in _beside(rows)])
    assert rows.filter(found).equals(clean.tables[name])


def _beside(rows):
    listed = rows.to_pylist()
    return zip(listed, [None, *listed[:-1]], strict=True)


@pytest.mark.parametrize(
    ("name", "value"), [("orders", "amount_minor"), ("complaints", "severity"), ("surveys", "score")]
)
def test_a_correction_differs_from_what_it_corrects_in_one_value(dirty, name, value):
    pairs = [
        {column for column in row if row[column] != last[column]}
        for row, last in list(_beside(dirty["corrections"].tables[name]))[1:]
        if all(row[column] == last[column] for column in declared(name).key)
    ]
    assert pairs == [{value}] * len(pairs) != []


@pytest.mark.parametrize("name", ["orders", "complaints", "surveys", "offers", "customers"])
def test_wrong_clocks_touch_contacts_and_visits_alone(clean, dirty, name):
    assert dirty["clocks"].tables[name].equals(clean.tables[name])


def test_wrong_clocks_are_wrong_by_half_an_hour_at_most(clean, dirty):
    by_id = [world.tables["contacts"].sort_by("contact_id") for world in (clean, dirty["clocks"])]
    off = np.abs(micros(by_id[1]["contacted_at"]) - micros(by_id[0]["contacted_at"]))
    assert (0 < off.max() <= 30 * MINUTE, len(np.unique(off)) > 2) == (True, True)


def test_a_slow_clock_dates_a_complaint_before_it_was_made(dirty):
    tables = dirty["clocks"].tables
    contacts = tables["contacts"].filter(pc.equal(tables["contacts"]["purpose"], "complaint"))
    told = contacts.join(tables["complaints"].select(["customer_id", "opened_at"]), "customer_id")
    gap = micros(told["opened_at"]) - micros(told["contacted_at"])
    assert ((gap > 0) & (gap <= 30 * MINUTE)).any()


@pytest.mark.parametrize("name", ["orders", "complaints", "contacts"])
def test_before_a_level_shift_everything_is_as_it_was(clean, dirty, name):
    event, when = declared(name).event, after(clean, 1.5)
    shifted, usual = (before(world.tables[name], event, when) for world in (dirty["shift"], clean))
    dated = [event, "customer_id"]
    assert shifted.select(dated).equals(usual.select(dated))


@pytest.mark.parametrize("name", ["orders", "activity"])
def test_after_a_level_shift_about_half_is_left(clean, dirty, name):
    since = after(clean, 2.0)
    shifted, usual = (
        (micros(world.tables[name][declared(name).event]) >= since).sum() for world in (dirty["shift"], clean)
    )
    assert 0.4 < shifted / usual < 0.7


def test_the_truth_knows_of_a_level_shift(clean, dirty):
    truth = dirty["shift"].oracle["customers"]
    there = truth.filter(truth["left_at"].is_null())
    chance, churned = pc.mean(there["churn_probability"]).as_py(), pc.mean(there["churned"]).as_py()
    assert chance == pytest.approx(churned, abs=0.04)


def test_complaints_wait_ten_times_as_long_during_a_backlog(clean, dirty):
    waited = [
        _waited(world, after(clean, 1.0), after(clean, 1.0) + 26 * 7 * DAY)
        for world in (clean, dirty["backlog"])
    ]
    both = waited[0].keys() & waited[1].keys()
    ratios = [waited[1][one] / waited[0][one] for one in both]
    assert len(ratios) > 20
    np.testing.assert_allclose(ratios, 10, rtol=1e-6)


def test_outside_a_backlog_complaints_wait_as_long_as_ever(clean, dirty):
    begin = after(clean, 1.0)
    assert _waited(dirty["backlog"], 0, begin) == _waited(clean, 0, begin)


def _waited(world, since, until):
    """Microseconds to the answer of complaints opened in between, by customer and opening."""
    rows = world.tables["complaints"]
    opened, answered = micros(rows["opened_at"]), rows["first_response_at"].cast(pa.int64()).to_pylist()
    who = rows["customer_id"].to_pylist()
    return {
        (one, at): first - at
        for one, at, first in zip(who, opened.tolist(), answered, strict=True)
        if since <= at < until and first is not None
    }


def test_a_backlog_costs_customers(clean, dirty):
    lost = [
        pc.mean(world.oracle["complaints"]["leaves_probability"]).as_py()
        for world in (clean, dirty["backlog"])
    ]
    assert lost[1] > lost[0]


# What ingest makes of all of it at once.

DIRTY = {
    "late_share": 0.05, "duplicate_share": 0.02, "corrected_share": 0.003, "clock_skew_minutes": 600,
    "level_shift": 0.3, "level_shift_after_years": 2.0, "backlog": 4.0, "backlog_after_years": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The dirty world and what ingest says of its rows."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("dirty")
        patch.chdir(folder)
        source = {
            "kind": "simulator", "path": "simulator", "currency": "EUR", "amount_unit": "minor",
            "timezone": ZONE,
        }  # fmt: skip
        simulator = {"customers": SMALL.customers, "years": SMALL.years, "seed": SMALL.seed, "dirt": DIRTY}
        sections = {"source": source, "ingest": {"max_rejected_share": 0.02}, "simulator": simulator}
        (folder / "params.yaml").write_text(json.dumps(sections))
        ingest.main()
        world = simulate(replace(SMALL, dirt=DirtSettings(**DIRTY)), ZONE)
        return world, read_summary(paths.TABLES).rows


@pytest.mark.parametrize("name", [*TWICE, "customers", "offers"])
def test_every_dirty_row_is_accounted_for(read, name):
    world, rows = read
    assert rows[name].read == world.tables[name].num_rows


@pytest.mark.parametrize("name", TWICE)
def test_rows_that_say_the_same_twice_are_merged(read, name):
    world, rows = read
    listed = world.tables[name].to_pylist()
    again = len(listed) - len({tuple(row.values()) for row in listed})
    assert (rows[name].merged, again > 0) == (again, True)


def test_both_a_line_and_its_correction_are_refused(read):
    world, rows = read
    keys = (
        world.tables["orders"]
        .group_by(["order_id", "line_id"])
        .aggregate([("amount_minor", "count_distinct")])
    )
    disputed = pc.sum(pc.greater(keys["amount_minor_count_distinct"], 1)).as_py()
    assert (rows["orders"].reasons["conflicting_duplicate"], disputed > 0) == (2 * disputed, True)


def test_what_a_fast_clock_dates_after_the_end_is_refused_by_that_name(read):
    world, rows = read
    known = world.tables["activity"].group_by(declared("activity").key).aggregate([("known_at", "max")])
    later = (micros(known["known_at_max"]) > world.extracted_at).sum()
    assert rows["activity"].reasons["after_as_of"] == later
