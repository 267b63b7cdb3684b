"""One way of writing letters, digits and blanks."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contract.parse_text import normalise_array, normalise_distinct
from models.domain.text import fold, normalise

TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("یيىکك۱٢ۀةأآؤئ \u200c\u200f\u0640\u0654\u064b\u00a0\u0301ﻲ﷼ﷺ"),
    )
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C۱۲", "C12"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("كتاب علي", "کتاب علی"),
        ("مصطفى", "مصطفی"),
        ("می\u200cشود", "میشود"),
        ("\u202bسلام\u202c\u200f", "سلام"),
        ("\u2067سلام\u2069", "سلام"),
        ("\ufeffid", "id"),
        ("co\u00adoperate", "cooperate"),
        ("کـــتاب", "کتاب"),
        ("1\u00a0234\u202f567", "1 234 567"),
        ("  a \t b\n", "a b"),
        ("e\u0301", "é"),
        ("\u064a\u0654", "ئ"),
        ("e\u200c\u0301", "é"),
        ("ﻋﻠﻲ", "علی"),
        ("﷼", "ریال"),
        ("أحمد إيران آب", "أحمد إیران آب"),
        ("شماره‌ مدرسة نامۀ", "شماره مدرسة نامۀ"),
        ("ABC-12_3", "ABC-12_3"),
        ("\u200c \u200f", ""),
    ],
)  # fmt: skip
def test_two_spellings_of_one_thing_are_written_one_way(text, expected):
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Order_No.", "order no"),
        ("  E-Mail ", "e mail"),
        ("Straße", "strasse"),
        ("Numéro de commande", "numero de commande"),
        ("شمارهٔ سفارش", "شماره سفارش"),
        ("شمارۀ سفارش", "شماره سفارش"),
        ("تاريخ آخرين خريد:", "تاریخ اخرین خرید"),
        ("مبلغ (ریال)", "مبلغ ریال"),
        ("القيمة", "القیمه"),
        ("#", ""),
    ],
)  # fmt: skip
def test_headings_are_recognised_whatever_their_case_marks_and_punctuation(text, expected):
    assert fold(text) == expected


@given(TEXTS)
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


@given(TEXTS)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_texts_that_are_one_when_normalised_are_one_when_folded(text):
    assert fold(normalise(text)) == fold(text)


@given(st.lists(st.one_of(st.none(), TEXTS, st.text("ab ", max_size=3))), st.integers(0, 3))
def test_a_column_is_normalised_as_its_texts_are(texts, start):
    expected = [None if text is None else normalise(text) or None for text in texts[start:]]
    column = pa.array(texts, pa.string()).slice(start)
    assert normalise_array(column).to_pylist() == normalise_distinct(column).to_pylist() == expected


def test_a_column_of_plain_ids_is_handed_back_as_it_is():
    column = pa.array(["C1", None, "order-7/b"])
    assert normalise_array(column) is column


def test_a_text_of_which_nothing_is_left_is_missing():
    assert normalise_array(pa.array(["", " ", "\u200c"])).null_count == 3
