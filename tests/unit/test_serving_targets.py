"""The page of answers by HTTP says of each target what the run came to."""

import pytest

from benchmarks.serving import Wanted, table_of_wanted


@pytest.mark.parametrize(
    ("bound", "measured", "at_least", "verdict"),
    [
        (22, 21.99, True, "**missed**"),
        (22, 22, True, "met"),
        (3, 3.001, False, "**missed**"),
        (3, 3, False, "met"),
    ],
)
def test_a_target_is_met_by_what_was_measured_and_not_by_what_is_shown(bound, measured, at_least, verdict):
    assert table_of_wanted([Wanted("of it", bound, measured, at_least)]).endswith(f"| {verdict} |")


def test_a_target_stands_beside_what_was_measured():
    row = table_of_wanted([Wanted("memory", 300, 203.4, at_least=False, unit="MB")])
    assert row == "| memory | at most 300 MB | 203 | met |"
