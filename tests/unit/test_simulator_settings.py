import pytest

from models.domain.errors import InvalidSetting
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
