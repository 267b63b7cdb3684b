"""Attributes in words: 'Contract: month-to-month', the customer's own value as the source has it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from models.contract.attributes import Attribute, attributes_of
from models.contract.columns import Kind
from models.domain.words import ENGLISH, Words

LONGEST_NUMBER = 9
# Beyond, a whole number is told by its magnitude.
EXACT_WHOLES = 1e15


def attribute_sentences(rows: pa.Table, words: Words = ENGLISH) -> dict[str, list[str]]:
    """By the attribute's column a sentence for every row of customers, in the order of the rows."""
    return {
        each.column: [_sentence(each, value, words) for value in rows[each.column].to_pylist()]
        for each in attributes_of(rows.schema)
    }


def sentences_of(
    attributes: Sequence[Attribute], rows: Sequence[Mapping[str, Any]], words: Words = ENGLISH
) -> dict[str, list[str]]:
    """The same of rows that are mappings."""
    return {
        each.column: [_sentence(each, row.get(each.column), words) for row in rows] for each in attributes
    }


def _sentence(attribute: Attribute, value: Any, words: Words) -> str:
    told = words.gettext("not given") if value is None else _WORDS[attribute.kind](value, words)
    return words.gettext(
        "{attribute}: {value}", attribute=words.isolated(attribute.name), value=words.isolated(told)
    )


def _number(value: float, words: Words) -> str:
    exact = f"{value:.0f}" if value.is_integer() and abs(value) < EXACT_WHOLES else f"{value:.15g}"
    whole = value.is_integer() or len(exact) <= LONGEST_NUMBER
    return words.number(exact if whole else f"{value:.6g}")


def _truth(value: bool, words: Words) -> str:
    return words.gettext("yes") if value else words.gettext("no")


def _as_it_is(value: str, _: Words) -> str:
    return value


_WORDS: dict[Kind, Callable[[Any, Words], str]] = {
    Kind.NUMBER: _number,
    Kind.CATEGORY: _as_it_is,
    Kind.BOOLEAN: _truth,
}
