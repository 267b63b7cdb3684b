"""Numbers in words, beside inflect, which knows every one of them and takes seconds to be imported."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.mapping_proposal.number_words import number_words


@pytest.fixture(scope="module")
def inflects():
    import inflect

    engine = inflect.engine()
    return lambda text: " ".join(engine.number_to_words(text, andword="").replace(",", "").split())


@example(0)
@example(100)
@example(1_000_010)
@example(999_999_999_999_999_999)
@given(st.one_of(st.integers(0, 2_000), st.integers(0, 10**18)))
def test_whole_numbers_are_said_as_inflect_says_them(inflects, number):
    assert number_words(Decimal(number)) == inflects(str(number))


@given(st.decimals("-100000", "100000", places=2, allow_nan=False))
def test_fractions_are_said_digit_by_digit(inflects, number):
    assert number_words(number) == inflects(f"{number:f}" if number else "0.00")


def test_a_number_without_a_word_is_written_in_digits():
    assert number_words(Decimal(10**21)) == "1,000,000,000,000,000,000,000"
