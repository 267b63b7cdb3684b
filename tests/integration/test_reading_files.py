"""Files of every kind that is read, as they lie on disk."""

import gzip
import zipfile
from datetime import datetime, time, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from models.domain.errors import BadSource
from pipelines.sources import csv_text
from pipelines.sources.mapping import ColumnSource, Encoding, TableMapping
from pipelines.sources.reading import LINE, FileFormat, format_of, read_file

PLAIN = "id,name\n1,tea\n2,چای\n"
MIDNIGHT = datetime.fromisoformat("2024-01-05 00:00")
ROWS = [("1", "tea"), ("2", "چای")]


@pytest.fixture
def rows(tmp_path):
    """A function that writes bytes to a file and gives the rows read from it."""

    def read(content, name="file.csv", **written):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        table = pa.Table.from_batches(read_file(path, FileFormat(**written)))
        return [tuple(row.values()) for row in table.drop_columns(LINE).to_pylist()]

    return read


@pytest.fixture
def lines(tmp_path):
    """A function that writes a CSV file and gives what stands in the column of odd lines."""

    def read(content, **written):
        path = tmp_path / "file.csv"
        path.write_bytes(content.encode())
        return pa.Table.from_batches(read_file(path, FileFormat(**written)))[LINE].to_pylist()

    return read


@pytest.fixture
def sheet(tmp_path):
    """A function that writes rows to an XLSX file and gives what is read from it."""

    def read(*cells, sheets=("Sheet",), wanted=None, formats=()):
        workbook = Workbook()
        workbook.remove(workbook.active)
        for title in sheets:
            page = workbook.create_sheet(title)
            for row in cells:
                page.append(row)
            for place, number_format in formats:
                page[place].number_format = number_format
        workbook.save(tmp_path / "file.xlsx")
        table = pa.Table.from_batches(read_file(tmp_path / "file.xlsx", FileFormat(sheet=wanted)))
        return [tuple(row.values()) for row in table.to_pylist()]

    return read


def refused(call, *arguments, **more):
    with pytest.raises(BadSource) as caught:
        call(*arguments, **more)
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        pytest.param(PLAIN.encode(), Encoding.UTF_8, id="utf-8"),
        pytest.param(PLAIN.encode("utf-8-sig"), Encoding.UTF_8, id="utf-8 with a mark"),
        pytest.param(PLAIN.encode("utf-16"), Encoding.UTF_16, id="utf-16 little end first"),
        pytest.param(("\ufeff" + PLAIN).encode("utf-16-be"), Encoding.UTF_16, id="utf-16 big end first"),
        pytest.param(PLAIN.replace("ی", "ي").encode("cp1256"), Encoding.CP1256, id="cp1256"),
        pytest.param(PLAIN.replace("\n", "\r\n").encode(), Encoding.UTF_8, id="windows line ends"),
        pytest.param(PLAIN.replace("\n", "\r").encode(), Encoding.UTF_8, id="old line ends"),
        pytest.param(PLAIN.rstrip().encode(), Encoding.UTF_8, id="last line not ended"),
        pytest.param(("\n\n" + PLAIN + "\n\n").encode(), Encoding.UTF_8, id="empty lines around"),
        pytest.param(PLAIN.replace("tea", '"tea"').encode(), Encoding.UTF_8, id="quoted"),
    ],
)
def test_the_same_rows_are_read_however_text_is_written(rows, content, encoding):
    found = rows(content, encoding=encoding)
    assert [(number, name.replace("ي", "ی")) for number, name in found] == ROWS


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ";"), ("a.tsv", None), ("a.txt", "\t"), ("a.csv", "|")])
def test_values_are_parted_as_the_mapping_or_the_name_says(rows, name, mark):
    assert rows(PLAIN.replace(",", mark or "\t"), name, delimiter=mark) == ROWS


@pytest.mark.parametrize("name", ["a.csv.gz", "a.CSV.GZ"])
def test_a_packed_file_is_unpacked(rows, name):
    assert rows(gzip.compress(PLAIN.encode()), name) == ROWS


def test_quoted_values_hold_delimiters_quotes_and_newlines(rows):
    assert rows('id,name\n1,"a, ""b""\nc"\n') == [("1", 'a, "b"\nc')]


@pytest.mark.parametrize("nothing", ["", "NULL", "NaN", "None", "N/A", "-", '""'])
def test_ways_to_write_that_there_is_nothing(rows, nothing):
    assert rows(f"id,name\n1,{nothing}\n") == [("1", None)]


def test_the_arm_that_got_nothing_keeps_its_name(rows):
    assert rows("arm,name\nnone,tea\ncoupon,none\n,\n") == [("none", "tea"), ("coupon", None), (None, None)]


def test_the_arm_that_got_nothing_keeps_its_name_in_a_sheet(sheet):
    read = sheet(["arm", "name"], ["none", "tea"], ["coupon", "none"], ["", "x"], [None, "y"])
    assert [row[:2] for row in read] == [("none", "tea"), ("coupon", None), (None, "x"), (None, "y")]


def test_the_arm_keeps_its_name_under_another_heading(rows):
    mapping = TableMapping(columns={"arm": ColumnSource(column="Variant")})
    worded = format_of(mapping).worded
    assert rows("Variant,arm\nnone,none\n", worded=worded) == [("none", None)]


def test_lines_of_another_length_stay_where_they_stand(lines):
    assert lines("a,b\n1\n1,2\n1,2,3\n3,4\n5\n") == ["1", None, "1,2,3", None, "5"]


def test_lines_of_another_length_stay_where_they_stand_in_a_long_file(lines, monkeypatch):
    monkeypatch.setattr(csv_text, "BLOCK_BYTES", 64)
    text = "a,b\n" + "".join(f"{n},{'x,' * (n % 7 == 0)}y\n" for n in range(200))
    assert [n for n, line in enumerate(lines(text)) if line] == [n for n in range(200) if n % 7 == 0]


def test_a_file_with_a_heading_alone_has_no_rows(rows):
    assert rows("id,name") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(PLAIN.encode("cp1256", "replace"), "is not utf-8 in line 3", id="cp1256 as utf-8"),
        pytest.param(PLAIN.encode("utf-16"), "encoding: utf-16", id="utf-16 as utf-8"),
        pytest.param(PLAIN.encode("utf-16-le"), "encoding: utf-16", id="utf-16 without a mark"),
        pytest.param(b"", "is empty", id="nothing at all"),
        pytest.param(b"id;name\n1;2\n", 'Set `delimiter: ";"`', id="semicolons"),
        pytest.param(b"id\tname\n1\t2\n", r'Set `delimiter: "\t"`', id="tabs"),
        pytest.param(b"id,id\n1,2\n", "several columns of one name", id="heading twice"),
        pytest.param(b",,id\n1,2,3\n", "does not begin with a row of headings", id="headings missing"),
        pytest.param(b"id,name\n1,2,3\n1,2,3\n", "no line has as many values", id="heading too short"),
        pytest.param(b'id,name\n1,"tea\n2,cup\n', "never closes it", id="quote never closed"),
        pytest.param(b'id,name\n1,"' + b"x" * (9 << 20), "never closes it", id="quote over many lines"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(rows, content, message):
    assert message in refused(rows, content)


def test_a_line_in_another_encoding_is_shown_as_it_may_be_meant(rows):
    assert "2,چاي (as cp1256)" in refused(rows, PLAIN.replace("ی", "ي").encode("cp1256"))


def test_a_utf_8_file_that_is_declared_otherwise_is_refused(rows):
    assert "encoding: utf-8" in refused(rows, PLAIN.encode("utf-8-sig"), encoding=Encoding.CP1256)


def test_a_declared_utf_16_file_without_a_mark_is_refused(rows):
    message = refused(rows, PLAIN.encode("utf-16-le"), encoding=Encoding.UTF_16)
    assert "does not begin with a byte order mark" in message


def test_a_byte_that_cp1252_does_not_have_is_named(rows):
    assert "is not cp1252 in line 2: 0x81" in refused(rows, b"id,name\n1,\x81\n", encoding=Encoding.CP1252)


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.99])
def test_a_packed_file_cut_short_is_refused(rows, keep):
    packed = gzip.compress("".join(f"{n},{n * n}\n" for n in range(9999)).encode())
    assert "cannot be read as CSV" in refused(rows, packed[: int(keep * len(packed))], "a.csv.gz")


def test_a_file_that_is_no_gzip_is_refused(rows):
    assert "Not a gzipped file" in refused(rows, PLAIN, "a.csv.gz")


def test_a_file_that_is_not_there_is_named_beside_those_that_are(tmp_path):
    (tmp_path / "b.csv").write_text(PLAIN)
    assert "given: 'b.csv'" in refused(read_file, tmp_path / "a.csv", FileFormat())


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "a.pdf").write_text(PLAIN)
    assert ".xlsx" in refused(read_file, tmp_path / "a.pdf", FileFormat())


def test_a_spreadsheet_is_read_as_its_export_would_be(sheet):
    found = sheet(["id", "price", "name"], [17850, 0.001, "tea"], [2.0, None, "a\nb"])
    assert found == [("17850", "0.001", "tea", None), ("2", None, "a b", None)]


def test_a_day_without_hours_is_a_day_and_one_with_hours_an_instant(sheet):
    days = [MIDNIGHT, MIDNIGHT, MIDNIGHT.date(), MIDNIGHT.replace(hour=10, minute=30)]
    formats = [("A2", "yyyy-mm-dd"), ("B2", "yyyy-mm-dd hh:mm"), ("C2", '[$-fa-IR]yyyy/mm/dd"hours"')]
    found = sheet(["a", "b", "c", "d"], days, formats=formats)
    assert found == [("2024-01-05", "2024-01-05 00:00:00", "2024-01-05", "2024-01-05 10:30:00", None)]


def test_a_time_of_day_and_a_length_of_time_are_clocks(sheet):
    found = sheet(["a", "b"], [time(9, 5), timedelta(hours=26, minutes=5)])
    assert found == [("09:05:00", "26:05:00", None)]


def test_values_beyond_the_headings_are_kept_as_a_line(sheet):
    assert sheet(["a", "b"], [1, 2, None], [3, 4, "note"]) == [("1", "2", None), (None, None, "3\t4\tnote")]


def test_a_spreadsheet_of_several_sheets_needs_to_know_which(sheet):
    assert "Set `sheet`" in refused(sheet, ["a", "b"], sheets=("فروش", "مرجوعی"))


def test_the_sheet_is_found_by_its_name(sheet):
    assert sheet(["a", "b"], [1, 2], sheets=("فروش", "مرجوعی"), wanted="مرجوعي") == [("1", "2", None)]


def test_a_sheet_that_is_not_there_is_refused(sheet):
    assert "none is called Orders" in refused(sheet, ["a", "b"], sheets=("Sales",), wanted="Orders")


@pytest.mark.parametrize("content", [b"PK", b"no spreadsheet", b""])
def test_a_damaged_spreadsheet_is_refused(tmp_path, content):
    (tmp_path / "a.xlsx").write_bytes(content)
    assert "cannot be read as XLSX" in refused(list, read_file(tmp_path / "a.xlsx", FileFormat()))


def test_parquet_keeps_its_types(tmp_path):
    pq.write_table(pa.table({"id": [1, 2], "at": [MIDNIGHT] * 2}), tmp_path / "a.parquet")
    table = pa.Table.from_batches(read_file(tmp_path / "a.parquet", FileFormat()))
    assert [str(kind) for kind in table.schema.types] == ["int64", "timestamp[us]"]


def test_a_damaged_parquet_file_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 nothing")
    assert "cannot be read as Parquet" in refused(list, read_file(tmp_path / "a.parquet", FileFormat()))


def test_a_mapping_says_how_its_file_is_written():
    mapping = TableMapping("a.csv", delimiter=";", encoding=Encoding.CP1256, sheet="x")
    assert format_of(mapping) == FileFormat(";", Encoding.CP1256, "x")


def test_lists_in_parquet_are_text(tmp_path):
    pq.write_table(pa.table({"id": ["1"], "tags": [["a", "b"]]}), tmp_path / "a.parquet")
    table = pa.Table.from_batches(read_file(tmp_path / "a.parquet", FileFormat()))
    assert table.to_pylist() == [{"id": "1", "tags": '["a", "b"]'}]


def test_a_workbook_that_says_nonsense_is_refused_with_a_message(tmp_path, sheet):
    sheet(("id",), (1,))
    with (
        zipfile.ZipFile(tmp_path / "file.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as damaged,
    ):
        for name in whole.namelist():
            damaged.writestr(name, whole.read(name).replace(b"PartName", b"PartNone"))
    assert "cannot be read as XLSX" in refused(list, read_file(tmp_path / "a.xlsx", FileFormat()))
