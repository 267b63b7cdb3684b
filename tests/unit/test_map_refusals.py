"""Files that `make map` cannot propose anything for, and the sentence that says why and what to do."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.domain.errors import BadSource, InvalidSetting
from pipelines.mapping_proposal.choosing import proposed
from pipelines.mapping_proposal.contents import contents_of
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.said import as_of_said, calling_code_said, headings_said, zone_said
from pipelines.mapping_proposal.shown import proposal_lines
from pipelines.sources.mapping import Encoding

ANSWERS = {"CURRENCY": "IRR", "UNIT": "toman", "MARGIN": "0.3"}
ORDERS = {
    "Order ID": ("1", "2", "3", "4"),
    "Customer": ("Ann Person52", "Bob Person7", "علی رضایی", "Ann Person52"),
    "Email": ("a52@x.org", "b7@x.org", "ali@x.org", "a52@x.org"),
    "Order Date": ("2023-05-01", "2023-05-02", "2023-05-03", "2023-05-04"),
    "Total": ("358000", "120000", "990000", "72500"),
}
CHURN = {"gender": ("f", "m", "f", "m"), "tenure": ("1", "7", "3", "9")}


def looked(columns, name="sales.csv"):
    contents = tuple(contents_of(heading, texts) for heading, texts in columns.items())
    return Looked(name, contents, len(contents[0].texts), encoding=Encoding.UTF_8, delimiter=",")


def proposal(columns, **answers):
    return proposed([looked(columns)], Path("shop"), {**ANSWERS, **answers})


def without(heading):
    return {name: texts for name, texts in ORDERS.items() if name != heading}


def test_a_key_beside_names_names_the_customer():
    columns = proposal(ORDERS).source["tables"]["orders"]["columns"]
    assert columns["customer_id"] == {"column": "Email", "identity": "email"}


def test_names_are_never_shown():
    assert not any(word in line for line in proposal_lines(proposal(ORDERS)) for word in ("Person", "رضایی"))


def test_names_alone_are_no_ids():
    with pytest.raises(BadSource, match="`Customer` holds names, and names are no ids") as caught:
        proposal(without("Email"))
    assert "Person" not in caught.value.message


@pytest.mark.parametrize(
    "ids", [("c1", "c2", "c1", "c3"), ("Ann", "Bob", "Ann", "Cem"), ("A 1", "A 2", "B 1", "C 1")]
)
def test_single_words_and_numbered_ones_are_ids(ids):
    orders = proposal({**ORDERS, "Customer": ids}).source["tables"]["orders"]
    assert orders["columns"]["customer_id"] == "Customer"


def test_lunar_years_are_refused():
    dates = ("1445/02/11", "1445/02/12", "1446/03/01", "1446/03/02")
    with pytest.raises(BadSource, match="1445 to 1446 of Order Date look like the lunar Hijri calendar"):
        proposal({**ORDERS, "Order Date": dates})


def test_a_person_may_insist_on_far_jalali_years():
    dates = ("1445/02/11", "1445/02/12", "1446/03/01", "1446/03/02")
    found = proposal({**ORDERS, "Order Date": dates}, CALENDAR="jalali")
    assert found.source["calendar"] == "jalali"


@pytest.mark.parametrize("date", ["14030503", "03-Jänner-2023", "1672531200"])
def test_orders_whose_dates_are_not_read_are_told_so(date):
    columns = {**ORDERS, "Order Date": (date, date, date, date)}
    with pytest.raises(
        BadSource, match=rf"sales\.csv looks like orders, but `Order Date` \(e\.g\. {date}\) is no"
    ):
        proposal(columns)


@pytest.mark.parametrize(
    ("heading", "texts", "remedy"),
    [
        ("retained", ("1", "0", "1", "0"), "LABEL=retained:1"),
        ("churned", ("yes", "no", "maybe", "no"), "LABEL=churned:yes"),
        ("churn", (None, None, None, None), "LABEL=churn:value"),
    ],
)
def test_an_unclear_label_says_how_to_answer(heading, texts, remedy):
    with pytest.raises(BadSource, match=f"the values of {heading} do not say who left.*{remedy}"):
        proposal({**CHURN, heading: texts})


def test_an_unclear_label_can_be_answered():
    table = proposal({**CHURN, "retained": ("1", "0", "1", "0")}, LABEL="retained:0").source["table"]
    assert table["label"] == {"column": "retained", "churned": ["0"], "stayed": ["1"]}


def test_several_labels_are_named():
    with pytest.raises(BadSource, match=r"several columns could say who left.*LABEL=Exited"):
        proposal({**CHURN, "Exited": ("Yes", "No", "No", "No"), "Churn": ("No", "No", "Yes", "No")})


def test_a_label_that_nobody_left_by_says_nobody():
    found = proposal({**CHURN, "Churn": ("No", "No", "No", "No")}, AS_OF="2024-01-31")
    assert "  left: nobody; stayed: No" in found.findings


def test_statuses_of_a_sample_say_so():
    status = {**without("Customer"), "Status": ("open", "shipped", "open", "open")}
    plan = proposed([replace(looked(status), rows=9_000)], Path("shop"), ANSWERS).plans["orders"]
    assert "Status: open 3, shipped 1 (of the 4 rows looked at)" in plan.findings


def test_a_rare_status_outside_the_sample_is_left_out():
    status = {**without("Customer"), "Status": ("open", "shipped", "open", "open")}
    whole = replace(looked(status), rows=9_000, tallies={"Status": (("open", 8_999), ("Cancelled", 1))})
    plan = proposed([whole], Path("shop"), ANSWERS).plans["orders"]
    assert plan.settings["where"] == [{"column": "Status", "not_in": ["Cancelled"]}]


def test_a_jalali_day_is_taken_beside_jalali_dates():
    assert as_of_said({"AS_OF": "۱۴۰۳/۰۵/۰۳"}, "jalali") == "2024-07-24"


def test_a_jalali_moment_keeps_its_time():
    assert as_of_said({"AS_OF": "1403/05/03 12:30"}, "jalali") == "2024-07-24 12:30"


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        ("1403/05/03", "gregorian"),
        ("1403/13/03", "jalali"),
        ("1403/12/31", "jalali"),
        ("tomorrow", None),
        ("31.05.2026", None),
    ],
)
def test_what_is_no_day_is_refused_by_the_name_of_the_answer(text, calendar):
    with pytest.raises(InvalidSetting, match=r"a Gregorian day such as.*Correct AS_OF=…"):
        as_of_said({"AS_OF": text}, calendar)


def test_the_day_of_a_shop_with_jalali_dates_may_be_jalali():
    dates = ("1402/02/11", "1402/02/12", "1402/03/01", "1402/03/02")
    found = proposal({**ORDERS, "Order Date": dates}, AS_OF="1403/05/03")
    assert found.source["extracted_at"] == "2024-07-24"


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        ({"TIMEZONE": "Asia/Teheran2"}, zone_said),
        ({"PHONE_COUNTRY": "Iran"}, calling_code_said),
        ({"DROP": "Colour"}, lambda answers: headings_said("DROP", answers, ("Size",))),
    ],
)  # fmt: skip
def test_an_error_about_an_answer_names_the_answer(answer, check):
    with pytest.raises(InvalidSetting, match=rf"Correct {next(iter(answer))}=…") as caught:
        check(answer)
    assert "params.yaml" not in caught.value.message


@pytest.mark.parametrize("code", ["98", "+98", "0098", "۹۸"])
def test_ways_of_writing_a_calling_code(code):
    assert calling_code_said({"PHONE_COUNTRY": code}) == "98"


def test_a_heading_may_be_typed_on_another_keyboard():
    assert headings_said("DROP", {"DROP": "كد مشتري"}, ("کد مشتری",)) == ["كد مشتري"]
