"""A stream of rows by customer: cut between customers, and folded as the tables themselves would be."""

import random
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from models.contract.prices import Prices, in_constant_money
from models.contract.tables import table as declared
from models.features import stream
from models.features.batch import compute_batch
from models.features.frame import from_table
from models.features.stream import TABLE, Asked, fold_stream, whole_customers
from tests.feature_frames import COLUMNS, POPULATIONS, batch, keyed, order_line
from tests.oracles.feature_histories import SNAPSHOTS, as_tables, crowd

NO_PRICES = Prices(np.empty(0, np.int64), np.empty(0))
ASKED = Asked(COLUMNS, SNAPSHOTS, "Asia/Tehran", NO_PRICES, POPULATIONS)


def streamed(asked, tables, batch_rows=7):
    """Tables as the batches of one stream, each of its customers' rows in the order of the tables."""
    schema = pa.schema(
        [
            ("customer_id", pa.string()),
            (TABLE, pa.int32()),
            *(
                (name, pa.struct([tables[name].schema.field(column) for column in columns]))
                for name, columns in asked.tables.items()
            ),
        ]
    )
    rows = [
        {"customer_id": row["customer_id"], TABLE: number, name: row}
        for number, (name, columns) in enumerate(asked.tables.items())
        for row in tables[name].select(columns).to_pylist()
    ]
    rows.sort(key=lambda row: row["customer_id"])
    return pa.Table.from_pylist(rows, schema).to_batches(max_chunksize=batch_rows)


def folded(asked, batches):
    return from_table(pa.Table.from_batches(list(fold_stream(asked, batches))))


def ids(*customers):
    return pa.record_batch({"customer_id": pa.array(customers, pa.string())})


def cut(batches, most_events, most_customers=100):
    """The customers of each part."""
    return [
        "".join(part["customer_id"].to_pylist())
        for part in whole_customers(batches, most_events, most_customers)
    ]


def test_a_customer_stays_whole_where_batches_end_within_him():
    assert cut([ids("a", "b"), ids("b", "b"), ids("b", "c")], most_events=2) == ["abbbb", "c"]


def test_a_part_ends_with_the_customer_with_whom_it_is_large_enough():
    assert cut([ids("a", "a", "b", "c", "c", "d")], most_events=3) == ["aab", "ccd"]


def test_a_part_ends_after_so_many_customers():
    assert cut([ids("a", "a", "b"), ids("b", "c", "d")], most_events=100, most_customers=2) == ["aabb", "cd"]


def test_a_customer_who_ends_with_a_batch_is_not_joined_to_the_next():
    assert cut([ids("a", "a"), ids("b")], most_events=2) == ["aa", "b"]


def test_empty_batches_say_nothing():
    assert cut([ids(), ids("a"), ids(), ids("a", "b"), ids()], most_events=2) == ["aa", "b"]


@pytest.mark.parametrize("batches", [[], [ids()]], ids=["no batch", "an empty batch"])
def test_nothing_streamed_is_nothing_folded(batches):
    assert cut(batches, most_events=2) == []


@pytest.mark.parametrize(("most_events", "most_rows"), [(1, 1), (50, 10**6), (10**6, 12), (10**6, 10**6)])
def test_what_is_streamed_is_folded_as_the_tables_are(monkeypatch, most_events, most_rows):
    monkeypatch.setattr(stream, "MOST_EVENTS", most_events)
    monkeypatch.setattr(stream, "MOST_ROWS", most_rows)
    rows = crowd(random.Random(1), 60)
    found = folded(ASKED, streamed(ASKED, as_tables(rows)))
    assert keyed(found) == keyed(batch(rows, ASKED.zone))


def test_rows_of_one_instant_keep_the_order_of_their_table():
    later, sooner = order_line(order_id="x", amount_minor=7), order_line(order_id="y", amount_minor=9)
    rows = {"orders": [later, sooner, order_line(customer_id="B"), order_line(amount_minor=8)]}
    assert keyed(folded(ASKED, streamed(ASKED, as_tables(rows)))) == keyed(batch(rows, ASKED.zone))


def test_columns_that_the_source_lacks_are_not_streamed():
    asked = Asked({"orders": ("customer_id", "ordered_at", "amount_minor")}, SNAPSHOTS, "UTC", NO_PRICES)
    assert asked.tables == {"orders": ("amount_minor", "customer_id", "ordered_at")}


def test_a_table_that_the_source_lacks_switches_its_features_off():
    columns = {name: found for name, found in COLUMNS.items() if name != "complaints"}
    asked, tables = Asked(columns, SNAPSHOTS, "UTC", NO_PRICES), as_tables(crowd(random.Random(2), 20))
    expected = compute_batch(tables, columns, SNAPSHOTS, "UTC")
    found = folded(asked, streamed(asked, tables))
    assert (found.names, keyed(found)) == (expected.names, keyed(expected))


def test_amounts_are_brought_to_constant_money_on_the_way():
    prices = Prices(np.array(SNAPSHOTS[:2]), np.array([2.0, 3.0]), date(2017, 1, 1))
    tables = as_tables(crowd(random.Random(3), 20))
    constant = {name: in_constant_money(table, declared(name), prices) for name, table in tables.items()}
    asked = Asked(COLUMNS, SNAPSHOTS, "UTC", prices, POPULATIONS)
    expected = compute_batch(constant, COLUMNS, SNAPSHOTS, "UTC", populations=POPULATIONS)
    assert keyed(folded(asked, streamed(asked, tables))) == keyed(expected)
