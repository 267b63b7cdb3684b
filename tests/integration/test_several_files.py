"""A table that lies in several files, such as a month each: read as one, and accounted for file by file."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.contract.storage import read_json, read_summary, read_table
from models.domain.errors import BadSource, InvalidSetting
from pipelines import ingest, paths
from pipelines.sources import files, long_tables

HEAD = "No,Who,When,Sum,Item"
JANUARY = ["A1,ann,2024-01-05,12.50,tea", "A1,ann,2024-01-05,3.10,cup", "B1,bob,2024-01-07,a lot,pot"]
FEBRUARY = ["A1,ann,2024-01-05,3.10,cup", "A2,ann,2024-02-01,99,pot", "C1,,2024-02-02,5,tea", "D1,dan"]
MARCH = ["A3,ann,2024-03-01,7,tea", "B2,bob,2024-03-09,8,tea", "B3,bob,?,8,tea"]
COLUMNS = {
    "order_id": "No",
    "customer_id": "Who",
    "ordered_at": "When",
    "amount_minor": "Sum",
    "item_id": "Item",
}
MONTHS = {"2024-01.csv": JANUARY, "2024-02.csv": FEBRUARY, "2024-03.csv": MARCH}


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    for name, lines in MONTHS.items():
        put(name, *lines)
    return tmp_path


def put(name, *lines, head=HEAD):
    (paths.DATA.parent / "shop" / name).write_text("\n".join([head, *lines]) + "\n")


def ingested(**orders):
    source = {
        "kind": "files", "path": "shop", "currency": "GBP", "amount_unit": "major", "timezone": "UTC",
        "tables": {"orders": {"columns": COLUMNS, **orders}},
    }  # fmt: skip
    settings = {"source": source, "ingest": {"max_rejected_share": 1.0}}
    paths.PARAMS.write_text(json.dumps(settings))
    ingest.main()
    return read_table(paths.TABLES / "orders.parquet")


def counts():
    """By file: read, accepted, merged, out of scope, rejected."""
    return {
        name: tuple(of[fate] for fate in ("read", "accepted", "merged", "out_of_scope", "rejected"))
        for name, of in read_json(paths.REJECTED / "counts.json")["orders"]["files"].items()
    }


def refused():
    rows = read_table(paths.REJECTED / "orders.parquet").select(["file", "row", "reason"]).to_pylist()
    return [tuple(row.values()) for row in rows]


FOUND = {"2024-01.csv": (3, 2, 0, 0, 1), "2024-02.csv": (4, 1, 1, 1, 1), "2024-03.csv": (3, 2, 0, 0, 1)}
REFUSED = [
    ("2024-01.csv", 3, "not_a_number"),
    ("2024-02.csv", 4, "wrong_length"),
    ("2024-03.csv", 3, "not_a_time"),
]


@pytest.mark.parametrize("names", [["2024-*.csv"], [*MONTHS], ["2024-01.csv", "2024-*.csv"]])
def test_files_are_named_one_by_one_or_by_a_pattern(shop, names):
    assert ingested(files=names).num_rows == 5
    assert list(counts()) == [*MONTHS]


def test_several_files_give_the_table_that_one_would_give(shop):
    several = ingested(files=[*MONTHS])
    put("whole.csv", *JANUARY, *FEBRUARY, *MARCH)
    assert ingested(file="whole.csv").equals(several)


def test_every_row_of_every_file_is_accounted_for(shop, capsys):
    ingested(files=[*MONTHS])
    assert counts() == FOUND
    assert read_summary(paths.TABLES).rows["orders"].files["2024-02.csv"].merged == 1
    assert (
        "  2024-02.csv: 4 rows read = 1 accepted + 1 merged + 1 out of scope + 1 " in capsys.readouterr().out
    )


def test_a_refused_row_says_in_which_file_it_stands(shop):
    ingested(files=[*MONTHS])
    assert refused() == REFUSED


def test_files_too_long_for_the_memory_are_accounted_for_too(shop, monkeypatch):
    whole_or_long = long_tables.whole_or_long
    monkeypatch.setattr(files, "whole_or_long", lambda *given: whole_or_long(*given, most=2))
    assert ingested(files=[*MONTHS]).num_rows == 5
    assert (counts(), refused()) == (FOUND, REFUSED)


def test_columns_may_stand_in_another_order(shop):
    before = ingested(files=[*MONTHS])
    put("2024-03.csv", *(",".join(line.split(",")[::-1]) for line in MARCH), head="item,sum,when,who,no")
    assert ingested(files=[*MONTHS]).equals(before)


def test_files_of_text_and_spreadsheets_may_stand_together(shop):
    import openpyxl

    book = openpyxl.Workbook()
    for line in [HEAD, *MARCH]:
        book.active.append(line.split(","))
    book.save(shop / "shop" / "2024-03.xlsx")
    before = ingested(files=[*MONTHS])
    assert ingested(files=["2024-01.csv", "2024-02.csv", "2024-03.xlsx"]).equals(before)


def test_a_file_with_other_headings_is_refused_by_name(shop):
    put("2024-03.csv", *MARCH, head="No,Who,When,Total,Item")
    with pytest.raises(BadSource, match=r"03\.csv has other headings than 2024-01\.csv: it lacks Sum and"):
        ingested(files=["2024-*.csv"])


def test_a_pattern_that_no_file_fits_is_refused(shop):
    with pytest.raises(BadSource, match=r"no file in shop fits `2023-\*\.csv`"):
        ingested(files=["2023-*.csv"])


def test_a_file_that_is_not_there_is_refused(shop):
    with pytest.raises(BadSource, match=r"there is no file shop/2024-04\.csv"):
        ingested(files=[*MONTHS, "2024-04.csv"])


def test_a_table_has_one_file_or_several(shop):
    with pytest.raises(InvalidSetting, match="a table has `file` or `files`"):
        ingested(file="2024-01.csv", files=["2024-02.csv"])


def as_parquet(shop, **last):
    """The months as typed Parquet files, the last with columns of its own."""
    for name in MONTHS:
        path = shop / "shop" / name
        rows = pa.table(
            {"No": ["A"], "Who": ["ann"], "When": [name[:7] + "-01"], "Sum": [1.5], "Item": ["tea"]}
        )
        for column, values in last.items() if name == "2024-03.csv" else ():
            rows = rows.set_column(rows.column_names.index(column), column, values)
        pq.write_table(rows, path.with_suffix(".parquet"))


def test_a_typed_column_without_any_value_is_of_any_type(shop):
    as_parquet(shop, Item=pa.nulls(1))
    assert ingested(files=["*.parquet"])["item_id"].to_pylist() == ["tea", "tea", None]


def test_a_typed_column_of_another_type_is_refused_by_name(shop):
    as_parquet(shop, Sum=pa.array(["1.50"]))
    with pytest.raises(BadSource, match=r"2024-03\.parquet holds Sum as string, and .*01\.parquet as double"):
        ingested(files=["*.parquet"])


def test_parquet_beside_text_is_refused(shop):
    as_parquet(shop)
    with pytest.raises(BadSource, match="are of different kinds"):
        ingested(files=["2024-01.csv", "2024-02.parquet"])
