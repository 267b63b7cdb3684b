"""Currency and unit of amounts, the words for them, and the policy brought to a shop's size."""

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from models.domain.vocabulary import AmountUnit
from pipelines.mapping_proposal.contents import contents_of
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.money_terms import terms_of
from pipelines.mapping_proposal.money_words import currency_in, in_words, readings, unit_in
from pipelines.mapping_proposal.places import calling_code
from pipelines.mapping_proposal.recognition import candidates, recognised
from pipelines.mapping_proposal.scaled_policy import (
    SHIPPED_ORDER_MINOR,
    nice_step,
    scaled_policy,
    size_of_orders,
)

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "params.yaml").read_text())["policy"]


def orders(heading, *amounts, **more):
    columns = {
        "Order No": [str(number) for number in range(len(amounts))],
        "Order Date": ["2023-05-01"] * len(amounts),
        "Customer": ["c1"] * len(amounts),
        heading: amounts,
        **more,
    }
    contents = tuple(contents_of(name, texts) for name, texts in columns.items())
    return {"orders": recognised(candidates(Looked("orders.csv", contents, len(amounts)), {}))}


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("مبلغ (ریال)", AmountUnit.RIAL),
        ("مبلغ (تومان)", AmountUnit.TOMAN),
        ("مبلغ (هزار تومان)", AmountUnit.THOUSAND_TOMAN),
        ("Amount in Rial", AmountUnit.RIAL),
        ("المبلغ (ريال سعودي)", None),
        ("مبلغ", None),
    ],
)
def test_a_heading_may_name_the_unit(heading, unit):
    assert unit_in(heading) is unit


@pytest.mark.parametrize(
    ("heading", "currency"),
    [
        ("Total (EUR)", "EUR"),
        ("Total €", "EUR"),
        ("المبلغ (ريال سعودي)", "SAR"),
        ("مبلغ (تومان)", "IRR"),
        ("Total", None),
    ],
)
def test_a_heading_may_name_the_currency(heading, currency):
    assert currency_in(heading) == currency


def test_an_amount_in_words_has_both_readings():
    assert in_words(25_000_000, "IRR") == "twenty-five million rial (two million five hundred thousand toman)"


def test_an_amount_in_words_keeps_its_cents():
    assert in_words(1250, "EUR") == "twelve point five zero EUR"


def test_every_unit_of_a_typical_amount_is_read_out():
    assert [line.split(":")[0] for line in readings(Decimal(358_000))] == [
        "UNIT=rial", "UNIT=toman", "UNIT=thousand_toman",
    ]  # fmt: skip


def test_a_currency_that_nothing_names_is_asked_for():
    assert [question.name for question in terms_of(orders("Total", "12.50", "3"), {}).questions] == [
        "CURRENCY"
    ]


def test_the_unit_of_rials_is_asked_for_with_an_amount_in_words():
    (question,) = terms_of(orders("Total", "358000", "358000"), {"CURRENCY": "IRR"}).questions
    assert (
        "three hundred fifty-eight thousand rial (thirty-five thousand eight hundred toman)"
        in question.sentence
    )


def test_fractions_are_of_major_units():
    assert terms_of(orders("Total", "12.50", "3"), {"CURRENCY": "EUR"}).unit is AmountUnit.MAJOR


def test_whole_amounts_of_a_currency_with_cents_are_asked_for():
    (question,) = terms_of(orders("Total", "1250", "300"), {"CURRENCY": "EUR"}).questions
    assert question.allowed == ("major", "minor")


def test_a_column_of_one_currency_names_it():
    assert terms_of(orders("Total", "12.50", "3", Currency=("USD", "USD")), {}).currency == "USD"


def test_a_unit_beside_the_amounts_names_unit_and_currency():
    terms = terms_of(orders("Total", "358000 تومان", "200000 تومان"), {})
    assert (terms.currency, terms.unit) == ("IRR", AmountUnit.TOMAN)


def test_numbers_with_a_countrys_code_tell_the_country():
    numbers = contents_of("Phone", ("+49 30 1234567", "0049301234568", "030 1234569", "+49301234560"))
    assert calling_code(numbers, "IRR") == "49"


def test_the_currency_tells_the_country_otherwise():
    assert calling_code(contents_of("Phone", ("09120000001",)), "IRR") == "98"


@pytest.mark.parametrize(
    ("amount", "step"),
    [(0.3, 1), (1, 1), (3, 2), (4, 5), (7.4, 10), (50, 50), (60_000, 50_000), (80_000, 100_000)],
)
def test_money_is_given_in_steps_of_one_two_or_five(amount, step):
    assert nice_step(amount) == step


def test_the_shipped_policy_suits_the_shipped_orders():
    scaled = scaled_policy(SHIPPED, 1.0)
    assert scaled == {name: SHIPPED[name] for name in scaled}


@pytest.mark.parametrize("order", [1, 7, 250, 6_000, 1_000_000, 8_830_000, 10**10])
def test_a_policy_of_any_size_is_a_policy(order):
    assert scaled_policy(SHIPPED, order / SHIPPED_ORDER_MINOR)["absolute_limit_minor"] > 0


def test_a_rial_shop_is_offered_amounts_of_its_own_size():
    actions = {action["id"]: action for action in scaled_policy(SHIPPED, 1_000.0)["actions"]}
    coupon = actions["coupon"]
    assert coupon["face_values_minor"] == [200_000, 300_000, 500_000, 800_000, 1_200_000]


def test_the_middling_order_adds_up_its_lines_and_leaves_out_returns():
    lines = pa.table({"order_id": ["a", "a", "b", "c", "c"], "amount_minor": [100, 200, 500, 900, -900]})
    assert size_of_orders(lines).minor == 500
