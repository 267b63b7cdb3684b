"""`python -m models.features.warm` compiles the kernel, or finds it in the cache, by folding one order."""

import pyarrow as pa

from models.contract.tables import ORDERS
from models.features.batch import compute_batch
from models.features.compiled import compiled_one
from models.features.declared.orders import FEATURES
from models.features.online import lay_out, online_plan


def warm() -> None:
    """Run everything that is compiled once."""
    available = {"orders": ORDERS.names}
    words = dict.fromkeys(("order_id", "line_id", "customer_id"), "o")
    line = pa.Table.from_pylist([{**words, "ordered_at": 0, "amount_minor": 1}], ORDERS.schema())
    compute_batch({"orders": line}, available, [0], "UTC", features=FEATURES)
    online = online_plan(available, "UTC", FEATURES)
    compiled_one(online)(lay_out(online, {}), 0)


if __name__ == "__main__":
    warm()
