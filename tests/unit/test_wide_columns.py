"""What the columns of a wide table hold: numbers, words, ids, constants and personal data."""

import pyarrow as pa
import pytest

from models.contract.columns import Kind
from pipelines.sources.wide_columns import understand

ROWS = 60


def column(texts):
    return pa.array(texts, pa.string())


def found(name, texts, kinds=None, keep=(), mark="."):
    return understand({name: column(texts)}, kinds or {}, keep, mark)


def kind_of(name, texts, **more):
    return {each.name: each.kind for each in found(name, texts, **more).values}.get(name)


def values_of(name, texts, **more):
    (values,) = found(name, texts, **more).values.values()
    return values.to_pylist()


def test_numbers_are_numbers():
    assert values_of("age", ["1", "2.5", "-3"] * 20)[:3] == [1.0, 2.5, -3.0]


def test_numbers_in_persian_digits_are_numbers():
    assert values_of("سن", ["۱۲", "۳٫۵"] * 30)[:2] == [12.0, 3.5]


def test_a_blank_in_a_column_of_numbers_is_empty_and_counted():
    told = found("TotalCharges", ["29.85", None] * 30)
    assert told.notes == ("TotalCharges: 30 cells are empty",)


def test_a_few_odd_texts_in_a_column_of_numbers_are_empty_and_told():
    told = found("fee", ["1", "2", "3"] * 19 + ["unknown", "4", "5"])
    assert told.notes == ("fee: 1 cells are no number ('unknown') and count as empty",)


def test_many_odd_texts_make_a_column_of_words():
    assert kind_of("fee", ["1", "2", "free"] * 20) is Kind.CATEGORY


def test_a_person_may_say_that_numbers_are_words():
    assert kind_of("postcode", ["10115", "10117"] * 30, kinds={"postcode": Kind.CATEGORY}) is Kind.CATEGORY


def test_a_person_may_say_that_words_are_truth_values():
    assert values_of("vip", ["Yes", "No", None] * 20, kinds={"vip": Kind.BOOLEAN})[:3] == [True, False, None]


def test_a_number_beyond_all_sense_is_empty():
    assert values_of("x", ["1e300", "2", "1"] + ["3"] * 57)[:3] == [None, 2.0, 1.0]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("customerID", [f"{number:04d}-ABC" for number in range(ROWS)]),
        ("CustomerId", [str(15_000_000 + 977 * number) for number in range(ROWS)]),
        ("RowNumber", [str(number) for number in range(1, ROWS + 1)]),
        ("ردیف", [str(number * 1000) for number in range(ROWS)]),
    ],
)
def test_a_column_that_names_rows_is_left_out_by_name(name, texts):
    told = found(name, texts)
    assert (len(told.values), name in told.notes[0]) == (0, True)


def test_a_measure_that_never_repeats_is_no_id():
    assert kind_of("income", [str(20_000 + 977 * number) for number in range(ROWS)]) is Kind.NUMBER


def test_decimals_that_never_repeat_are_no_id():
    assert kind_of("balance", [f"{number}.5" for number in range(ROWS)]) is Kind.NUMBER


def test_a_constant_is_left_out_by_name():
    assert found("Country", ["Utopia"] * ROWS).notes == ("Country: left out, the same in every row",)


def test_one_word_or_nothing_is_no_constant():
    assert kind_of("churn_alert", ["raised", None] * 30) is Kind.CATEGORY


def test_an_empty_column_is_left_out_by_name():
    assert found("note", [None] * ROWS).notes == ("note: left out, every cell is empty",)


@pytest.mark.parametrize("name", ["Surname", "E-mail", "Phone Number", "نام خانوادگی", "موبایل"])
def test_personal_data_is_left_out_by_name(name):
    told = found(name, ["a", "b", "c"] * 20)
    assert told.notes == (f"{name}: left out, personal data is not copied (source.table.keep insists)",)


def test_a_column_that_a_person_insists_on_is_kept():
    assert kind_of("Surname", ["a", "b", "c"] * 20, keep=("Surname",)) is Kind.CATEGORY


def test_columns_left_out_for_one_reason_are_told_together():
    told = understand({"a": column(["x"] * 30), "b": column(["y"] * 30)}, {}, (), ".")
    assert told.notes == ("a, b: left out, the same in every row",)


def test_an_id_that_two_rows_share_is_still_no_measure():
    ids = [str(15_000_000 + 977 * number) for number in range(ROWS - 1)]
    assert kind_of("CustomerId", [*ids, ids[0]]) is None


def test_whole_numbers_that_are_words_have_no_decimals():
    assert values_of("plan", ["46.0", "2.0"] * 30, kinds={"plan": Kind.CATEGORY})[:2] == ["46", "2"]


def test_words_with_a_fraction_stay_as_they_stand():
    assert values_of("size", ["46.0", "2.5"] * 30, kinds={"size": Kind.CATEGORY})[:2] == ["46.0", "2.5"]
