"""Attributes in words: 'Contract: month-to-month', the customer's own value as the source has it."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from models.contract.attributes import attributes_of
from models.contract.columns import Kind

UNKNOWN = "not given"
LONGEST_NUMBER = 9
# Beyond, a whole number is told by its magnitude.
EXACT_WHOLES = 1e15


def attribute_sentences(rows: pa.Table) -> dict[str, list[str]]:
    """By the attribute's column a sentence for every row of customers, in the order of the rows."""
    return {
        each.column: [
            f"{each.name}: {UNKNOWN if value is None else _WORDS[each.kind](value)}"
            for value in rows[each.column].to_pylist()
        ]
        for each in attributes_of(rows.schema)
    }


def _number(value: float) -> str:
    exact = f"{value:.0f}" if value.is_integer() and abs(value) < EXACT_WHOLES else f"{value:.15g}"
    return exact if value.is_integer() or len(exact) <= LONGEST_NUMBER else f"{value:.6g}"


def _truth(value: bool) -> str:
    return "yes" if value else "no"


_WORDS: dict[Kind, Callable[[Any], str]] = {
    Kind.NUMBER: _number,
    Kind.CATEGORY: str,
    Kind.BOOLEAN: _truth,
}
