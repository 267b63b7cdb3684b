import csv
import io
from datetime import UTC, datetime

from serving.exports import ROWS_A_CHUNK, cell, csv_chunks, json_lines
from serving.layout import PLAN


def _row(**values):
    return {**dict.fromkeys(PLAN), **values}


def test_text_that_a_spreadsheet_would_run_is_escaped():
    assert cell("=1+1") == "'=1+1"


def test_a_negative_amount_stays_a_number():
    assert cell(-500) == -500


def test_an_instant_is_written_in_utc():
    assert cell(datetime(2024, 6, 30, 21, 30, tzinfo=UTC)) == "2024-06-30T21:30:00Z"


def test_the_header_names_the_columns_of_the_list():
    assert next(csv_chunks([])) == ",".join(PLAN) + "\n"


def test_null_is_an_empty_cell():
    (row,) = csv.DictReader(io.StringIO("".join(csv_chunks([_row(rank=1)]))))
    assert row["reason_3"] == ""


def test_text_with_commas_and_quotes_survives():
    sentence = 'no order for 74 days, usually "every" 31'
    (row,) = csv.DictReader(io.StringIO("".join(csv_chunks([_row(reason_1=sentence)]))))
    assert row["reason_1"] == sentence


def test_a_long_list_comes_in_pieces():
    chunks = list(csv_chunks(_row(rank=number) for number in range(ROWS_A_CHUNK + 1)))
    assert [len(chunk.splitlines()) for chunk in chunks] == [ROWS_A_CHUNK + 1, 1]


def test_lines_of_json_come_a_thousand_at_a_time():
    chunks = list(json_lines(_row(rank=number) for number in range(ROWS_A_CHUNK + 1)))
    assert [chunk.count(b"\n") for chunk in chunks] == [ROWS_A_CHUNK, 1]
