import io
from datetime import UTC, datetime

import openpyxl
import pytest

from serving.workbook import workbook

NAMES = ("customer_id", "value_minor", "chance", "last_order_at")
ROW = {
    "customer_id": "A",
    "value_minor": 5,
    "chance": 0.25,
    "last_order_at": datetime(2024, 6, 30, 22, tzinfo=UTC),
}


def read(*rows):
    return openpyxl.load_workbook(io.BytesIO(b"".join(workbook(NAMES, rows)))).active


def test_the_first_row_names_the_columns():
    assert [cell.value for cell in read()[1]] == list(NAMES)


def test_numbers_stay_numbers_and_instants_become_dates():
    assert [cell.value for cell in read(ROW)[2]] == ["A", 5, 0.25, datetime(2024, 6, 30, 22)]  # noqa: DTZ001


@pytest.mark.parametrize("text", ["=1+1", "+1", "@SUM(A1)", "-2", "<b>&\"'", "چای", "a\x00b", "  x "])
def test_text_is_never_a_formula_nor_breaks_the_file(text):
    cell = read({**ROW, "customer_id": text})["A2"]
    assert (cell.data_type, cell.value) == ("s", text.replace("\x00", ""))


def test_what_is_unknown_is_an_empty_cell():
    assert read({**ROW, "chance": None})["C2"].value is None
