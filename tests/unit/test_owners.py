"""Whose each row is, whatever the ids look like and however the rows come."""

from random import Random

import numpy as np
import pyarrow as pa
import pytest

from models.features.owners import STRANGER, find_owners
from models.features.table_rows import TableRows

ALIKE = (
    "", "a", "ab", "ab\0", "\0ab", "12345678", "123456789", "x" * 15, "x" * 16, "x" * 17, "x" * 15 + "y",
    "é", "مشتری", "long enough to be told by its hash alone", "long enough to be told by its hash alonf",
)  # fmt: skip


def rows(ids):
    return TableRows(pa.table({"customer_id": pa.array(ids, pa.string())}))


def owners(orders, **others):
    tables = {"orders": rows(orders), **{name: rows(ids) for name, ids in others.items()}}
    return find_owners(tables, tables)


def test_ids_that_look_alike_are_told_apart():
    ids = [Random(3).choice(ALIKE) for _ in range(500)] + list(ALIKE)
    found = owners(ids)
    assert [found.customers[int(number)].as_py() for number in found.of["orders"]] == ids


def test_customers_are_sorted_as_their_letters_are():
    ids = list(ALIKE)
    Random(5).shuffle(ids)
    assert owners(ids).customers.to_pylist() == sorted(ALIKE, key=str.encode)


def test_more_customers_than_there_was_room_for_are_all_found():
    numbers = np.random.default_rng(7).permutation(150_000)
    found = owners([f"c{number:06}" for number in numbers])
    assert np.array_equal(found.of["orders"], numbers)


def test_who_has_no_order_line_is_a_stranger():
    assert owners(["b", "a"], surveys=["a", "c", "b", None]).of["surveys"].tolist() == [
        0,
        STRANGER,
        1,
        STRANGER,
    ]


def test_an_order_line_of_nobody_makes_no_customer():
    found = owners(["b", None, "a"])
    assert (found.customers.to_pylist(), found.of["orders"].tolist()) == (["a", "b"], [1, STRANGER, 0])


def test_rows_are_counted_for_each_customer():
    assert owners(["b", "a", "b"], surveys=["b", "z"]).counts("surveys").tolist() == [0, 1]


@pytest.mark.parametrize(
    ("ids", "in_order"),
    [(["a", "a", "b"], True), (["z", "a", "z", "b"], True), (["b", "a"], False), ([], True)],
)
def test_a_table_is_in_order_when_its_customers_are_strangers_apart(ids, in_order):
    assert ("surveys" in owners(["a", "b"], surveys=ids).in_order) is in_order
