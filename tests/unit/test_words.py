"""Numbers, amounts, days and names as a language writes them."""

from datetime import date

import pytest

from models.domain import words as module
from models.domain.errors import InvalidSetting
from models.domain.languages import Language
from models.domain.money import CURRENCY_EXPONENTS
from models.domain.words import ENGLISH, words_in
from models.policy.offer_words import offer_words
from tests.reason_examples import ISOLATES

PERSIAN, ARABIC = words_in(Language.PERSIAN), words_in(Language.ARABIC)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (ENGLISH, "-1,234.5"),
        (PERSIAN, "\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}۱٬۲۳۴٫۵"),
        (ARABIC, "\N{ARABIC LETTER MARK}-١٬٢٣٤٫٥"),
    ],
)
def test_a_number_is_written_in_the_languages_marks(words, expected):
    assert words.number("-1,234.5") == expected


@pytest.mark.parametrize(
    ("words", "currency", "expected"),
    [
        (ENGLISH, "EUR", "1,250.00 EUR"),
        (PERSIAN, "IRR", "⟨۱۲۵٬۰۰۰ ریال⟩"),
        (ARABIC, "KWD", "⟨١٢٥٫٠٠٠ دينار كويتي⟩"),
    ],
)
def test_an_amount_names_its_currency_as_people_do(words, currency, expected):
    assert words.money(125_000, currency) == expected.translate(ISOLATES)


def test_an_amount_in_an_unknown_currency_is_refused():
    with pytest.raises(InvalidSetting, match="the currency is unknown"):
        PERSIAN.money(1, "XXX")


@pytest.mark.parametrize("currency", CURRENCY_EXPONENTS)
def test_english_writes_the_code_of_a_currency(currency):
    assert ENGLISH.money(0, currency).endswith(f" {currency}")


@pytest.mark.parametrize(
    ("words", "expected"), [(ENGLISH, "9 May 2026"), (PERSIAN, "۹ مه ۲۰۲۶"), (ARABIC, "٩ مايو ٢٠٢٦")]
)
def test_a_day_is_told_with_the_name_of_its_month(words, expected):
    assert words.day(date(2026, 5, 9)) == expected


@pytest.mark.parametrize(
    ("words", "expected"), [(ENGLISH, "no gain"), (PERSIAN, "سودی ندارد"), (ARABIC, "لا مكسب من ذلك")]
)
def test_a_coded_word_is_told_as_people_say_it(words, expected):
    assert words.coded("do_not_contact_reason", "no_gain") == expected


def test_a_word_that_stands_in_two_columns_is_told_by_its_column():
    names = {PERSIAN.coded(column, "coupon") for column in ("recommended_action", "lifecycle_stage")}
    assert names == {"کوپن بدهید", "coupon"}


def test_an_action_of_ones_own_keeps_its_name():
    assert PERSIAN.coded("recommended_action", "send_flowers") == "send flowers"


@pytest.mark.parametrize(
    ("offer", "words", "expected"),
    [
        ("coupon:500", PERSIAN, "کوپن ⟨۵٫۰۰ یورو⟩"),
        ("gift:500", ARABIC, "هدية بقيمة ⟨٥٫٠٠ يورو⟩"),
        ("free delivery", ARABIC, "free delivery"),
    ],
)
def test_an_offer_is_told_in_the_language(offer, words, expected):
    assert offer_words(offer, "EUR", words) == expected.translate(ISOLATES)


def test_braces_in_a_figure_are_text():
    told = PERSIAN.gettext("{attribute}: {value}", attribute="{value}", value="{0}")
    assert told == "{value}: {0}"


def test_a_language_without_a_compiled_catalogue_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "LOCALE", tmp_path)
    with pytest.raises(InvalidSetting, match=r"no catalogue for the language fa.*Run `make words`"):
        words_in(Language.PERSIAN)
