"""Conditions: which rows are meant, and the words for those that are not."""

import pyarrow as pa
import pytest

from pipelines.sources.mapping import Condition
from pipelines.sources.scope import broken, fulfils

COLUMNS = {
    "status": pa.array(["Paid", "paid ", "open", None, " ", "پرداخت شده", "پرداخت شده"]),
    "tags": pa.array(["a b", "b,c", "VIP; late payer", None, "", "ب، ج", "b"]),
}


def rows(condition):
    return fulfils(COLUMNS, condition).tolist()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("status", among=("PAID",)), [True, True, False, False, False, False, False]),
        (Condition("status", not_among=("paid",)), [False, False, True, True, True, True, True]),
        (Condition("status", is_null=True), [False, False, False, True, True, False, False]),
        (Condition("status", not_null=True), [True, True, True, False, False, True, True]),
        (Condition("tags", has=("b",)), [True, True, False, False, False, False, True]),
        (Condition("tags", has=("late payer",)), [False, False, True, False, False, False, False]),
        (Condition("tags", has=("ج",)), [False, False, False, False, False, True, False]),
        (Condition("tags", has_none=("b", "vip")), [False, False, False, True, True, True, False]),
        (
            Condition(any_of=(Condition("status", among=("open",)), Condition("tags", has=("a",)))),
            [True, False, True, False, False, False, False],
        ),
    ],
)
def test_a_condition_says_of_each_row_whether_it_is_meant(condition, expected):
    assert rows(condition) == expected


def test_letters_of_another_keyboard_are_the_same_word():
    arabic = pa.array(["تكميل شده"])
    assert fulfils({"وضعیت": arabic}, Condition("وضعیت", among=("تکمیل شده",))).all()


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("status", among=("paid", "sent")), "status not in paid or sent"),
        (Condition("status", not_among=("spam",)), "status in spam"),
        (Condition("tags", has=("a",)), "tags without a"),
        (Condition("tags", has_none=("a",)), "tags with a"),
        (Condition("status", is_null=True), "status not empty"),
        (Condition("status", not_null=True), "status empty"),
        (
            Condition(any_of=(Condition("a", among=("x",)), Condition("b", has=("y",)))),
            "a not in x and b without y",
        ),
    ],
)
def test_a_broken_condition_is_put_into_words(condition, words):
    assert broken(condition) == words
