"""What a search may look at, and when its trials speak for other settings."""

from pathlib import Path

import pytest
import yaml

from models.domain.errors import NotEnoughHistory
from models.domain.instants import DAY
from models.domain.settings import settings_from
from models.evaluation.schedule import SnapshotSettings, build_schedule
from models.evaluation.search import Trial, drawn, snapshots_of, tuning_only, verdict
from models.learned.settings import ChurnSettings

HORIZON = 90
SETTINGS = SnapshotSettings(
    spacing_days=30, min_history_days=90, stacked=3, stacked_value=3, churn_cuts=4,
    value_cut_spacing_days=30, max_value_cuts=4, windows_days=(182, 91),
)  # fmt: skip
SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "params.yaml").read_text())
CHURN = settings_from(ChurnSettings, SHIPPED["churn"], where="churn")


def schedule(days):
    return build_schedule(20_000 * DAY, (20_000 - days) * DAY, "UTC", HORIZON, SETTINGS)


def trials(*losses):
    return [Trial(CHURN, each) for each in losses]


def test_a_search_never_looks_at_the_final_cut_or_later():
    whole = schedule(900)
    assert max(snapshots_of(tuning_only(whole))) < whole.final_cut


def test_every_label_that_a_search_reads_had_closed_by_the_final_cut():
    whole = schedule(900)
    assert max(snapshots_of(tuning_only(whole))) + HORIZON * DAY <= whole.final_cut


def test_a_log_with_one_cut_beside_the_final_one_is_too_short():
    with pytest.raises(NotEnoughHistory, match="too few closed cuts"):
        tuning_only(schedule(400))


def test_draws_are_the_same_for_the_same_seed_and_number():
    assert drawn(CHURN, 3, 5) == drawn(CHURN, 3, 5)


def test_draws_differ_from_number_to_number():
    assert drawn(CHURN, 3, 5) != drawn(CHURN, 3, 6)


def test_settings_that_help_at_every_cut_are_proposed():
    found = verdict(trials((0.50, 0.50), (0.49, 0.48), (0.48, 0.47)))
    assert found.proposed.losses == (0.48, 0.47)


def test_settings_that_help_at_one_cut_alone_are_not_proposed():
    assert verdict(trials((0.50, 0.50), (0.40, 0.51))).proposed is None


def test_a_gain_of_less_than_a_thousandth_is_not_worth_a_change():
    assert verdict(trials((0.50, 0.50), (0.4995, 0.4995))).proposed is None
