"""Spreadsheets with formulas: read by their results, and refused where nobody has worked them out."""

import zipfile

import pyarrow as pa
import pytest
import xlsxwriter
from openpyxl import Workbook

from models.domain.errors import BadSource
from pipelines.sources import uncomputed
from pipelines.sources.reading import LINE, FileFormat, read_file


def rows(path, sheet=None):
    table = pa.Table.from_batches(read_file(path, FileFormat(sheet=sheet)))
    return [tuple(row.values()) for row in table.drop_columns(LINE).to_pylist()]


@pytest.fixture
def priced(tmp_path):
    """A function that writes a price list with XlsxWriter: a formula and its result in each row."""

    def write(*results):
        path = tmp_path / "prices.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            page = book.add_worksheet("Prices")
            page.write_row(0, 0, ["net", "gross"])
            for row, result in enumerate(results, 1):
                page.write(row, 0, 100)
                page.write_formula(row, 1, f"=A{row + 1}*1.2", None, result)
        return path

    return write


@pytest.fixture
def unopened(tmp_path):
    """A workbook as a program writes it: formulas that no spreadsheet program has ever opened."""
    book = Workbook()
    book.active.title = "Sales"
    for row in [("id", "sum"), (1, "=2*A2"), (2, "=2*A3"), (3, "=2*A4"), (4, "=2*A5")]:
        book.active.append(row)
    book.create_sheet("Plain").append(["id", "sum"])
    book["Plain"].append([1, 2])
    book.save(tmp_path / "sales.xlsx")
    return tmp_path / "sales.xlsx"


def test_a_formula_is_read_by_its_result(priced):
    assert rows(priced(120, 0)) == [("100", "120"), ("100", "0")]


def test_formulas_without_results_are_refused_by_their_cells(unopened):
    with pytest.raises(BadSource, match="4 cells of the sheet Sales hold formulas") as stopped:
        rows(unopened, "Sales")
    assert stopped.value.given == "B2, B3, B4 …"
    assert "Open the file in Excel or LibreOffice and save it" in stopped.value.remedy


def test_formulas_of_another_sheet_do_not_matter(unopened):
    assert rows(unopened, "Plain") == [("1", "2")]


def test_results_that_are_all_zero_because_nobody_worked_them_out_are_refused(priced):
    with pytest.raises(BadSource, match="2 cells of the sheet Prices"):
        rows(priced(0, 0))


@pytest.fixture
def rewritten(tmp_path, priced):
    """A function that writes a price list of two formulas with parts of its XML replaced."""

    def write(first, old, new):
        path = tmp_path / "rewritten.xlsx"
        with zipfile.ZipFile(priced(first, 7)) as whole, zipfile.ZipFile(path, "w") as changed:
            for name in whole.namelist():
                changed.writestr(name, whole.read(name).replace(old, new))
        return path

    return write


@pytest.mark.parametrize("empty", [b"<v></v>", b"<v/>"])
def test_a_formula_may_come_to_no_text_at_all(rewritten, empty):
    assert rows(rewritten("x", b"<v>x</v>", empty)) == [("100", None), ("100", "7")]


def test_a_formula_of_text_without_a_result_is_refused(rewritten):
    with pytest.raises(BadSource, match="1 cells of the sheet Prices") as stopped:
        rows(rewritten("x", b"<v>x</v>", b""))
    assert stopped.value.given == "B2"


@pytest.mark.parametrize(
    "cell",
    [
        b"<v></v><extLst><ext uri='x'/></extLst>",
        b"<extLst><ext uri='x'/></extLst>",
        b"<v><![CDATA[]]></v>",
    ],
)
def test_what_else_a_cell_holds_does_not_hide_that_its_formula_has_no_result(rewritten, cell):
    with pytest.raises(BadSource, match="1 cells"):
        rows(rewritten(120, b"<v>120</v>", cell))


def test_a_formula_that_stands_as_it_is_in_its_xml_is_seen(rewritten):
    bare = b'<f><![CDATA[IF(A2<3,"</c></row>",1)]]></f><v></v>'
    with pytest.raises(BadSource, match="1 cells"):
        rows(rewritten(120, b"<f>A2*1.2</f><v>120</v>", bare))


def test_a_result_beside_something_else_is_read(rewritten):
    cell = b"<v><![CDATA[120]]></v><extLst><ext uri='x'/></extLst>"
    assert rows(rewritten(120, b"<v>120</v>", cell)) == [("100", "120"), ("100", "7")]


def test_a_formula_is_found_wherever_the_sheet_is_cut_while_it_is_read(unopened, monkeypatch):
    monkeypatch.setattr(uncomputed, "CHUNK_BYTES", 7)
    with pytest.raises(BadSource, match="4 cells"):
        rows(unopened, "Sales")
