"""The stage `plan` on real files, and what people find in the lists."""

import csv
from datetime import UTC, datetime

import openpyxl
import pytest

from models.contract.storage import (
    SourceSummary,
    read_json,
    read_table,
    write_json,
    write_summary,
    write_table,
)
from models.domain.errors import ContractViolation, InvalidSetting
from models.domain.instants import to_micros
from models.domain.settings import plain
from models.domain.words import ENGLISH
from models.policy.save_list import COLUMNS
from pipelines import lists, paths, plan
from tests.list_examples import POLICY_OF_LISTS, choices, offers, scores

AS_OF = datetime(2024, 6, 30, 22, tzinfo=UTC)
ZONE = "Europe/Berlin"
PEOPLE = [("-A", 0, 900), ("B", 512, 100), ("C", 712, 50)]
SOURCE = SourceSummary(
    kind="files",
    currency="EUR",
    timezone="Europe/Berlin",
    as_of=to_micros(AS_OF),
    first_order_at=0,
    rows={},
    columns={},
)


def run_plan(folder, monkeypatch, people=PEOPLE, language="en"):
    monkeypatch.chdir(folder)
    (folder / "params.yaml").write_text(f"report:\n  language: {language}\n")
    write_summary(SOURCE, paths.TABLES)
    write_table(scores(people, AS_OF), paths.SCORES / "scores.parquet")
    write_table(choices(people), paths.SCORES / "choices.parquet")
    write_table(offers(people), paths.SCORES / "offers.parquet")
    write_json(plain(POLICY_OF_LISTS), paths.LIVE / "policy.json")
    plan.main()
    return folder


@pytest.fixture
def done(tmp_path, monkeypatch):
    return run_plan(tmp_path, monkeypatch)


@pytest.fixture
def cells(done):
    with (done / paths.LISTS / "at_risk.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def book(done):
    return openpyxl.load_workbook(done / paths.LISTS / "at_risk.xlsx")


def test_the_csv_has_the_columns_of_the_list(cells):
    assert list(cells[0]) == [column.name for column in COLUMNS]


def test_the_csv_holds_the_ranked_customers(cells):
    assert [(row["rank"], row["customer_id"]) for row in cells] == [("1", "C"), ("2", "B"), ("3", "'-A")]


def test_a_reason_that_looks_like_a_formula_is_text_in_the_csv(cells):
    assert cells[0]["reason_1"] == "'=no order for 74 days"


def test_times_in_the_csv_are_iso(cells):
    assert cells[0]["as_of"] == "2024-06-30T22:00:00Z"


def test_what_is_not_known_is_empty_in_the_csv(cells):
    assert cells[0]["next_order_expected_by"] == ""


def test_the_workbook_shows_headings_for_people(book):
    assert [cell.value for cell in book["Save list"][1]][:4] == [
        "Rank",
        "Customer",
        "Stage",
        "Chance of leaving",
    ]


def test_the_workbook_shows_money_in_major_units(book):
    sheet = book["Save list"]
    column = [cell.value for cell in sheet[1]].index("Expected gain")
    assert (sheet[2][column].value, sheet[2][column].number_format) == (7.12, "#,##0.00")


def test_the_workbook_shows_probabilities_as_percent(book):
    assert (book["Save list"]["D2"].value, book["Save list"]["D2"].number_format) == (0.625, "0.0%")


def test_the_workbook_shows_real_dates(book):
    sheet = book["Save list"]
    column = [cell.value for cell in sheet[1]].index("Last order (UTC)")
    assert sheet[2][column].value == AS_OF.replace(tzinfo=None)


def test_a_reason_that_looks_like_a_formula_is_text_in_the_workbook(book):
    sheet = book["Save list"]
    column = [cell.value for cell in sheet[1]].index("First reason")
    assert sheet[2][column].data_type == "s"


def test_the_heading_row_stays_in_sight(book):
    assert book["Save list"].freeze_panes == "C2"


def test_the_workbook_can_be_filtered(book):
    assert book["Save list"].auto_filter.ref == "A1:X4"


def test_the_workbook_shows_the_offer_in_words(book):
    sheet = book["Save list"]
    column = [cell.value for cell in sheet[1]].index("Offer")
    assert [sheet[row][column].value for row in (2, 3, 4)] == ["coupon of 5.00 EUR"] * 2 + [None]


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Currency", "EUR"),
        ("Model", "boosted and logistic"),
        ("Data until the end of", "30 June 2024"),
    ],
)
def test_the_workbook_says_once_what_every_row_shares(book, heading, value):
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about[heading] == value


def test_the_workbook_says_how_much_of_the_list_it_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(lists, "EXCEL_ROWS", 2)
    done = run_plan(tmp_path, monkeypatch)
    book = openpyxl.load_workbook(done / paths.LISTS / "at_risk.xlsx")
    assert book["About"]["B1"].value == "2 of 3 (all: at_risk.csv)"


def test_a_currency_without_decimals_shows_none(tmp_path):
    rows = plan.at_risk(plan.ranked_plan(scores(PEOPLE, AS_OF), choices(PEOPLE), ZONE))
    lists.write_xlsx(rows, tmp_path / "list.xlsx", currency="IRR", as_of=0, zone="Asia/Tehran", words=ENGLISH)
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx")["Save list"]
    column = [cell.value for cell in sheet[1]].index("Expected gain")
    assert (sheet[2][column].value, sheet[2][column].number_format) == (712, "#,##0")


@pytest.fixture
def persian(tmp_path, monkeypatch):
    done = run_plan(tmp_path, monkeypatch, language="fa")
    return openpyxl.load_workbook(done / paths.LISTS / "at_risk.xlsx")


def test_a_persian_workbook_is_read_from_the_right(persian):
    assert [sheet.sheet_view.rightToLeft for sheet in persian] == [True, True]


def test_a_persian_workbook_has_persian_headings(persian):
    assert [cell.value for cell in persian.worksheets[0][1]][:4] == ["رتبه", "مشتری", "وضعیت", "احتمال رفتن"]


def test_a_persian_workbook_tells_coded_words_in_persian(persian):
    assert persian.worksheets[0]["C2"].value == "در فکر رفتن"


def test_dates_in_a_persian_workbook_are_real_dates(persian):
    (heading, *_), (row, *_) = persian.worksheets[0].iter_rows(max_row=1), persian.worksheets[0].iter_rows(2)
    dates = {title.value: cell.value for title, cell in zip(heading, row, strict=True)}
    assert dates["آخرین سفارش (UTC)"] == AS_OF.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("heading", "value"),
    [("واحد پول", "یورو"), ("دورهٔ محاسبهٔ ارزش (روز)", "۳۶۵"), ("داده‌ها تا پایان", "۱۰ تیر ۱۴۰۳")],
)
def test_a_persian_workbook_says_once_what_every_row_shares(persian, heading, value):
    about = {row[0].value: row[1].value for row in persian.worksheets[1].iter_rows()}
    assert about[heading] == value


def test_the_csv_has_the_same_columns_and_codes_in_every_language(done, cells, monkeypatch):
    run_plan(done, monkeypatch, language="ar")
    with (done / paths.LISTS / "at_risk.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == cells


def test_a_language_that_nobody_translated_is_refused(tmp_path, monkeypatch):
    with pytest.raises(InvalidSetting, match=r"report\.language.*en, fa or ar"):
        run_plan(tmp_path, monkeypatch, language="de")


@pytest.mark.parametrize("name", ["lists/at_risk.csv", "lists/at_risk.xlsx", "plan/plan.parquet"])
def test_the_same_scores_give_the_same_bytes(done, monkeypatch, name):
    first = (done / paths.DATA / name).read_bytes()
    run_plan(done, monkeypatch)
    assert (done / paths.DATA / name).read_bytes() == first


def test_every_scored_customer_is_assigned(done):
    assert read_table(done / paths.PLAN / "assignments.parquet")["customer_id"].to_pylist() == [
        "-A",
        "B",
        "C",
    ]


def test_assignments_are_named_after_the_source_s_own_day(done):
    campaigns = read_table(done / paths.PLAN / "assignments.parquet")["campaign_id"].to_pylist()
    assert set(campaigns) == {"plan-2024-06-30"}


def test_the_figures_of_the_plan_say_what_it_promises_and_gains(done):
    figures = read_json(done / paths.METRICS / "plan.json")
    assert (figures["acted_on"], figures["liability_minor"], figures["expected_gain_minor"]) == (
        2,
        1020,
        1224,
    )


def test_nothing_unfinished_is_left(done):
    assert not list((done / paths.DATA).rglob("*.unfinished"))


def test_without_any_score_everybody_is_listed_without_a_chance_of_leaving(tmp_path, monkeypatch):
    done = run_plan(tmp_path, monkeypatch, [("A", 0, None), ("B", 0, None)])
    with (done / paths.LISTS / "at_risk.csv").open(newline="") as stream:
        listed = [(row["customer_id"], row["churn_probability"]) for row in csv.DictReader(stream)]
    assert listed == [("A", ""), ("B", "")]


def test_without_any_customer_there_is_no_plan(done, monkeypatch):
    for name in ("scores", "choices", "offers"):
        path = paths.SCORES / f"{name}.parquet"
        write_table(read_table(path).slice(0, 0), path)
    with pytest.raises(ContractViolation, match="there is no customer"):
        plan.main()
