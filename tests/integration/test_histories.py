"""Tables on disk by customer: what is read of one is what was written of them, wherever batches end."""

import pyarrow as pa
import pytest

import pipelines.histories as written
from models.contract.histories import open_histories
from models.contract.storage import write_table
from models.contract.tables import ACTIVITY, ORDERS
from models.domain.errors import ContractViolation, DamagedRelease

COLUMNS = ("order_id", "line_id", "customer_id", "ordered_at", "item_id", "amount_minor")


def line(customer, number, item="i"):
    return {
        "order_id": f"{customer}-{number}",
        "line_id": "1",
        "customer_id": customer,
        "ordered_at": 1_000 * number,
        "item_id": item,
        "amount_minor": 10 * number,
    }


LINES = [
    line("a", 1),
    line("a", 2, None),
    line("b", 3),
    line("گ", 4, "چای"),
    line("گ", 5),
    line("گ", 6, None),
]
EVENTS = [
    {"customer_id": "c", "at": 7, "kind": "cart", "quantity": 1.5},
    {"customer_id": "گ", "at": 8, "kind": "use"},
]


@pytest.fixture
def folder(tmp_path):
    def of(lines=LINES):
        tables = {
            "orders": (ORDERS.schema(COLUMNS), lines),
            "activity": (ACTIVITY.schema(("customer_id", "at", "kind", "quantity")), EVENTS),
        }
        for name, (schema, rows) in tables.items():
            write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / "tables" / f"{name}.parquet")
        written.write_histories(tmp_path / "tables", tmp_path / "history")
        return tmp_path / "history"

    return of


@pytest.mark.parametrize("batch", [1, 2, 3, 100])
def test_each_customer_has_their_own_rows_wherever_batches_end(folder, monkeypatch, batch):
    monkeypatch.setattr(written, "BATCH_ROWS", batch)
    kept = open_histories(folder())
    found = [row for customer in ("a", "b", "گ") for row in kept.rows_of(customer)["orders"]]
    assert found == LINES


def test_a_number_that_is_missing_is_none(folder):
    assert [row["quantity"] for row in open_histories(folder()).rows_of("گ")["activity"]] == [None]


def test_a_table_that_says_nothing_of_a_customer_is_absent(folder):
    assert list(open_histories(folder()).rows_of("c")) == ["activity"]


def test_somebody_unknown_has_no_rows(folder):
    assert open_histories(folder()).rows_of("z") is None


def test_everybody_is_known_once(folder):
    kept = open_histories(folder())
    assert [kept.ids[place] for place in range(len(kept))] == ["a", "b", "c", "گ"]


def test_every_row_of_a_table_is_told_customer_by_customer(folder):
    assert list(open_histories(folder()).every_row("orders")) == LINES


def test_a_source_without_customers_has_histories_of_nobody(tmp_path):
    written.write_histories(tmp_path, tmp_path / "history")
    assert open_histories(tmp_path / "history").rows_of("a") is None


def test_a_table_in_another_order_is_refused(folder):
    with pytest.raises(ContractViolation, match="order of its customers"):
        folder([line("b", 1), line("a", 2)])


def test_files_that_are_none_are_damage(tmp_path):
    (tmp_path / "index.arrow").write_bytes(b"nothing")
    with pytest.raises(DamagedRelease):
        open_histories(tmp_path)
