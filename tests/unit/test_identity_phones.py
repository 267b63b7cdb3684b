"""Telephone numbers: all ways of writing one are one key, and nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.phone import PLANS, phone_key

IRAN = "98"
ONE_NUMBER = "989123456789"


@pytest.mark.parametrize(
    "written",
    [
        "09123456789",
        "9123456789",
        "+989123456789",
        "00989123456789",
        "989123456789",
        "(0)912 345 6789",
        "+98 (0)912 345 6789",
        "+98 0912 345 6789",
        "0098 (0) 912-345-6789",
        "0912-345-67-89",
        "0912.345.6789",
        "۰۹۱۲۳۴۵۶۷۸۹",
        "٠٩١٢٣٤٥٦٧٨٩",
        "+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹",
        "\N{LEFT-TO-RIGHT EMBEDDING}+989123456789\N{POP DIRECTIONAL FORMATTING}",
        "0912\N{NO-BREAK SPACE}345\N{NO-BREAK SPACE}6789",
        "0912\N{EN DASH}3456789",
        "'09123456789",
        "9123456789.0",
    ],
)
def test_all_ways_of_writing_an_iranian_number_are_one_key(written):
    assert phone_key(written, IRAN) == ONE_NUMBER


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-",
        "912",
        "0912345678",
        "091234567890",
        "88776655",
        "+98912345678",
        "0000000",
        "09123456789, 09351112233",
        "0912 345 6789 x3",
        "9.12E+09",
        "ann@example.org",
        "شماره ندارد",
    ],
)
def test_what_is_no_number_of_the_country_has_no_key(written):
    assert phone_key(written, IRAN) is None


@pytest.mark.parametrize(
    ("country", "ways", "key"),
    [
        ("1", ["(212) 555-0123", "1-212-555-0123", "+1 212 555 0123"], "12125550123"),
        ("44", ["020 7946 0958", "+44 20 7946 0958", "+44 (0)20 7946 0958"], "442079460958"),
        ("49", ["0151 23456789", "+49 151 23456789", "4915123456789"], "4915123456789"),
        ("7", ["8 912 345-67-89", "+7 912 345 67 89", "79123456789"], "79123456789"),
        ("39", ["06 1234567", "+39 06 1234567"], "39061234567"),
        ("965", ["5012 3456", "+965 5012 3456", "96550123456"], "96550123456"),
        ("971", ["050 123 4567", "501234567", "+971501234567", "971501234567"], "971501234567"),
        ("55", ["(55) 99123-4567", "+55 55 99123-4567", "5555991234567"], "5555991234567"),
        ("420", ["601 234 567", "+420 601 234 567", "00420601234567"], "420601234567"),
    ],
)
def test_each_country_has_its_own_way_of_dialling(country, ways, key):
    assert {phone_key(written, country) for written in ways} == {key}


@pytest.mark.parametrize("written", ["+44 20 7946 0958", "0044 20 7946 0958", "+44 (0)20 7946 0958"])
def test_a_number_from_abroad_keeps_its_own_country(written):
    assert phone_key(written, IRAN) == "442079460958"


def test_a_number_that_can_be_read_in_two_ways_has_no_key():
    # 4930123456: an area that begins with 49, or Berlin without its plus.
    assert phone_key("4930123456", "49") is None


def test_italy_keeps_the_zero_that_tells_two_numbers_apart():
    assert phone_key("0332 123456", "39") != phone_key("332 123456", "39")


@given(st.text())
def test_any_text_has_a_key_of_digits_or_none(text):
    key = phone_key(text, IRAN)
    assert key is None or (key.isascii() and key.isdigit())


@given(st.sampled_from(sorted(PLANS)), st.from_regex(r"[2-9][0-9]{7,9}", fullmatch=True))
def test_a_key_is_its_own_key_when_dialled_from_abroad(country, digits):
    key = phone_key(digits, country)
    assert key is None or phone_key(f"+{key}", country) == key


def test_no_countrys_code_begins_with_anothers():
    assert not [(one, other) for one in PLANS for other in PLANS if one != other and other.startswith(one)]
