"""What is missing is said, and customers are derived."""

import pyarrow as pa

from models.contract.completeness import absences, filled_columns
from models.contract.derived import customers_from_orders, strangers
from models.contract.tables import ORDERS
from models.domain.instants import DAY

NAMES = ("order_id", "line_id", "customer_id", "ordered_at", "amount_minor")
ORDER_LINES = pa.Table.from_pylist(
    [
        {"order_id": "1", "line_id": "1", "customer_id": "b", "ordered_at": 5 * DAY, "amount_minor": 1},
        {"order_id": "2", "line_id": "1", "customer_id": "a", "ordered_at": 9 * DAY, "amount_minor": 1},
        {"order_id": "3", "line_id": "1", "customer_id": "a", "ordered_at": 7 * DAY, "amount_minor": 1},
    ],
    schema=ORDERS.schema(NAMES),
)


def test_a_source_without_complaints_says_what_is_off():
    assert "no complaints: complaint and response-time features are off" in absences({"orders": NAMES})


def test_missing_columns_are_named():
    assert "orders: no item_id, category, units, margin_minor" in absences({"orders": NAMES})


def test_a_column_of_nulls_is_not_filled():
    assert filled_columns(pa.table({"a": [1, None], "b": pa.nulls(2)})) == ("a",)


def test_derived_customers_are_known_since_their_first_order():
    customers = customers_from_orders(ORDER_LINES)
    known = customers["known_at"].cast(pa.int64()).to_pylist()
    assert (customers["customer_id"].to_pylist(), known) == (["a", "b"], [7 * DAY, 5 * DAY])


def test_nobody_knows_when_derived_customers_signed_up():
    assert customers_from_orders(ORDER_LINES)["signed_up_at"].null_count == 2


def test_buyers_without_a_customer_row_are_counted():
    assert strangers(ORDER_LINES, customers_from_orders(ORDER_LINES).slice(0, 1)) == 1
