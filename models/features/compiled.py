"""The kernel, compiled for many customers. `python -m models.features.compiled` compiles and caches it."""

import hashlib
from collections.abc import Callable
from functools import cache
from inspect import getsource
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from models.contract.tables import table as contract_table
from models.features import kernel, operators
from models.features.declared import orders
from models.features.history import build_history, customers_of
from models.features.plan import build_plan


@cache
def compiled_kernel() -> Callable[..., None]:
    """`kernel.fold_customers` as machine code, with every function it calls.

    The same source is compiled, function by function: each is given its callees in compiled form, since
    compiled code can call nothing else. Machine code is cached beside the source, under a name that holds
    the hash of all sources, since numba itself would not notice a change in a callee's file.
    """
    compiled: dict[str, Any] = {}
    digest = _sources_digest()
    for source in kernel.FUNCTIONS:
        linked = FunctionType(source.__code__, {**source.__globals__, **compiled}, source.__name__)
        linked.__qualname__ = f"{source.__name__}_{digest}"
        compiled[source.__name__] = njit(cache=True, _nrt=False)(linked)
    return compiled["fold_customers"]  # type: ignore[no-any-return]  # numba has no types


def _sources_digest() -> str:
    sources = "".join(getsource(module) for module in (kernel, operators))
    return hashlib.sha256(sources.encode()).hexdigest()[:12]


def warm() -> None:
    """Compile the kernel, or load it from the cache, by folding nothing."""
    plan = build_plan(orders.FEATURES[:1])
    tables = {"orders": contract_table("orders").schema().empty_table()}
    (table,) = build_history(plan, tables, customers_of(tables["orders"]), "UTC").tables
    nothing = np.empty(0, np.int64)
    compiled_kernel()(
        table.layout.plan, table.events, (0, 0), nothing, nothing, table.scratch(), np.empty(0), 0
    )


if __name__ == "__main__":
    warm()
