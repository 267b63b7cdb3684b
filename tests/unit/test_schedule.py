"""The schedule: one grid of local midnights, an embargo at every cut, an untouched final one."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.domain.errors import InvalidSetting, Leakage
from models.domain.instants import DAY, HOUR, local_date, local_midnight
from models.evaluation.schedule import (
    BACKTESTS_TO_VALIDATE,
    Schedule,
    SnapshotSettings,
    build_schedule,
    check_embargo,
)

SETTINGS = SnapshotSettings(
    spacing_days=30,
    min_history_days=180,
    stacked=4,
    stacked_value=3,
    churn_cuts=4,
    value_cut_spacing_days=60,
    max_value_cuts=8,
    windows_days=(365, 182, 91),
)
TODAY = date(2024, 7, 1)
ZONE = "Europe/London"


def schedule(days: int = 1461, horizon: int = 90, zone: str = ZONE, settings=SETTINGS) -> Schedule:
    """The schedule of a log of so many days that ends in the evening of `TODAY`."""
    as_of = local_midnight(TODAY, zone) + 20 * HOUR
    return build_schedule(as_of, local_midnight(TODAY - timedelta(days=days), zone), zone, horizon, settings)


def days_back(instant: int, zone: str = ZONE) -> int:
    return (TODAY - local_date(instant, zone)).days


def closes(snapshot: int, window: int, zone: str = ZONE) -> int:
    return local_midnight(local_date(snapshot, zone) + timedelta(days=window), zone)


def test_customers_are_scored_at_the_newest_known_fact():
    built = schedule()
    assert built.scoring == built.as_of == built.snapshots[-1]


def test_the_newest_training_label_has_just_closed():
    assert days_back(schedule().final_churn_training[0]) == 90


def test_training_snapshots_lie_one_spacing_apart():
    assert [days_back(snapshot) for snapshot in schedule().final_churn_training] == [90, 120, 150, 180]


def test_the_final_cut_is_the_newest():
    built = schedule()
    assert days_back(built.final_cut) == 90 == days_back(max(built.churn_cuts))


def test_churn_cuts_lie_a_horizon_apart():
    assert [days_back(cut) for cut in schedule().churn_cuts] == [360, 270, 180, 90]


def test_a_cut_trains_on_what_had_closed_by_then():
    built = schedule()
    assert [days_back(snapshot) for snapshot in built.churn_training[built.final_cut]] == [180, 210, 240, 270]


def test_a_long_log_validates_the_longest_window():
    built = schedule(days=1461)
    assert (built.window_days, built.validated) == (365, True)


@pytest.mark.parametrize(("days", "window"), [(1461, 365), (900, 182), (600, 91)])
def test_the_validated_window_is_the_longest_with_three_backtests(days, window):
    assert schedule(days=days).window_days == window


def test_a_shorter_window_says_why_the_longer_ones_are_not_used():
    assert "not yet validated: 365 days" in schedule(days=900).window_reason


def test_without_three_backtests_nothing_is_validated():
    built = schedule(days=400)
    assert (built.validated, built.window_days) == (False, 90)


def test_without_three_backtests_the_reason_says_that_nothing_is_spendable():
    assert "nothing is spendable" in schedule(days=400).window_reason


def test_the_shortest_log_has_two_horizons_after_its_first_snapshot():
    assert len(schedule(days=180 + 180).churn_cuts) == 1


def test_a_shorter_log_is_judged_at_no_cut():
    built = schedule(days=359)
    assert (built.churn_cuts, built.value_cuts, built.final_cut) == ((), (), None)


def test_a_shorter_log_says_how_many_days_are_missing():
    assert schedule(days=359).unjudged == "no backtest has closed: needs 360 days of log, has 359"


def test_a_log_with_a_backtest_does_not_say_that_it_has_none():
    assert not schedule(days=360).unjudged


def test_without_three_backtests_the_reason_says_how_many_days_are_missing():
    assert "needs 480 days of log, has 400" in schedule(days=400).window_reason


def test_a_log_too_short_to_be_judged_still_trains_on_what_has_closed():
    assert [days_back(snapshot) for snapshot in schedule(days=300).final_churn_training] == [90, 120]


def test_with_little_history_behind_it_the_newest_closed_snapshot_has_to_do():
    assert [days_back(snapshot) for snapshot in schedule(days=150).final_churn_training] == [90]


def test_a_log_shorter_than_its_horizon_has_no_value_to_learn_from():
    assert schedule(days=90).final_value_training == ()


@pytest.mark.parametrize(("days", "label_days"), [(55, None), (56, 28), (90, 45), (91, None), (400, None)])
def test_labels_of_churn_reach_over_half_of_a_log_in_which_no_horizon_has_closed(days, label_days):
    assert schedule(days=days).label_days == label_days


def test_labels_reach_over_the_horizon_unless_they_fall_short_of_it():
    assert (schedule(days=90).learned_days, schedule(days=91).learned_days) == (45, 90)


def test_a_log_shorter_than_its_horizon_learns_churn_from_what_shorter_labels_have_closed():
    assert [days_back(snapshot) for snapshot in schedule(days=90).final_churn_training] == [45]


def test_half_of_a_log_that_is_too_little_for_labels_leaves_churn_nothing_to_learn_from():
    assert schedule(days=55).final_churn_training == ()


def test_the_shortest_log_still_scores_its_customers():
    assert schedule(days=1).snapshots == (schedule(days=1).scoring,)


@pytest.mark.parametrize(
    ("horizon", "wanted", "spacing"),
    [(90, 30, 30), (90, 14, 15), (60, 14, 15), (45, 30, 15), (100, 30, 25), (180, 30, 30), (89, 30, 30)],
)
def test_the_spacing_is_the_nearest_divisor_of_the_horizon_unless_none_is_near(horizon, wanted, spacing):
    found = schedule(horizon=horizon, settings=replace(SETTINGS, spacing_days=wanted)).spacing_days
    assert found == spacing


def test_snapshots_survive_a_clock_change_as_local_midnights():
    built = schedule(zone="Asia/Tehran")
    on_grid = [snapshot for snapshot in built.snapshots if snapshot != built.scoring]
    assert on_grid == [
        local_midnight(local_date(snapshot, "Asia/Tehran"), "Asia/Tehran") for snapshot in on_grid
    ]


def test_the_schedule_survives_json():
    built = schedule()
    assert Schedule.from_json(json.loads(json.dumps(built.to_json()))) == built


def test_an_embargo_that_holds_passes():
    cut = local_midnight(TODAY, ZONE)
    check_embargo((local_midnight(TODAY - timedelta(days=90), ZONE),), 90, cut, ZONE)


def test_a_label_that_closes_after_the_cut_is_leakage():
    cut = local_midnight(TODAY, ZONE)
    with pytest.raises(Leakage, match="closes after the cut"):
        check_embargo((local_midnight(TODAY - timedelta(days=89), ZONE),), 90, cut, ZONE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spacing_days", 0),
        ("min_history_days", 0),
        ("stacked", 0),
        ("stacked_value", 101),
        ("churn_cuts", 0),
        ("value_cut_spacing_days", 366),
        ("max_value_cuts", 2),
        ("windows_days", (365, 0)),
    ],
)
def test_a_setting_that_cannot_work_is_named(name, value):
    with pytest.raises(InvalidSetting, match=rf"`snapshots\.{name}` is out of range"):
        replace(SETTINGS, **{name: value})


logs = st.builds(
    dict,
    days=st.integers(min_value=60, max_value=2500),
    horizon=st.integers(min_value=7, max_value=200),
    zone=st.sampled_from(["UTC", "Europe/London", "Asia/Tehran", "America/New_York"]),
    settings=st.builds(
        SnapshotSettings,
        spacing_days=st.integers(min_value=1, max_value=120),
        min_history_days=st.integers(min_value=1, max_value=400),
        stacked=st.integers(min_value=1, max_value=8),
        stacked_value=st.integers(min_value=1, max_value=8),
        churn_cuts=st.integers(min_value=1, max_value=6),
        value_cut_spacing_days=st.integers(min_value=1, max_value=120),
        max_value_cuts=st.integers(min_value=3, max_value=10),
        windows_days=st.lists(st.integers(min_value=30, max_value=365), max_size=3).map(tuple),
    ),
)


def judged(log: dict) -> Schedule:
    built = schedule(**log)
    assume(built.churn_cuts)
    return built


@given(logs)
def test_no_cut_trains_on_a_label_that_was_still_open(log):
    built, zone = schedule(**log), log["zone"]
    for by_cut, window in (
        (built.churn_training, built.horizon_days),
        (built.value_training, built.window_days),
        (built.churn_at_value_cuts, built.horizon_days),
    ):
        for cut, training in by_cut.items():
            check_embargo(training, window, cut, zone)


@given(logs)
def test_every_cut_has_something_to_train_on(log):
    built = schedule(**log)
    assert all(training for training in (*built.churn_training.values(), *built.value_training.values()))


@given(logs)
def test_every_cut_can_be_judged(log):
    built, zone = judged(log), log["zone"]
    ends = [closes(cut, built.horizon_days, zone) for cut in built.churn_cuts]
    ends += [closes(cut, built.window_days, zone) for cut in built.value_cuts]
    assert max(ends) <= built.as_of


@given(logs)
def test_every_released_model_trains_on_labels_that_have_closed(log):
    built, zone = schedule(**log), log["zone"]
    check_embargo(built.final_churn_training, built.learned_days, built.as_of, zone)
    check_embargo(built.final_value_training, built.window_days, built.as_of, zone)


@given(logs)
def test_every_snapshot_of_a_log_that_is_judged_has_enough_history_behind_it(log):
    built, zone = judged(log), log["zone"]
    oldest = TODAY - timedelta(days=log["days"] - log["settings"].min_history_days)
    assert local_date(min(built.snapshots), zone) >= oldest


@given(logs)
def test_the_days_that_are_missing_are_those_that_bring_the_first_backtest(log):
    built = schedule(**log)
    assume(built.unjudged)
    needed = int(built.unjudged.split("needs ")[1].split(" days")[0])
    cuts = [len(schedule(**log | {"days": days}).churn_cuts) for days in (needed - 1, needed)]
    assert cuts == [0, 1]


@given(logs)
def test_the_days_that_are_missing_are_those_that_validate_a_window(log):
    built = schedule(**log)
    assume(not built.validated)
    needed = int(built.window_reason.split("needs ")[1].split(" days")[0])
    validated = [schedule(**log | {"days": days}).validated for days in (needed - 1, needed)]
    assert validated == [False, True]


@given(logs)
def test_a_validated_window_has_three_backtests(log):
    built = schedule(**log)
    assert built.validated == (len(built.value_cuts) >= BACKTESTS_TO_VALIDATE)


def test_a_value_window_shorter_than_the_horizon_still_has_churn_models_at_its_cuts():
    settings = replace(SETTINGS, value_cut_spacing_days=30, windows_days=(30,))
    built = schedule(days=660, horizon=200, settings=settings)
    assert all(built.churn_at_value_cuts.values())


@given(logs)
def test_the_churn_of_every_value_cut_can_be_trained(log):
    built = schedule(**log)
    assert all(built.churn_at_value_cuts[cut] for cut in built.value_cuts)


@given(logs, st.integers(min_value=1, max_value=23))
def test_the_hour_of_the_newest_fact_moves_no_training_snapshot(log, hour):
    built, zone = schedule(**log), log["zone"]
    first = local_midnight(TODAY - timedelta(days=log["days"]), zone)
    other = build_schedule(
        local_midnight(TODAY, zone) + hour * HOUR, first, zone, log["horizon"], log["settings"]
    )
    assert other.snapshots[:-1] == built.snapshots[:-1]


@given(logs)
def test_the_final_cut_is_no_older_than_it_must_be(log):
    built, zone = judged(log), log["zone"]
    assert built.as_of - closes(built.final_cut, built.horizon_days, zone) < 2 * DAY
