"""The stage `ingest` on files of somebody else's, read by a mapping: the same facts give the same tables."""

import itertools

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from openpyxl import Workbook

from models.contract.storage import read_summary, read_table
from models.domain.errors import BadSource
from pipelines import ingest, paths

HEADINGS = ("شماره سفارش", "ردیف", "مشتری", "تاریخ", "ساعت", "تعداد", "قیمت واحد", "وضعیت", "کالا")
FACTS = [
    ("A1", "1", "1001", "2024-01-05", "10:30", "2", "1250000", "تکمیل شده", "چای"),
    ("A1", "2", "1001", "2024-01-05", "10:30", "1", "310000", "تکمیل شده", "قوری، بزرگ"),
    ("B1", "1", "1002", "2024-02-01", "09:05", "1", "99000", "تکمیل شده", None),
    ("B2", "1", "1002", "2024-02-03", "19:00", "3", "50000", "لغو شده", "چای"),
    ("A2", "1", "1001", "2024-03-19", "23:59", "-1", "1250000", "تکمیل شده", "چای"),
]
JALALI = {
    "2024-01-05": "1402/10/15", "2024-02-01": "1402/11/12", "2024-02-03": "1402/11/14",
    "2024-03-19": "1402/12/29",
}  # fmt: skip
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# What cp1256 has no place for: digits of its own for Persian, and the Persian yeh.
WITHOUT_PERSIAN = str.maketrans("۰۱۲۳۴۵۶۷۸۹ی", "0123456789ي")
WAYS = [
    *itertools.product(["utf-8", "utf-16", "cp1256"], [",", ";", "\t"], ["jalali"], ["toman"], ["persian"]),
    *itertools.product(["utf-8"], [","], ["gregorian", "jalali"], ["rial", "toman"], ["latin", "persian"]),
]
COLUMNS = {
    "order_id": "شماره سفارش",
    "line_id": "ردیف",
    "customer_id": "مشتری",
    "ordered_at": {"column": "تاریخ", "time": "ساعت"},
    "units": "تعداد",
    "amount_minor": {"product": ["تعداد", "قیمت واحد"]},
    "item_id": "کالا",
}
WHERE = [{"column": "وضعیت", "in": ["تکمیل شده"]}]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def settings(table, table_name="orders", limit=0.0, **source):
    section = {
        "kind": "files", "path": "shop", "currency": "IRR", "amount_unit": "rial",
        "timezone": "Asia/Tehran", "tables": {table_name: table},
    } | source  # fmt: skip
    values = {"source": section, "ingest": {"max_rejected_share": limit}}
    paths.PARAMS.write_text(yaml.safe_dump(values, allow_unicode=True))


def text(rows, delimiter=","):
    cells = [[cell or "" for cell in row] for row in (HEADINGS, *rows)]
    quoted = [[f'"{cell}"' if delimiter in cell else cell for cell in row] for row in cells]
    return "".join(delimiter.join(row) + "\n" for row in quoted)


def as_facts(calendar="gregorian", unit="rial", digits="latin"):
    rows = [list(row) for row in FACTS]
    for row in rows:
        if calendar == "jalali":
            row[3] = JALALI[row[3]]
        if unit == "toman":
            row[6] = row[6][:-1]
        if digits == "persian":
            row[:] = [cell and cell.translate(PERSIAN) for cell in row]
    return rows


def written():
    return {path.name: path.read_bytes() for path in sorted(paths.TABLES.glob("*.parquet"))}


def ingested(shop, content, **table):
    (shop / "فروش.csv").write_bytes(content)
    options = {key: table.pop(key) for key in ("calendar", "amount_unit") if key in table}
    settings({"file": "فروش.csv", "columns": COLUMNS, "where": WHERE} | table, **options)
    ingest.main()
    return written()


def column(name, table="orders"):
    return read_table(paths.TABLES / f"{table}.parquet")[name].to_pylist()


@pytest.fixture
def plain(shop):
    """What the facts come to, in UTF-8 with commas, Latin digits, Gregorian days and rials."""
    return ingested(shop, text(FACTS).encode())


def test_quantity_times_price_is_the_amount(plain):
    assert column("amount_minor") == [2500000, 310000, -1250000, 99000]


def test_a_day_and_its_hour_are_an_instant(plain):
    assert column("ordered_at")[0].isoformat() == "2024-01-05T07:00:00+00:00"


def test_every_row_is_accounted_for(plain):
    counts = read_summary(paths.TABLES).rows["orders"]
    assert (counts.read, counts.accepted, counts.out_of_scope) == (5, 4, 1)


def test_rows_out_of_scope_are_told(plain):
    assert "orders: 1 rows out of scope: وضعیت not in تکمیل شده" in read_summary(paths.TABLES).notes


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_the_same_facts_give_the_same_tables(plain, shop, way):
    encoding, delimiter, calendar, unit, digits = way
    lines = text(as_facts(calendar, unit, digits), delimiter)
    if encoding == "cp1256":
        lines = lines.translate(WITHOUT_PERSIAN)
    content = lines.encode(encoding)
    how = {"encoding": encoding, "delimiter": delimiter, "calendar": calendar, "amount_unit": unit}
    again = ingested(shop, content, **how)
    assert again == plain


def test_western_letters_in_cp1252_are_those_of_utf_8(shop):
    facts = [[*row[:-1], "Crème brûlée"] for row in FACTS]
    rows = [
        [cell.replace("تکمیل شده", "fertig").replace("لغو شده", "storniert") for cell in row] for row in facts
    ]
    plain = ["No", "Zeile", "Kunde", "Tag", "Zeit", "Stück", "Preis", "Stand", "Artikel"]
    lines = "\n".join(",".join(row) for row in [plain, *rows]).encode("cp1252")
    names = dict(zip(HEADINGS, plain, strict=True))
    own = yaml.safe_load(yaml.safe_dump(COLUMNS, allow_unicode=True))
    columns = {key: names[value] if isinstance(value, str) else value for key, value in own.items()}
    columns |= {
        "ordered_at": {"column": "Tag", "time": "Zeit"},
        "amount_minor": {"product": ["Stück", "Preis"]},
    }
    ingested(shop, lines, encoding="cp1252", columns=columns, where=[{"column": "Stand", "in": ["fertig"]}])
    assert set(column("item_id")) == {"Crème brûlée"}


def test_a_spreadsheet_gives_the_same_tables(plain, shop):
    workbook = Workbook()
    for row in (HEADINGS, *FACTS):
        workbook.active.append(row)
    workbook.save(shop / "فروش.xlsx")
    settings({"file": "فروش.xlsx", "columns": COLUMNS, "where": WHERE})
    ingest.main()
    assert written() == plain


def test_parquet_gives_the_same_tables(plain, shop):
    table = pa.table([list(cells) for cells in zip(*FACTS, strict=True)], names=list(HEADINGS))
    pq.write_table(table, shop / "فروش.parquet")
    settings({"file": "فروش.parquet", "columns": COLUMNS, "where": WHERE})
    ingest.main()
    assert written() == plain


def test_a_decimal_comma_is_declared(shop):
    (shop / "o.csv").write_text(
        "order_id;line_id;customer_id;ordered_at;amount_minor\nA;1;x;05.01.2024;1.234,50\n"
    )
    mapping = {"file": "o.csv", "delimiter": ";", "decimal_mark": ","}
    columns = {name: name for name in ("order_id", "line_id", "customer_id", "amount_minor")}
    days = {"ordered_at": {"column": "ordered_at", "order": "day_first"}}
    settings(
        mapping | {"columns": columns | days}, currency="EUR", amount_unit="major", timezone="Europe/Berlin"
    )
    ingest.main()
    assert column("amount_minor") == [123450]


def test_a_mapping_of_the_file_alone_takes_the_contracts_names(shop):
    (shop / "sales.csv").write_text(
        "order_id;line_id;customer_id;ordered_at;amount_minor\nA;1;x;2024-01-05;5\n"
    )
    settings({"file": "sales.csv", "delimiter": ";"})
    ingest.main()
    assert column("order_id") == ["A"]


def test_tables_without_a_mapping_are_still_found_by_their_names(shop):
    (shop / "sales.csv").write_text(
        "order_id,line_id,customer_id,ordered_at,amount_minor\nA,1,x,2024-01-05,5\n"
    )
    (shop / "contacts.csv").write_text(
        "contact_id,customer_id,contacted_at,direction\n1,x,2024-01-05,inbound\n"
    )
    settings({"file": "sales.csv"})
    ingest.main()
    assert column("contact_id", "contacts") == ["1"]


def test_lines_of_another_length_are_refused_with_the_line(shop):
    lines = [*text(FACTS).splitlines(), "B3,1,1002"]
    (shop / "فروش.csv").write_text("\n".join(lines))
    settings({"file": "فروش.csv", "columns": COLUMNS, "where": WHERE}, limit=0.5)
    ingest.main()
    refused = read_table(paths.REJECTED / "orders.parquet")
    assert [refused[name].to_pylist() for name in ("row", "reason", "_line")] == [
        [6],
        ["wrong_length"],
        ["B3,1,1002"],
    ]


def test_a_mapped_file_that_is_not_there_is_named(shop):
    (shop / "other.csv").write_text("x\n")
    settings({"file": "sales.csv"})
    with pytest.raises(BadSource, match=r"no file shop/sales\.csv.*other\.csv"):
        ingest.main()


def test_a_mapping_without_a_file_needs_one_of_the_tables_name(shop):
    (shop / "orders.csv").write_text(
        "order_id,line_id,customer_id,ordered_at,amount_minor\nA,1,x,2024-01-05,5\n"
    )
    settings({"columns": {"complaint_id": "id", "customer_id": "who", "opened_at": "when"}}, "complaints")
    with pytest.raises(BadSource, match=r"source\.tables\.complaints names no file"):
        ingest.main()


def test_a_heading_that_is_almost_there_is_suggested(shop):
    (shop / "sales.csv").write_text("Bestellnr,Kunde,Datum,Betrag\nA,x,2024-01-05,5\n")
    columns = {
        "order_id": "Bestelnr",
        "customer_id": "Kunde",
        "ordered_at": "Datum",
        "amount_minor": "Betrag",
    }
    settings({"file": "sales.csv", "columns": columns})
    with pytest.raises(BadSource, match="Is Bestelnr the column Bestellnr"):
        ingest.main()
