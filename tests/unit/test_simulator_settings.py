import pytest

from models.domain.errors import InvalidSetting
from pipelines.sources.simulator.dirt_settings import DirtSettings
from pipelines.sources.simulator.settings import SimulatorSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customers", 99),
        ("years", 1),
        ("seed", -1),
        ("orders_per_year", 0),
        ("departures_per_year", 0),
        ("complaint_share", 0.5),
        ("forgotten_share", 1.1),
        ("return_share", 0.6),
        ("median_price_minor", 0),
        ("price_growth_per_year", 3),
        ("inflation_per_year", 3.5),
        ("face_values_minor", ()),
        ("face_values_minor", (0,)),
        ("offer_strength", 3),
        ("sleeping_dogs", -0.1),
        ("silent_problem_share", 0.4),
        ("visits_per_order", 201),
    ],
)
def test_a_world_that_cannot_be_is_refused_by_the_name_of_its_setting(name, value):
    with pytest.raises(InvalidSetting, match=f"simulator.{name}"):
        SimulatorSettings(**{name: value})


def test_a_start_that_is_no_date_is_refused():
    with pytest.raises(InvalidSetting, match=r"simulator\.start"):
        SimulatorSettings(start="1 June 2022")


def test_four_years_hold_one_leap_day():
    assert SimulatorSettings(start="2022-06-01", years=4).days == 4 * 365 + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("late_share", 1.1),
        ("duplicate_share", -0.1),
        ("corrected_share", 2),
        ("clock_skew_minutes", 1_441),
        ("level_shift", 1.0),
        ("level_shift_after_years", -1),
        ("backlog", -1),
        ("backlog_after_years", 31),
        ("backlog_weeks", 0),
    ],
)
def test_dirt_that_cannot_be_is_refused_by_the_name_of_its_setting(name, value):
    with pytest.raises(InvalidSetting, match=f"simulator.dirt.{name}"):
        DirtSettings(**{name: value})


def test_a_world_is_clean_unless_a_setting_soils_it():
    dirt = DirtSettings()
    shares = (dirt.late_share, dirt.duplicate_share, dirt.corrected_share, dirt.level_shift)
    assert (*shares, dirt.clock_skew_minutes, dirt.backlog) == (0,) * 6
