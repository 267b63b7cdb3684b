import csv
import io
import re
from datetime import UTC, datetime
from html import unescape

import pytest

from serving.layout import PLAN

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def _csv(answer):
    return list(csv.DictReader(io.StringIO(answer.text)))


def _page(client_for, make_serving_folder, **changed):
    with client_for(make_serving_folder(customers=6, changed={1: changed})) as ask:
        return ask.get("/v1/at-risk", headers=BROWSER).text


def test_the_list_is_ranked_and_a_hundred_long(ask):
    ranks = [item["rank"] for item in ask.get("/v1/at-risk").json()["items"]]
    assert ranks == list(range(1, 101))


def test_pages_follow_each_other_without_gap_or_overlap(ask):
    ranks, cursor = [], {}
    while cursor is not None:
        page = ask.get("/v1/at-risk", params={"limit": 60, **cursor}).json()
        ranks += [item["rank"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert ranks == list(range(1, 251))


def test_a_filtered_list_pages_too(ask):
    asked = {"contactable": "false", "limit": 3}
    first = ask.get("/v1/at-risk", params=asked).json()
    second = ask.get("/v1/at-risk", params={**asked, "cursor": first["next_cursor"]}).json()
    assert [item["rank"] for item in second["items"]] == [20, 25, 30]


def test_the_total_counts_every_page(ask):
    assert ask.get("/v1/at-risk", params={"limit": 1, "lifecycle_stage": "silent"}).json()["total"] == 36


def test_a_cursor_from_another_list_is_refused(ask, client_for, make_serving_folder):
    cursor = ask.get("/v1/at-risk", params={"limit": 1}).json()["next_cursor"]
    with client_for(make_serving_folder(customers=9)) as another:
        answer = another.get("/v1/at-risk", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:holdfast:problem:foreign-cursor")


@pytest.mark.parametrize(
    "asked",
    [
        {"lifecycle_stages": "new"},
        {"lifecycle_stage": "asleep"},
        {"limit": 0},
        {"limit": 1001},
        {"min_gain_minor": 2**70},
        {"min_churn_probability": "nan"},
        {"format": "pdf"},
    ],
)
def test_a_question_that_is_none_is_refused(ask, asked):
    assert ask.get("/v1/at-risk", params=asked).status_code == 422


def test_a_spreadsheet_gets_csv_with_the_list_s_columns(ask):
    answer = ask.get("/v1/at-risk", headers={"accept": "text/csv"})
    assert answer.text.splitlines()[0] == ",".join(PLAN)


def test_csv_holds_everyone_who_matches(ask):
    assert len(_csv(ask.get("/v1/at-risk", params={"format": "csv"}))) == 250


def test_csv_holds_only_those_who_match(ask):
    rows = _csv(ask.get("/v1/at-risk", params={"format": "csv", "lifecycle_stage": "lost"}))
    assert {row["lifecycle_stage"] for row in rows} == {"lost"}


def test_csv_is_offered_as_a_file_named_after_its_day(ask):
    answer = ask.get("/v1/at-risk", params={"format": "csv"})
    assert answer.headers["content-disposition"] == 'attachment; filename="at_risk_2024-06-30.csv"'


def test_the_file_is_named_after_the_shop_s_own_day(client_for, make_serving_folder):
    with client_for(make_serving_folder(customers=3, timezone="Asia/Tehran")) as ask:
        answer = ask.get("/v1/at-risk", params={"format": "csv"})
    assert answer.headers["content-disposition"] == 'attachment; filename="at_risk_2024-07-01.csv"'


def test_an_identifier_that_is_a_formula_is_harmless_in_csv(client_for, make_serving_folder):
    folder = make_serving_folder(customers=3, changed={2: {"customer_id": "=HYPERLINK(1)"}})
    with client_for(folder) as ask:
        rows = _csv(ask.get("/v1/at-risk", params={"format": "csv"}))
    assert rows[1]["customer_id"] == "'=HYPERLINK(1)"


def test_format_overrides_accept(ask):
    answer = ask.get("/v1/at-risk", params={"format": "json"}, headers=BROWSER)
    assert answer.headers["content-type"] == "application/json"


def test_a_format_that_does_not_exist_is_not_acceptable(ask):
    assert ask.get("/v1/at-risk", headers={"accept": "image/png"}).status_code == 406


def test_the_server_s_address_leads_to_those_to_contact(ask):
    answer = ask.get("/", follow_redirects=False)
    assert answer.headers["location"] == "/v1/at-risk?format=html&contactable=true"


def test_whoever_is_led_to_the_list_gets_a_page(ask):
    assert ask.get("/").headers["content-type"] == "text/html; charset=utf-8"


def test_the_page_shows_amounts_in_currency_units(ask):
    assert "10,000.00 EUR" in ask.get("/v1/at-risk", headers=BROWSER).text


def test_the_page_shows_an_offer_in_words(ask):
    assert "coupon of 5.00 EUR" in ask.get("/v1/at-risk", headers=BROWSER).text


def test_the_page_says_who_acts_how_and_until_when(ask):
    assert "by email, until 7 July 2024" in unescape(ask.get("/v1/at-risk", headers=BROWSER).text)


def test_the_page_says_why_each_stage(ask):
    assert "no order for 1 days; usually every 31" in unescape(ask.get("/v1/at-risk", headers=BROWSER).text)


def test_the_page_does_not_repeat_what_the_stage_said(client_for, make_serving_folder):
    said = {"stage_reason": "no order for 74 days: silent", "reason_1": "no order for 74 days"}
    with client_for(make_serving_folder(customers=1, changed={1: said})) as ask:
        text = ask.get("/v1/at-risk?format=html").text
    assert text.count(">no order for 74 days") == 1


def test_a_customer_with_nothing_at_risk_and_nothing_to_do_is_not_listed(client_for, make_serving_folder):
    idle = {"value_at_risk_minor": 0, "recommended_action": "leave_alone"}
    with client_for(make_serving_folder(customers=3, changed={2: idle})) as ask:
        ranks = [item["rank"] for item in ask.get("/v1/at-risk").json()["items"]]
    assert ranks == [1, 3]


def test_the_page_says_whom_to_leave_alone_and_why(ask):
    assert "acting would cost more than it brings" in ask.get("/v1/at-risk", headers=BROWSER).text


def test_the_page_links_to_the_next_hundred(ask):
    cursor = ask.get("/v1/at-risk").json()["next_cursor"]
    assert f"cursor={cursor}" in ask.get("/v1/at-risk", headers=BROWSER).text


def test_the_page_escapes_what_customers_are_called(client_for, make_serving_folder):
    page = _page(client_for, make_serving_folder, customer_id="<script>alert(1)</script>")
    assert "<script>" not in page


def test_a_customer_s_id_on_the_page_is_text_and_no_link(ask):
    assert 'href="/v1/customers' not in ask.get("/v1/at-risk", headers=BROWSER).text


def test_the_page_says_until_when_the_data_reach(ask):
    page = ask.get("/v1/at-risk", headers=BROWSER).text
    assert '<time datetime="2024-06-30"><bdi>30 June 2024</bdi></time>' in page


def test_the_page_shows_the_last_order_on_the_shop_s_own_day(client_for, make_serving_folder):
    late = datetime(2024, 6, 20, 23, 30, tzinfo=UTC)
    assert "21 June 2024" in _page(client_for, make_serving_folder, last_order_at=late)


def test_the_page_s_chips_count_the_stages_that_occur(ask):
    page = ask.get("/v1/at-risk", headers=BROWSER).text
    assert re.findall(r">(\w+) <span>(\d+)</span>", page) == [
        ("new", "36"),
        ("ideal", "36"),
        ("silent", "36"),
        ("unhappy", "36"),
        ("considering", "35"),
        ("defecting", "36"),
        ("lost", "35"),
    ]


def test_the_page_of_those_to_contact_totals_them_alone(ask):
    page = ask.get("/v1/at-risk", params={"contactable": "true"}, headers=BROWSER).text
    assert "<dt>To contact now</dt><dd><bdi>200</bdi></dd>" in page


def test_the_page_marks_the_filters_in_force(ask):
    asked = {"contactable": "true", "lifecycle_stage": "silent"}
    page = ask.get("/v1/at-risk", params=asked, headers=BROWSER).text
    assert re.findall(r'aria-current="true">([\w ]+)', page) == ["English", "Contact now", "silent "]


@pytest.mark.parametrize("contactable", ["true", "false"])
def test_every_link_of_the_page_leads_somewhere(ask, contactable):
    page = ask.get("/v1/at-risk", params={"contactable": contactable, "limit": 9}, headers=BROWSER).text
    links = {unescape(link) for link in re.findall(r'<a [^>]*href="([^"]+)"', page)}
    assert {ask.get(link).status_code for link in links} == {200}


def test_the_page_loads_nothing_from_elsewhere(ask):
    page = ask.get("/v1/at-risk", headers=BROWSER).text
    assert "http://" not in page
    assert "https://" not in page


def test_the_page_s_style_sheet_is_served(ask):
    assert ask.get("/static/holdfast.css").headers["content-type"].startswith("text/css")


def test_a_list_without_anybody_says_so(ask):
    page = ask.get("/v1/at-risk", params={"min_gain_minor": 10**12}, headers=BROWSER).text
    assert "No customer matches" in page


def test_the_last_page_has_no_next(ask):
    assert ask.get("/v1/at-risk", params={"limit": 250}).json()["next_cursor"] is None


def test_the_page_can_be_read_in_persian(ask):
    page = ask.get("/v1/at-risk", params={"language": "fa"}, headers=BROWSER).text
    assert '<html lang="fa" dir="rtl">' in page
    assert "۱۰٬۰۰۰٫۰۰ یورو" in page
    assert "کوپن" in page
    assert '<time datetime="2024-06-30"><bdi>۱۰ تیر ۱۴۰۳</bdi></time>' in page


def test_the_page_speaks_the_language_of_the_run(client_for, make_serving_folder):
    with client_for(make_serving_folder(customers=3, language="ar")) as ask:
        assert '<html lang="ar" dir="rtl">' in ask.get("/v1/at-risk", headers=BROWSER).text


def test_reasons_are_marked_as_what_the_run_told_them_in(ask):
    assert '<bdi lang="en">' in ask.get("/v1/at-risk", params={"language": "fa"}, headers=BROWSER).text


def test_a_language_without_a_catalogue_is_refused(ask):
    answer = ask.get("/v1/at-risk", params={"language": "xx"}, headers=BROWSER)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "query.language")
