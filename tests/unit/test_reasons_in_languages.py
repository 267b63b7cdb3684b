"""Reasons in every language: the language's own words, digits and plurals, and English as it always was."""

import re

import pyarrow as pa
import pytest

from models.domain.languages import WRITINGS, Language
from models.domain.words import ENGLISH, words_in
from models.features.declaration import Family
from models.learned.attribute_words import attribute_sentences
from models.learned.figures import Figures
from models.learned.reasons import SENTENCES, sentence
from tests.reason_examples import EXAMPLES, ISOLATES

TRANSLATED = (Language.PERSIAN, Language.ARABIC)


def said(language, family, known, **more):
    names = {name: place for place, name in enumerate(known)}
    return sentence(
        family, Figures(names, [float(value) for value in known.values()], "EUR", **more), words_in(language)
    )


def shown(text):
    return text.translate(ISOLATES)


@pytest.mark.parametrize(("language", "family", "known", "expected"), EXAMPLES)
def test_a_family_says_its_figures(language, family, known, expected):
    assert said(language, family, known) == expected


def test_english_is_spoken_where_nothing_else_is_asked_for():
    figures = Figures({"recency_days": 0}, [3.0], "EUR")
    assert sentence("recency", figures) == sentence("recency", figures, ENGLISH) == "no order for 3 days"


@pytest.mark.parametrize("family", Family)
def test_the_examples_have_every_family_of_features(family):
    assert family in {example[1] for example in EXAMPLES}


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("family", sorted(SENTENCES))
def test_every_family_has_a_sentence_in_letters_of_the_language(language, family):
    assert re.search("[A-Za-z0-9]", said(language, family, {})) is None


@pytest.mark.parametrize("language", TRANSLATED)
def test_figures_are_in_digits_of_the_language(language):
    own = [told for spoken, family, _, told in EXAMPLES if spoken is language and family in SENTENCES]
    assert [told for told in own if re.search("[A-Za-z0-9]", told)] == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "عميل منذ أقل من يوم"),
        (1, "عميل منذ يوم واحد"),
        (2, "عميل منذ يومين"),
        (3, "عميل منذ ٣ أيام"),
        (10, "عميل منذ ١٠ أيام"),
        (11, "عميل منذ ١١ يومًا"),
        (99, "عميل منذ ٩٩ يومًا"),
        (100, "عميل منذ ١٠٠ يوم"),
        (102, "عميل منذ ١٠٢ يوم"),
        (103, "عميل منذ ١٠٣ أيام"),
        (111, "عميل منذ ١١١ يومًا"),
    ],
)
def test_arabic_counts_in_six_forms(days, expected):
    assert said(Language.ARABIC, "tenure", {"tenure_days": days}) == expected


@pytest.mark.parametrize("days", [0, 1, 2, 3, 11, 100])
def test_persian_counts_in_one_form(days):
    digits = "".join(WRITINGS[Language.PERSIAN].marks[digit] for digit in str(days))
    assert said(Language.PERSIAN, "tenure", {"tenure_days": days}) == f"{digits} روز است مشتری است"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (Language.ENGLISH, "spent 241.00 EUR in the last 365 days"),
        (Language.PERSIAN, "در ۳۶۵ روز گذشته ⟨۲۴۱٫۰۰ یورو⟩ خرید کرده"),
        (Language.ARABIC, "مشتريات بقيمة ⟨٢٤١٫٠٠ يورو⟩ خلال آخر ٣٦٥ يومًا"),
    ],
)
def test_amounts_are_in_todays_money_whatever_the_language(language, expected):
    assert said(language, "monetary", {"spend_365": 12_050}, price_level=2.0) == shown(expected)


@pytest.mark.parametrize(
    ("language", "value", "expected"),
    [
        (Language.PERSIAN, "Month-to-month", "⟨Contract⟩: ⟨Month-to-month⟩"),
        (Language.PERSIAN, None, "⟨Contract⟩: ⟨ثبت نشده⟩"),
        (Language.PERSIAN, 29.85, "⟨Contract⟩: ⟨۲۹٫۸۵⟩"),
        (Language.PERSIAN, True, "⟨Contract⟩: ⟨بله⟩"),
        (Language.ARABIC, -2.0, "⟨Contract⟩: ⟨\N{ARABIC LETTER MARK}-٢⟩"),
        (Language.ARABIC, False, "⟨Contract⟩: ⟨لا⟩"),
    ],
)
def test_an_attribute_keeps_the_source_s_name_and_word(language, value, expected):
    kind = pa.string() if value is None else pa.scalar(value).type
    rows = pa.table({"attribute_Contract": pa.array([value], kind)})
    assert attribute_sentences(rows, words_in(language)) == {"attribute_Contract": [shown(expected)]}
