"""The stage `ingest` on one wide table: rows accounted for, columns understood, and what stops the run."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.contract.storage import read_json, read_summary, read_table
from models.domain.errors import BadSource, InvalidSetting, Leakage, TooManyRejected
from models.domain.identity import Concealment, concealed
from models.domain.instants import to_micros
from models.domain.vocabulary import IdentityKind
from pipelines import ingest, paths
from tests.wide_examples import in_persian, telco, write

ROWS = telco()
NO_VALUE = {"value_minor": None, "drop": ["Profit"]}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ingested(folder, rows=ROWS, *, table=None, name="telco.csv", limit=0.01, written=None, **source):
    """Write the rows and the settings, run the stage, and read its summary."""
    if rows is not None:
        write(rows, folder / name, **(written or {}))
    section = {
        "kind": "table", "path": name, "currency": "USD", "amount_unit": "major", "timezone": "UTC",
        "extracted_at": "2026-05-31",
        "table": {"customer_id": "customerID", "value_minor": "Profit"} | (table or {}),
    } | source  # fmt: skip
    values = {"source": section, "ingest": {"max_rejected_share": limit}}
    (folder / "params.yaml").write_text(json.dumps(values))
    ingest.main()
    return read_summary(paths.TABLES)


def column(name, table="customers"):
    return read_table(paths.TABLES / f"{table}.parquet")[name].to_pylist()


def changed(number, **values):
    rows = [dict(row) for row in ROWS]
    rows[number] |= values
    return rows


def test_every_customer_is_a_row_of_both_tables(folder):
    counts = ingested(folder).rows
    assert {name: (each.read, each.accepted) for name, each in counts.items()} == {
        "customers": (400, 400),
        "outcomes": (400, 400),
    }


def test_numbers_and_words_become_attributes(folder):
    ingested(folder)
    schema = pq.read_schema(paths.TABLES / "customers.parquet")
    kinds = (schema.field("attribute_tenure").type, schema.field("attribute_Contract").type)
    assert kinds == (pa.float64(), pa.string())


def test_the_label_the_id_and_a_constant_are_no_attributes(folder):
    told = ingested(folder).columns["customers"]
    assert not {"attribute_Churn", "attribute_customerID", "attribute_Country"} & {*told}


def test_an_id_that_nobody_named_is_left_out_by_name(folder):
    notes = ingested(folder, table={"customer_id": None}).notes
    assert any(note.startswith("customerID: left out, (nearly) every row") for note in notes)


def test_row_numbers_stand_in_for_ids_and_the_run_says_so(folder):
    notes = ingested(folder, table={"customer_id": None}).notes
    named = any(note.startswith("no column of ids") for note in notes)
    assert (named, "row-400" in column("customer_id")) == (True, True)


def test_customers_who_look_alike_stay_apart_where_rows_are_numbered(folder):
    rows = [{name: value for name, value in row.items() if name != "customerID"} for row in ROWS]
    assert ingested(folder, [*rows, rows[0]], table={"customer_id": None}).rows["customers"].accepted == 401


def test_the_label_says_who_left(folder):
    ingested(folder)
    left = [row["customerID"] for row in ROWS if row["Churn"] == "Yes"]
    told = dict(zip(column("customer_id", "outcomes"), column("churned", "outcomes"), strict=True))
    assert sorted(name for name, churned in told.items() if churned) == left


def test_a_blank_in_a_column_of_numbers_is_empty_and_told(folder):
    notes = ingested(folder).notes
    newcomers = sum(row["tenure"] == "0" for row in ROWS)
    assert f"TotalCharges: {newcomers} cells are empty" in notes


def test_a_customer_without_a_label_is_to_be_scored_only(folder):
    told = ingested(folder, changed(0, Churn=""))
    assert (column("churned", "outcomes").count(None), told.rows["outcomes"].accepted) == (1, 400)


def test_repeated_rows_are_merged(folder):
    assert ingested(folder, [*ROWS, ROWS[3]]).rows["customers"].merged == 1


def test_rows_of_one_customer_that_differ_are_refused_in_both_tables(folder):
    told = ingested(folder, [*ROWS, {**ROWS[3], "tenure": "71"}])
    reasons = {name: dict(each.reasons) for name, each in told.rows.items()}
    assert reasons == {
        "customers": {"conflicting_duplicate": 2},
        "outcomes": {"conflicting_duplicate": 2},
    }


def test_a_row_without_an_id_is_refused(folder):
    assert ingested(folder, changed(5, customerID="")).rows["customers"].reasons == {"missing_key": 1}


def test_a_line_of_another_length_is_refused_as_it_stands(folder):
    write(ROWS, folder / "telco.csv")
    with (folder / "telco.csv").open("a") as file:
        file.write("9999-X,1,Yes\n")
    assert ingested(folder, None).rows["customers"].reasons == {"wrong_length": 1}


def test_beside_a_refused_row_stands_nothing_personal(folder):
    rows = [
        {**row, "Surname": f"Nobody{number}"}
        for number, row in enumerate([*ROWS, {**ROWS[3], "tenure": "71"}])
    ]
    ingested(folder, rows)
    refused = pq.read_schema(paths.REJECTED / "customers.parquet").names
    assert {"customerID", "Churn", "tenure"} <= {*refused}
    assert not {"Surname", "Country"} & {*refused}


def test_too_many_refused_rows_stop_the_run(folder):
    with pytest.raises(TooManyRejected, match="customers were refused: missing_key 1"):
        ingested(folder, changed(5, customerID=""), limit=0.0)


def test_a_refused_run_leaves_no_summary(folder):
    with pytest.raises(TooManyRejected):
        ingested(folder, changed(5, customerID=""), limit=0.0)
    assert not (paths.TABLES / "source.json").exists()


def test_what_customers_brought_is_kept_to_the_cent(folder):
    ingested(folder)
    told = sum(value for value in column("value_minor", "outcomes"))
    assert told == sum(round(float(row["Profit"]) * 100) for row in ROWS)


def test_a_value_that_is_no_number_is_refused_and_the_customer_kept(folder):
    told = ingested(folder, changed(0, Profit="much"))
    assert (told.rows["customers"].accepted, told.rows["outcomes"].reasons) == (400, {"not_a_number": 1})


def test_the_table_speaks_for_the_end_of_the_day_it_was_exported(folder):
    assert ingested(folder).as_of == to_micros(datetime(2026, 6, 1, tzinfo=UTC))


def test_without_that_day_the_run_stops(folder):
    with pytest.raises(BadSource, match=r"nothing says for which day.*Set source\.extracted_at"):
        ingested(folder, extracted_at=None)


def test_a_price_index_has_no_meaning(folder):
    with pytest.raises(InvalidSetting, match=r"has no meaning for source\.kind table"):
        ingested(folder, price_index="prices.csv")


def test_a_copy_of_the_label_stops_the_run_by_name(folder):
    rows = [{**row, "Closed": row["Churn"].lower()} for row in ROWS]
    with pytest.raises(Leakage, match=r"Closed: AUC 1\.000 alone.*source\.table\.drop: \[Closed\]"):
        ingested(folder, rows)


def test_a_column_that_a_person_drops_is_not_looked_at(folder):
    rows = [{**row, "Closed": row["Churn"].lower()} for row in ROWS]
    assert "attribute_Closed" not in ingested(folder, rows, table={"drop": ["Closed"]}).columns["customers"]


def test_what_is_brought_afterwards_leaks_unless_it_is_the_value(folder):
    with pytest.raises(Leakage, match="Profit: AUC 1"):
        ingested(folder, table={"value_minor": None})


def test_a_heading_that_is_not_there_is_answered_with_those_that_are(folder):
    with pytest.raises(BadSource, match=r"lacks Tenur.*Is Tenur the column tenure\?"):
        ingested(folder, table={"drop": ["Tenur"]})


def test_a_kind_that_no_attribute_has_is_refused(folder):
    with pytest.raises(InvalidSetting, match=r"source\.table\.kinds\.tenure"):
        ingested(folder, table={"kinds": {"tenure": "instant"}})


def test_the_oracle_is_absent_with_its_reason(folder):
    ingested(folder)
    assert "not a table" in read_json(paths.ORACLE / "absent.json")["reason"]


def test_a_second_run_writes_the_same_bytes(folder):
    ingested(folder)
    first = {path.name: path.read_bytes() for path in paths.TABLES.iterdir()}
    ingested(folder)
    assert {path.name: path.read_bytes() for path in paths.TABLES.iterdir()} == first


PERSIAN_VALUE = {"value_minor": "سود"}
PERSIAN = {
    "name": "مشترکان.csv",
    "table": {"customer_id": "شناسه مشترک", "delimiter": ";", "encoding": "cp1256"} | PERSIAN_VALUE,
    "written": {"delimiter": ";", "encoding": "cp1256"},
}


def without_half_spaces(rows):
    """cp1256 has no Persian digits; the text of old tills has Latin ones and Arabic yeh and kaf."""
    old = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫یک", "0123456789.يك")
    return [{name.translate(old): value.translate(old) for name, value in row.items()} for row in rows]


def test_a_persian_table_of_an_old_till_says_the_same(folder):
    ingested(folder, table=NO_VALUE)
    latin = {name: column(name) for name in ("customer_id", "attribute_tenure", "attribute_MonthlyCharges")}
    ingested(folder, without_half_spaces(in_persian(ROWS)), **PERSIAN)
    persian = ("customer_id", "attribute_ماههای اشتراک", "attribute_هزینه ماهانه")
    assert [column(name) for name in persian] == list(latin.values())


def test_persian_words_say_who_left(folder):
    ingested(folder, in_persian(ROWS), table={"customer_id": "شناسه مشترک"} | PERSIAN_VALUE)
    assert column("churned", "outcomes").count(True) == sum(row["Churn"] == "Yes" for row in ROWS)


def test_a_spreadsheet_says_the_same_as_text(folder):
    import xlsxwriter

    ingested(folder, table=NO_VALUE)
    before = read_table(paths.TABLES / "customers.parquet")
    with xlsxwriter.Workbook(str(folder / "telco.xlsx")) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate([list(ROWS[0]), *(list(row.values()) for row in ROWS)]):
            sheet.write_row(number, 0, line)
    ingested(folder, None, table=NO_VALUE, name="telco.xlsx")
    assert read_table(paths.TABLES / "customers.parquet").equals(before)


SECRET = "a secret of the business"
KEYS = {"email": "ann{}@example.org", "phone": "0912{:07}"}


def known_by(kind):
    return [{"contact": KEYS[kind].format(n), **without_id(row)} for n, row in enumerate(ROWS)]


def without_id(row):
    return {name: value for name, value in row.items() if name != "customerID"}


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_customers_may_be_known_by_a_key_that_is_hidden(folder, monkeypatch, kind):
    monkeypatch.setenv("HOLDFAST_ID_KEY", SECRET)
    told = ingested(
        folder,
        known_by(kind),
        table={"customer_id": {"column": "contact", "identity": kind}},
        phone_country_code="98",
    )
    expected = concealed(IdentityKind(kind), KEYS[kind].format(7), Concealment(SECRET.encode(), "98"))
    assert (expected in column("customer_id"), told.identity_key is not None) == (True, True)


def test_no_address_reaches_the_disk_even_beside_refused_rows(folder, monkeypatch):
    monkeypatch.setenv("HOLDFAST_ID_KEY", SECRET)
    rows = known_by("email")
    write([*rows, {**rows[3], "tenure": "71"}], folder / "telco.csv")
    with (folder / "telco.csv").open("a") as file:
        file.write("ann999@example.org,1,Yes\n")
    ingested(folder, None, table={"customer_id": {"column": "contact", "identity": "email"}})
    kept = [path.read_bytes() for path in folder.glob("data/**/*") if path.is_file()]
    assert [text for text in kept if b"@example" in text] == []


def test_a_row_whose_key_is_none_is_refused(folder, monkeypatch):
    monkeypatch.setenv("HOLDFAST_ID_KEY", SECRET)
    rows = known_by("email")
    rows[0]["contact"] = "nobody knows"
    told = ingested(folder, rows, table={"customer_id": {"column": "contact", "identity": "email"}})
    assert told.rows["customers"].reasons == {"missing_key": 1}


def test_a_hidden_key_needs_its_secret(folder, monkeypatch):
    monkeypatch.delenv("HOLDFAST_ID_KEY", raising=False)
    with pytest.raises(BadSource, match="HOLDFAST_ID_KEY"):
        ingested(folder, known_by("email"), table={"customer_id": {"column": "contact", "identity": "email"}})


@pytest.mark.parametrize("kind", ["email", "phone"])
def test_a_key_is_not_stored_as_it_stands(folder, kind):
    with pytest.raises(BadSource, match=rf"customer_id: {{column: contact, identity: {kind}}}"):
        ingested(folder, known_by(kind), table={"customer_id": "contact"})


def test_rows_that_share_an_id_are_told(folder):
    notes = ingested(folder, [*ROWS, {**ROWS[3], "tenure": "71"}]).notes
    assert any(note.startswith("customerID: 2 rows share an id") for note in notes)
