"""What is computed of single rows is what is computed of tables of them: attributes, constant money."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from models.contract.attributes import Attribute
from models.contract.columns import Kind
from models.contract.prices import Prices, in_constant_money, row_in_constant_money
from models.contract.tables import ORDERS
from models.features.attributes import Encoding, encode, encode_rows
from models.learned.attribute_words import attribute_sentences, sentences_of

ATTRIBUTES = (
    Attribute("size", Kind.NUMBER),
    Attribute("plan", Kind.CATEGORY),
    Attribute("paid", Kind.BOOLEAN),
)
ENCODINGS = (
    Encoding(ATTRIBUTES[0]),
    Encoding(ATTRIBUTES[1], ("basic", "")),
    Encoding(ATTRIBUTES[2]),
    Encoding(Attribute("gone", Kind.CATEGORY), ("x",)),
    Encoding(Attribute("lost", Kind.NUMBER)),
)
SCHEMA = pa.schema([(each.column, each.kind.arrow) for each in ATTRIBUTES])
_rows = st.lists(
    st.fixed_dictionaries(
        {
            "attribute_size": st.none() | st.floats(allow_nan=False, allow_infinity=False, width=64),
            "attribute_plan": st.sampled_from([None, "", "basic", "other"]),
            "attribute_paid": st.sampled_from([None, True, False]),
        }
    ),
    min_size=1,
    max_size=5,
)


@given(_rows)
def test_attributes_of_rows_are_encoded_as_those_of_a_table(rows):
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    with np.errstate(over="ignore"):
        told, expected = encode_rows(rows, ENCODINGS, SCHEMA.names), encode(table, ENCODINGS)
    np.testing.assert_array_equal(told, expected)


@given(_rows)
def test_attributes_of_rows_are_told_as_those_of_a_table(rows):
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    assert sentences_of(ATTRIBUTES, rows) == attribute_sentences(table)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-(10**9), 10**9)), min_size=1, max_size=6))
def test_an_amount_of_a_row_is_what_it_is_in_a_table(lines):
    from datetime import date

    prices = Prices(np.array([10, 20, 30]), np.array([1.07, 1.5, 3.3]), date(2020, 1, 1))
    rows = [{"ordered_at": at, "amount_minor": amount} for at, amount in lines]
    table = pa.Table.from_pylist(rows, schema=ORDERS.schema(("ordered_at", "amount_minor")))
    expected = in_constant_money(table, ORDERS, prices)["amount_minor"].to_pylist()
    assert [row_in_constant_money(row, ORDERS, prices)["amount_minor"] for row in rows] == expected
