"""Errors say what was wrong, what is allowed, what was given and what to do."""

import pytest

from models.domain import errors
from models.domain.errors import HoldfastError, InvalidSetting, one_of


def test_a_message_has_all_four_parts_in_order():
    error = HoldfastError(
        "`horizon` is out of range", allowed="1 to 730", given=0, remedy="Set it in params.yaml."
    )
    assert str(error) == "`horizon` is out of range; allowed: 1 to 730; given: 0. Set it in params.yaml."


def test_a_message_leaves_out_what_is_not_known():
    assert str(HoldfastError("the log is empty")) == "the log is empty."


def test_a_problem_that_ends_with_a_full_stop_gets_no_second_one():
    assert str(HoldfastError("the log is empty.")) == "the log is empty."


@pytest.mark.parametrize("given", [0, "", False, 0.0])
def test_a_given_value_that_is_empty_is_still_shown(given):
    assert f"given: {given!r}" in str(HoldfastError("no", given=given))


def test_the_parts_stay_apart_for_an_edge_to_render():
    error = InvalidSetting("no", allowed="yes", given=1, remedy="Do.")
    assert (error.problem, error.allowed, error.given, error.remedy) == ("no", "yes", 1, "Do.")


def test_every_error_is_a_holdfast_error():
    raised = [value for value in vars(errors).values() if isinstance(value, type)]
    assert all(issubclass(error, HoldfastError) for error in raised if issubclass(error, BaseException))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((), "nothing"),
        (("a",), "a"),
        (("a", "b"), "a or b"),
        (("a", "b", "c"), "a, b or c"),
        ((1, 2), "1 or 2"),
    ],
)
def test_allowed_values_read_as_a_list(values, text):
    assert one_of(values) == text


def test_allowed_values_may_be_a_generator():
    assert one_of(word for word in ("a", "b")) == "a or b"


def test_a_part_that_nobody_would_read_to_its_end_is_cut():
    assert str(HoldfastError("no", given="x" * 10_000)).endswith("xx….")


def test_what_a_terminal_takes_for_an_order_is_not_shown():
    assert str(HoldfastError("no \x1b[2J\r\n", remedy="Do.")) == "no  [2J  . Do."
