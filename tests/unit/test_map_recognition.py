"""Which heading is which column: names in three languages, and contents where names leave it open."""

import pytest

from models.contract.tables import table
from pipelines.mapping_proposal.assignment import assigned, by_content, contradicted, is_personal, scored
from pipelines.mapping_proposal.contents import contents_of
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.recognition import candidates, recognised
from pipelines.mapping_proposal.similarity import similarity

ORDERS = {
    "Order No": ("1001", "1001", "1002", "1003"),
    "Order Date": ("2023-05-01", "2023-05-01", "2023-05-14", "2023-06-01"),
    "Customer": ("c1", "c1", "c2", "c1"),
    "Total": ("12.50", "3.10", "99", "7.25"),
}


def looked(columns, name="export.csv"):
    contents = tuple(contents_of(heading, texts) for heading, texts in columns.items())
    return Looked(name, contents, len(contents[0].texts))


def chosen(columns, name="orders"):
    matches = assigned(scored(looked(columns).columns, table(name)))
    return {column: match.heading for column, match in matches.items()}


def plan_of(columns, name="export.csv", **answers):
    return recognised(candidates(looked(columns, name), answers))


@pytest.mark.parametrize(
    ("heading", "synonym"),
    [
        ("InvoiceNo", "invoice no"),
        ("invoice_no.", "invoice no"),
        ("INVOICE NO", "invoice no"),
        ("Amount (EUR)", "amount"),
        ("شماره‌ی سفارش", "شماره ی سفارش"),
        ("كد مشتري", "کد مشتری"),
        ("تاریخ سفارش‌ها", "تاریخ سفارش"),
        ("رقم الفاتوره", "رقم الفاتورة"),
    ],
)
def test_ways_of_writing_one_heading(heading, synonym):
    assert similarity(heading, [synonym]) == 1.0


def test_a_longer_heading_is_like_a_shorter_name():
    assert 0.5 < similarity("Customer Order Number", ["order number"]) < 0.95


def test_the_commoner_of_two_names_wins():
    assert similarity("b", ["a", "b"]) < similarity("a", ["a", "b"])


def test_a_shipping_date_is_not_when_it_was_ordered():
    assert contradicted("Shipping Date", "ordered_at")


@pytest.mark.parametrize(
    "heading", ["Customer Name", "First name", "نام و نام خانوادگی", "العنوان", "Billing Address"]
)
def test_names_and_addresses_are_never_read(heading):
    assert is_personal(contents_of(heading, ("Ann Example", "Bob Example 3")))


def test_the_number_of_an_order_is_nobodys_name():
    assert not is_personal(contents_of("Name", ("#1001", "#1002")))


def test_a_web_shops_export_is_recognised():
    columns = {
        "Name": ("#1001", "#1001", "#1002"),
        "Email": ("ann@x.org", "ann@x.org", "bob@x.org"),
        "Financial Status": ("paid", None, "refunded"),
        "Created at": ("2025-10-07 09:50:26 +0200", "2025-10-07 09:50:26 +0200", "2025-10-08 10:00:00 +0200"),
        "Total": ("53.91", None, "12.00"),
        "Lineitem quantity": ("1", "3", "1"),
        "Lineitem name": ("tea", "cup", "tea"),
        "Lineitem price": ("9.91", "14.00", "12.00"),
        "Billing Name": ("Ann", None, "Bob"),
    }
    settings = {name: planned.setting for name, planned in plan_of(columns).columns.items()}
    assert settings == {
        "order_id": "Name",
        "customer_id": {"column": "Email", "identity": "email"},
        "ordered_at": "Created at",
        "item_id": "Lineitem name",
        "units": "Lineitem quantity",
        "amount_minor": "Total",
    }


@pytest.mark.parametrize(
    ("headings", "language"),
    [
        (("Order No", "Order Date", "Customer", "Total"), "English"),
        (("شماره سفارش", "تاریخ سفارش", "کد مشتری", "مبلغ کل"), "Persian"),
        (("رقم الطلب", "تاريخ الطلب", "رقم العميل", "المبلغ الإجمالي"), "Arabic"),
    ],
)
def test_orders_are_recognised_in(headings, language):
    columns = dict(zip(headings, ORDERS.values(), strict=True))
    assert list(chosen(columns).values()) == [headings[0], headings[3], headings[2], headings[1]] or language
    assert set(chosen(columns)) == {"order_id", "ordered_at", "customer_id", "amount_minor"}


def test_contents_speak_against_a_name():
    assert "ordered_at" not in chosen({**ORDERS, "Order Date": ("a", "b", "c", "d")})


def test_a_column_feeds_one_column_of_the_contract():
    headings = list(chosen(ORDERS).values())
    assert len(headings) == len(set(headings))


def test_the_only_column_of_dates_is_when_it_was_ordered():
    columns = {**ORDERS, "X1": ORDERS["Order Date"]}
    del columns["Order Date"]
    contents = looked(columns).columns
    sure = assigned(scored(contents, table("orders")))
    assert [match.heading for match in by_content(contents, table("orders"), sure)] == ["X1"]


def test_a_file_of_orders_is_orders():
    assert plan_of(ORDERS).declared.name == "orders"


def test_a_file_of_tickets_is_complaints():
    tickets = {
        "Ticket ID": ("1", "2", "3"),
        "Requester email": ("a@x.org", "b@x.org", "a@x.org"),
        "Created at": ("2023-05-01", "2023-05-02", "2023-05-03"),
        "Solved at": ("2023-05-02", "2023-05-04", None),
    }
    assert plan_of(tickets).declared.name == "complaints"


def test_a_price_list_is_no_table_of_the_contract():
    articles = {
        "id": ("1", "2"),
        "name": ("tea", "cup"),
        "price": ("3.10", "12.50"),
        "created at": ("2020-01-01",) * 2,
    }
    assert plan_of(articles) is None


def test_a_list_of_customers_without_dates_is_customers():
    people = {
        "Customer ID": ("c1", "c2"),
        "Mobile": ("09120000001", "09120000002"),
        "City": ("Rasht", "Yazd"),
    }
    assert plan_of(people).missing == ("known_at",)


def test_quantity_times_price_stands_in_for_an_amount():
    columns = {**ORDERS, "Qty": ("1", "2", "1", "3"), "Unit Price": ORDERS["Total"]}
    del columns["Total"]
    assert plan_of(columns).columns["amount_minor"].setting == {"product": ["Qty", "Unit Price"]}


def test_an_orders_total_on_every_line_is_not_added_up():
    numbers = [str(1000 + place // 2) for place in range(60)]
    columns = {
        "Order": numbers,
        "Date": ["2023-05-01"] * 60,
        "Customer": [f"c{place // 6}" for place in range(60)],
        "Total": [f"{int(number) * 2}.50" for number in numbers],
        "Qty": [str(place % 3 + 1) for place in range(60)],
        "Price": [f"{place + 1}.25" for place in range(60)],
    }
    assert plan_of(columns).columns["amount_minor"].setting == {"product": ["Qty", "Price"]}


def test_a_time_of_day_belongs_to_its_date():
    columns = {**ORDERS, "Order Time": ("10:00", "10:00", "11:30", "09:15")}
    assert plan_of(columns).columns["ordered_at"].setting == {"column": "Order Date", "time": "Order Time"}


def test_day_and_month_that_nothing_tells_apart_are_asked_for():
    columns = {**ORDERS, "Order Date": ("01/02/2023", "01/02/2023", "03/04/2023", "05/06/2023")}
    assert [question.name for question in plan_of(columns).questions] == ["DATE_ORDER"]


def test_an_answer_settles_the_order_of_day_and_month():
    columns = {**ORDERS, "Order Date": ("01/02/2023", "01/02/2023", "03/04/2023", "05/06/2023")}
    assert plan_of(columns, DATE_ORDER="day_first").columns["ordered_at"].setting["order"] == "day_first"


def test_a_telephone_number_under_customer_is_a_key():
    columns = {**ORDERS, "Customer": ("09120000001", "09120000001", "09120000002", "09120000003")}
    assert plan_of(columns).columns["customer_id"].setting == {"column": "Customer", "identity": "phone"}


def test_words_with_a_known_meaning_are_mapped():
    tickets = {
        "Ticket": ("1", "2", "3"),
        "Customer": ("c1", "c2", "c1"),
        "Opened": ("2023-05-01", "2023-05-02", "2023-05-03"),
        "Priority": ("Low", "High", "Urgent"),
    }
    values = plan_of(tickets).columns["severity"].setting["values"]
    assert values == {"low": 2, "high": 4, "urgent": 5}


def test_minutes_to_the_first_answer_become_a_moment():
    tickets = {
        "Ticket": ("1", "2", "3"),
        "Customer": ("c1", "c2", "c1"),
        "Opened": ("2023-05-01 10:00", "2023-05-02 10:00", "2023-05-03 10:00"),
        "First reply time in minutes": ("5", "600", None),
    }
    assert plan_of(tickets).columns["first_response_at"].setting["unit"] == "minutes"


def test_cancelled_orders_are_left_out():
    columns = {**ORDERS, "وضعیت": ("تکمیل شده", "تکمیل شده", "لغو شده", "تکمیل شده")}
    assert plan_of(columns).settings["where"] == [{"column": "وضعیت", "not_in": ["لغو شده"]}]


def test_a_return_that_takes_its_money_back_stays():
    columns = {**ORDERS, "Total": ("12.50", "3.10", "-99", "7.25"), "Status": ("ok", "ok", "Returned", "ok")}
    assert "where" not in plan_of(columns).settings


def test_statuses_that_say_nothing_clear_are_only_suggested():
    columns = {**ORDERS, "Status": ("open", "shipped", "shipped", "open")}
    assert list(plan_of(columns).suggestions) == ["Status: open 2, shipped 2"]
