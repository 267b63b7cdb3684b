import json

import numpy as np
import pytest

from serving.written import nulls, written

INSTANTS = np.array(["2025-09-20T17:15:37", "NaT"], dtype="datetime64[us]")
COLUMNS = {
    "name": np.array(['سارا "of" 50%', None], dtype=object),
    "share": np.array([0.1, np.nan]),
    "whole": np.array([0.5, 1e-9]),
    "money": np.array([-3, 2**62]),
    "at": INSTANTS,
    "exactly_at": INSTANTS + np.timedelta64(1, "us"),
}
ROWS = [
    {
        "name": 'سارا "of" 50%',
        "share": 0.1,
        "whole": 0.5,
        "money": -3,
        "at": "2025-09-20T17:15:37Z",
        "exactly_at": "2025-09-20T17:15:37.000001Z",
    },
    {"name": None, "share": None, "whole": 1e-9, "money": 2**62, "at": None, "exactly_at": None},
]


@pytest.fixture
def table():
    return written(COLUMNS)


def read(members):
    return json.loads(b"{%b}" % members)


@pytest.mark.parametrize("index", [0, 1])
def test_a_row_is_json_of_its_cells(table, index):
    assert list(read(table.row(index)).items()) == list(ROWS[index].items())


def test_many_rows_come_as_they_are_asked_for(table):
    assert [read(one) for one in table.rows(np.array([1, 0, 1]))] == [ROWS[1], ROWS[0], ROWS[1]]


def test_only_the_fields_asked_for_are_read_in_the_order_of_the_table(table):
    (told,) = table.rows(np.array([0]), ["money", "name", "unknown"])
    assert list(read(told).items()) == [("name", ROWS[0]["name"]), ("money", -3)]


def test_nothing_is_left_of_a_row_without_its_fields(table):
    assert table.rows(np.array([0, 1]), ["unknown"]) == [b"", b""]


def test_a_table_without_rows_is_read_too():
    empty = written({name: array[:0] for name, array in COLUMNS.items()})
    assert empty.rows(np.array([], np.int64)) == []
    assert empty.rows(np.array([-1, -1])) == [b"", b""]  # nobody's row, whatever it says


def test_what_is_no_number_in_json_is_null():
    table = written({"share": np.array([np.inf, -np.inf, np.nan, 0.5])})
    assert [read(table.row(index))["share"] for index in range(4)] == [None, None, None, 0.5]


def test_half_a_character_becomes_a_question_mark():
    table = written({"name": np.array(["a\ud800"], dtype=object)})
    assert read(table.row(0)) == {"name": "a?"}


def test_a_row_of_nothing_names_every_member():
    assert read(nulls(["a", "b"])) == {"a": None, "b": None}
