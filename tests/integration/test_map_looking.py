"""A first look at real files of every kind."""

import gzip
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.domain.errors import BadSource
from pipelines.mapping_proposal import looking, samples
from pipelines.mapping_proposal.help_desks import help_desk
from pipelines.mapping_proposal.looking import files_among, look_at
from pipelines.sources.mapping import Encoding

FIXTURES = Path(__file__).parents[1] / "fixtures"
HEAD = "order_id;customer_id;note"
ROWS = [f"{number};c{number % 7};plain" for number in range(40_000)]


@pytest.fixture
def copies(tmp_path):
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies"


def written(folder, name, text, encoding="utf-8"):
    path = folder / name
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def look(path, copies):
    return look_at(path, path.name, copies)[0]


@pytest.mark.parametrize(
    ("name", "encoding", "found"),
    [
        ("a.csv", "utf-8", Encoding.UTF_8),
        ("a.csv", "utf-8-sig", Encoding.UTF_8),
        ("a.csv.gz", "utf-8", Encoding.UTF_8),
        ("a.txt", "utf-16", Encoding.UTF_16),
        ("a.tsv", "cp1256", Encoding.CP1256),
    ],
)
def test_text_files_are_read_as_they_are_written(tmp_path, copies, name, encoding, found):
    text = "شماره;مبلغ\n10;20\n11;30\n"
    looked = look(written(tmp_path, name, text, encoding), copies)
    assert (looked.encoding, looked.delimiter, looked.headings, looked.rows) == (
        found,
        ";",
        ("شماره", "مبلغ"),
        2,
    )


def test_lines_of_another_length_are_counted(tmp_path, copies):
    looked = look(written(tmp_path, "a.csv", "a;b\n1;2\n3\n4;5\n"), copies)
    assert (looked.rows, looked.ragged) == (3, 1)


@pytest.mark.parametrize("name", ["long.csv", "long.csv.gz"])
def test_a_long_file_is_sampled_from_three_places(tmp_path, copies, monkeypatch, name):
    monkeypatch.setattr(samples, "WHOLE_BYTES", 100_000)
    monkeypatch.setattr(samples, "PIECE_BYTES", 20_000)
    looked = look(written(tmp_path, name, "\n".join([HEAD, *ROWS]) + "\n"), copies)
    numbers = {int(text) for text in looked.column("order_id").texts}
    assert (min(numbers), max(numbers), any(15_000 < one < 25_000 for one in numbers)) == (0, 39_999, True)


def test_the_rows_of_a_long_file_are_told_roughly(tmp_path, copies, monkeypatch):
    monkeypatch.setattr(samples, "WHOLE_BYTES", 100_000)
    monkeypatch.setattr(samples, "PIECE_BYTES", 20_000)
    looked = look(written(tmp_path, "long.csv", "\n".join([HEAD, *ROWS]) + "\n"), copies)
    assert not looked.exact
    assert looked.rows == pytest.approx(40_000, rel=0.1)


@pytest.mark.parametrize("name", ["long.csv", "long.csv.gz"])
def test_statuses_of_a_long_file_are_counted_over_all_rows(tmp_path, copies, monkeypatch, name):
    monkeypatch.setattr(samples, "WHOLE_BYTES", 100_000)
    monkeypatch.setattr(samples, "PIECE_BYTES", 20_000)
    rows = [
        f"{number};c{number % 7};{'Cancelled' if number == 9_000 else 'Paid'}" for number in range(40_000)
    ]
    looked = look(written(tmp_path, name, "\n".join(["order_id;customer_id;status", *rows]) + "\n"), copies)
    assert looked.tallies == {"status": (("Paid", 39_999), ("Cancelled", 1))}


def test_statuses_of_a_short_file_are_counted_over_all_rows(tmp_path, copies):
    rows = [f"{number};{'Cancelled' if number == 6_000 else 'Paid'}" for number in range(9_000)]
    looked = look(written(tmp_path, "a.csv", "\n".join(["order_id;status", *rows]) + "\n"), copies)
    assert looked.tallies == {"status": (("Paid", 8_999), ("Cancelled", 1))}


def test_a_quoted_line_end_is_not_cut_through(tmp_path, copies, monkeypatch):
    monkeypatch.setattr(samples, "WHOLE_BYTES", 10_000)
    monkeypatch.setattr(samples, "PIECE_BYTES", 2_000)
    rows = [f'{number};c{number % 7};"two\nlines; and a mark"' for number in range(2_000)]
    assert look(written(tmp_path, "long.csv", "\n".join([HEAD, *rows]) + "\n"), copies).ragged == 0


def test_every_sheet_is_looked_at(tmp_path, copies):
    book = openpyxl.Workbook()
    book.active.title = "Sales"
    for row in (["Order", "Total"], [1, 12.5], [2, 99]):
        book.active.append(row)
    customers = book.create_sheet("Customers")
    for row in (["Customer", "City"], ["c1", "Rasht"]):
        customers.append(row)
    book.create_sheet("Empty")
    book.save(tmp_path / "shop.xlsx")
    looked = look_at(tmp_path / "shop.xlsx", "shop.xlsx", copies)
    assert [(one.sheet, one.headings) for one in looked] == [
        ("Sales", ("Order", "Total")), ("Customers", ("Customer", "City")),
    ]  # fmt: skip


def test_parquet_is_read_by_its_names(tmp_path, copies):
    pq.write_table(pa.table({"Order": [1, 2], "Total": [12.5, 99.0]}), tmp_path / "sales.parquet")
    assert look(tmp_path / "sales.parquet", copies).column("Total").texts == ("12.5", "99")


def test_a_long_parquet_file_is_sampled(tmp_path, copies, monkeypatch):
    monkeypatch.setattr(looking, "WHOLE_BYTES", 1_000)
    pq.write_table(pa.table({"Order": range(20_000)}), tmp_path / "sales.parquet", row_group_size=8_000)
    looked = look(tmp_path / "sales.parquet", copies)
    assert (looked.rows, looked.exact, looked.column("Order").texts[-1]) == (20_000, False, "16499")


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"1;2\n3;4\n", "does not begin with a row of headings"),
        ("a.csv", b"Sales of 2023\nOrder;Total\n1;2\n2;3\n", "has 1 lines above its headings"),
        ("a.csv.gz", b"not packed", "cannot be unpacked"),
        ("a.csv.gz", gzip.compress(b"a;b\n1;2\n" * 500, mtime=0)[:40], "cannot be unpacked"),
        ("a.csv", bytes(range(256)) * 20, "a.csv"),
        ("a.xlsx", b"no spreadsheet", "cannot be read as XLSX"),
        ("a.parquet", b"no parquet", "cannot be read as Parquet"),
        ("a.pdf", b"%PDF", "is not read"),
        ("a.csv", b"a,a\n1,2\n", "several columns of one name"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(tmp_path, copies, name, data, problem):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadSource, match=problem):
        look(tmp_path / name, copies)


def test_a_folder_stands_for_the_files_in_it(tmp_path):
    for name in ("b.csv", "a.xlsx", "notes.docx"):
        (tmp_path / name).write_text("x")
    assert [path.name for path in files_among([tmp_path])] == ["a.xlsx", "b.csv"]


def test_nothing_to_look_at_is_said(tmp_path):
    with pytest.raises(BadSource, match="no file to look at"):
        files_among([tmp_path])


@pytest.mark.parametrize("name", ["zendesk", "freshdesk"])
def test_exports_of_help_desks_are_known_by_their_headings(copies, name):
    plan = help_desk(look(FIXTURES / f"{name}_tickets.csv", copies), {})
    assert plan.settings["preset"] == name
