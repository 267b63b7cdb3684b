"""The values of a column before they are parsed: renamed, joined, translated or constant."""

import pyarrow as pa
import pytest

from models.domain.errors import InvalidSetting
from pipelines.sources.mapping import ColumnSource, Others
from pipelines.sources.values import values_of

FILE = pa.table(
    {
        "day": ["2024-01-05", "2024-01-06 00:00:00", None, "2024-01-08"],
        "hour": ["10:30", "9:15", "12:00", None],
        "score": ["Good", "بد", "other", None],
        "count": pa.array([1, 2, None, 4]),
    }
)


def values(source):
    found, unmapped = values_of(FILE, source)
    return found.to_pylist(), unmapped.tolist()


def test_a_renamed_column_keeps_its_type():
    assert values_of(FILE, ColumnSource("count"))[0].type == pa.int64()


def test_a_day_and_a_time_of_day_become_one_text():
    joined, _ = values(ColumnSource("day", time="hour"))
    assert joined == ["2024-01-05 10:30", "2024-01-06 9:15", None, "2024-01-08"]


def test_a_constant_stands_in_every_row():
    assert values(ColumnSource(constant="csat"))[0] == ["csat"] * 4


@pytest.mark.parametrize(
    ("others", "expected", "unmapped"),
    [
        (None, ["5", "1", None, None], [False, False, True, False]),
        (Others.REFUSE, ["5", "1", None, None], [False, False, True, False]),
        (Others.NULL, ["5", "1", None, None], [False] * 4),
        (Others.KEEP, ["5", "1", "other", None], [False] * 4),
    ],
)
def test_what_a_value_map_does_not_name_is_refused_kept_or_nothing(others, expected, unmapped):
    source = ColumnSource("score", values={"good": 5, "بد": 1}, others=others)
    assert values(source) == (expected, unmapped)


def test_a_value_may_mean_nothing():
    source = ColumnSource("score", values={"Good": None, "بد": 1}, others=Others.KEEP)
    assert values(source)[0] == [None, "1", "other", None]


def test_numbers_are_translated_by_their_text():
    assert values(ColumnSource("count", values={1: "a", 2: "b", 4: "c"}))[0] == ["a", "b", None, "c"]


def test_a_map_that_names_a_word_twice_is_refused():
    with pytest.raises(InvalidSetting, match="names a word twice"):
        values(ColumnSource("score", values={"Good": 5, "good": 4}))
