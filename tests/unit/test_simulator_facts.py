import numpy as np
import pytest

from pipelines.sources.simulator.facts import Fact, Unit, change, sample


def fact(gives, error=0.01, unit=Unit.SHARE):
    return Fact("it", "one article", "40 to 50 %", unit, 0.40, 0.50, gives, error, 100)


@pytest.mark.parametrize(("gives", "fits"), [(0.379, False), (0.381, True), (0.45, True), (0.521, False)])
def test_a_fact_fits_within_two_standard_errors_of_its_band(gives, fits):
    assert fact(gives).fits() is fits


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        (Unit.SHARE, "45.0 % ± 1.0"),
        (Unit.CHANGE, "+45.0 % ± 1.0"),
        (Unit.POINTS, "+45.0 points ± 1.0"),
        (Unit.NUMBER, "0.45 ± 0.01"),
    ],
)
def test_a_fact_is_told_in_its_unit(unit, shown):
    assert fact(0.45, unit=unit).shown() == shown


def test_a_sample_knows_the_error_of_its_mean():
    assert sample(np.array([1, 3])).error == pytest.approx(1.0)


def test_one_case_is_no_sample():
    with pytest.raises(ValueError, match="simulate more customers"):
        sample(np.array([1]))


def test_a_change_is_relative_to_what_was_before():
    assert change(sample(np.array([3, 3])), sample(np.array([2, 2]))) == (0.5, 0.0)
