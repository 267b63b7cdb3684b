"""Numbers as people write them, as plain decimals: '۱۲٬۵۰۰', '1,234.50', '(100)', '100-', '-$5', '5 تومان'.

Nothing is guessed. One mark is declared to stand before a fraction ('.' or ','; the Arabic ٫ always does).
The other, ٬, ،, an apostrophe or a blank may part thousands, in groups of three from the first to the last
and always the same: '1,23' and '0,234' are no numbers where ',' parts thousands.
"""

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.parse_text import normalise_distinct
from models.domain.currency_words import WORDS

# A hundred digits are more than any number needs and fewer than any arithmetic here chokes on.
_DIGITS = r"\d{0,99}"
_EXPONENT = r"(?:[eE](?P<exponent>[+-]?\d{1,2}))?"
_FRACTION_MARKS = {".": r"[.٫]", ",": r"[,٫]"}
_THOUSANDS_MARKS = {".": ",٬،'’ ", ",": ".٬،'’ "}
_PLAIN = {
    ".": r"^[+-]?(\d{1,99}\.?\d{0,99}|\.\d{1,99})([eE][+-]?\d{1,2})?$",
    ",": r"^[+-]?\d{1,99}$",
}
_DASHES = "[−‐‑–﹣－]"


@dataclass(frozen=True)
class Numerals:
    """tidy: the texts [n] normalised, null where there is nothing.

    plain: texts such as '-1234.5' or '1e3', null where there is no number. unit: the word or sign beside the
    number, in small letters; '' without one.
    """

    tidy: pa.Array
    plain: pa.Array
    unit: pa.Array


def numerals(text: pa.Array, decimal_mark: str) -> Numerals:
    """What the texts [n] say, each looked at once: hand over distinct ones."""
    tidy = normalise_distinct(text)
    plain = _where(_matches(tidy, _PLAIN[decimal_mark]), tidy)
    units = pa.array([""]).take(pa.array(np.zeros(len(tidy), np.int8)))
    for understand in (_grouped, _decorated):
        left = pc.and_(plain.is_null(), tidy.is_valid())
        if pc.any(left).as_py():
            said, unit = understand(tidy.filter(left), decimal_mark)
            plain = pc.replace_with_mask(plain, left, said)
            units = pc.replace_with_mask(units, left, unit)
    return Numerals(tidy, plain, units)


def _grouped(tidy: pa.Array, decimal_mark: str) -> tuple[pa.Array, pa.Array]:
    """Thousands apart and nothing beside the number: as good as all that are not plain."""
    fraction = _FRACTION_MARKS[decimal_mark]
    pattern = rf"^-?(?:{_groups(decimal_mark)}|\d{{1,99}})(?:{fraction}\d{{1,99}})?$"
    together = pc.replace_substring_regex(tidy, f"[{_THOUSANDS_MARKS[decimal_mark]}]", "")
    plain = pc.replace_substring_regex(together, fraction, ".")
    return _where(_matches(tidy, pattern), plain), pc.if_else(tidy.is_valid(), "", tidy)


def _decorated(tidy: pa.Array, decimal_mark: str) -> tuple[pa.Array, pa.Array]:
    """Any sign, brackets, a unit: the plain numbers and the units."""
    found = pc.extract_regex(pc.replace_substring_regex(tidy, _DASHES, "-"), _pattern(decimal_mark))
    parts = {name: pc.struct_field(found, name).fill_null("") for name in found.type.names}
    whole = pc.replace_substring_regex(parts["whole"], r"\D", "")
    has_digits = pc.not_equal(pc.binary_join_element_wise(whole, parts["fraction"], ""), "")
    valid = pc.and_(found.is_valid(), pc.and_(has_digits, _agrees(parts)))
    plain = pc.binary_join_element_wise(
        pc.if_else(pc.match_substring_regex(_joined(parts, _SIGNS), "[(-]"), "-", ""),
        pc.if_else(pc.equal(whole, ""), "0", whole),
        _led_by(".", parts["fraction"]),
        _led_by("e", parts["exponent"]),
        "",
    )
    return _where(valid, plain), pc.if_else(valid, pc.utf8_lower(_joined(parts, _UNITS)), "")


_UNITS = ("unit_1", "unit_2", "unit_3", "unit_4")
_SIGNS = ("open", "sign_1", "sign_2", "sign_3")


def _groups(decimal_mark: str) -> str:
    marks = (re.escape(mark) for mark in _THOUSANDS_MARKS[decimal_mark])
    return "|".join(rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+" for mark in marks)


def _pattern(decimal_mark: str) -> str:
    word = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True))
    number = (
        rf"(?P<whole>{_groups(decimal_mark)}|{_DIGITS})"
        rf"(?:{_FRACTION_MARKS[decimal_mark]}(?P<fraction>{_DIGITS}))?{_EXPONENT}"
    )
    return (
        rf"^(?i:(?P<unit_1>{word}) ?)?(?P<open>\()? ?(?P<sign_1>[+-])? ?(?i:(?P<unit_2>{word}) ?)?"
        rf"(?P<sign_2>[+-])? ?{number} ?(?i:(?P<unit_3>{word}) ?)?(?P<sign_3>-)? ?(?P<close>\))? ?"
        rf"(?i:(?P<unit_4>{word}))?$"
    )


def _agrees(parts: dict[str, pa.Array]) -> pa.Array:
    """At most one sign (a pair of brackets is one) and at most one unit."""
    paired = pc.equal(pc.equal(parts["open"], ""), pc.equal(parts["close"], ""))
    one_sign = pc.less_equal(pc.binary_length(_joined(parts, _SIGNS)), 1)
    given = [pc.not_equal(parts[name], "").to_numpy(zero_copy_only=False) for name in _UNITS]
    return pc.and_(pc.and_(paired, one_sign), pa.array(np.sum(given, axis=0) <= 1))


def _joined(parts: dict[str, pa.Array], names: tuple[str, ...]) -> pa.Array:
    return pc.binary_join_element_wise(*(parts[name] for name in names), "")


def _led_by(mark: str, digits: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(digits, ""), "", pc.binary_join_element_wise(mark, digits, ""))


def _matches(text: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(text, pattern).fill_null(False)


def _where(condition: pa.Array, text: pa.Array) -> pa.Array:
    return pc.if_else(condition, text, pa.scalar(None, pa.string()))
