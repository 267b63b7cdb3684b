"""A column `currency` beside the amounts: rows of other money are refused, none is converted."""

import numpy as np
import pyarrow as pa
import pytest

from models.contract.conform import Conventions, conform
from models.contract.currency import in_other_currency
from models.contract.fates import MERGED, all_accepted, count
from models.contract.tables import CUSTOMERS, ORDERS
from models.domain.vocabulary import AmountUnit


def others(*words, currency="EUR", unit=AmountUnit.MAJOR):
    return in_other_currency(pa.array(words, pa.string()), currency, unit).tolist()


def read(declared, currencies, fates=None):
    table = pa.table({"amount_minor": ["5"] * len(currencies), "currency": pa.array(currencies, pa.string())})
    fates = all_accepted(table.num_rows) if fates is None else fates
    return count(conform(table, declared, Conventions("UTC", AmountUnit.MAJOR, "EUR"), fates).fates)


@pytest.mark.parametrize("word", ["EUR", "eur", " EUR ", "€", "یورو"])
def test_the_declared_currency_is_known_by_its_code_its_sign_and_its_name(word):
    assert others(word) == [False]


@pytest.mark.parametrize("word", ["USD", "$", "GBP", "XXX", "euros?", "EURO-CENT"])
def test_any_other_word_names_other_money(word):
    assert others(word) == [True]


def test_no_word_names_no_other_money():
    assert others(None, "", "USD") == [False, False, True]


@pytest.mark.parametrize("currency", ["USD", "AUD", "CAD"])
def test_a_sign_of_several_currencies_is_any_of_them(currency):
    assert others("$", currency=currency) == [False]


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (AmountUnit.RIAL, ["IRR", "ریال", "﷼", "ريال", "Rial"]),
        (AmountUnit.MAJOR, ["IRR", "ریال"]),
        (AmountUnit.TOMAN, ["IRR", "تومان", "تومن", "IRT"]),
        (AmountUnit.THOUSAND_TOMAN, ["IRR", "تومان"]),
    ],
)
def test_iranian_amounts_may_name_their_unit(unit, words):
    assert not any(others(*words, currency="IRR", unit=unit))


@pytest.mark.parametrize(("unit", "word"), [(AmountUnit.RIAL, "تومان"), (AmountUnit.TOMAN, "ریال")])
def test_rial_among_tomans_is_refused_and_the_reverse(unit, word):
    assert others(word, currency="IRR", unit=unit) == [True]


def test_rows_in_another_currency_are_refused_row_by_row():
    assert read(ORDERS, ["EUR", "USD", None]).reasons == {"other_currency": 1}


def test_a_row_that_is_settled_already_stays_so():
    assert read(ORDERS, ["USD"], fates=np.array([MERGED], np.int8)).merged == 1


def test_a_table_without_amounts_may_name_any_currency():
    assert read(CUSTOMERS, ["USD"]).accepted == 1
