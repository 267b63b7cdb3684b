"""The kernel as machine code. `python -m models.features.compiled` compiles and caches it."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from inspect import getsource
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.contract.tables import table as contract_table
from models.features import formula, kernel, listing, operators, packed
from models.features.declared import orders
from models.features.history import build_history, customers_of
from models.features.laid_out import LaidOut
from models.features.online import OnlinePlan, lay_out, online_plan
from models.features.packed import compute_packed, pack

SOURCES = (operators, listing, kernel, formula, packed)

ENTRIES = ("fold_table", "write_features", "fold_packed")


@cache
def compiled() -> Mapping[str, Callable[..., Any]]:
    """Every function of the kernel as machine code, by name.

    The same source is compiled, function by function: each is given its callees in compiled form, since
    compiled code can call nothing else. Machine code is cached beside the source, under a name that holds
    the hash of all sources, since numba itself would not notice a change in a callee's file.
    """
    linked: dict[str, Any] = {}
    digest = hashlib.sha256("".join(map(getsource, SOURCES)).encode()).hexdigest()[:12]
    for source in (function for module in SOURCES for function in module.FUNCTIONS):
        function = FunctionType(source.__code__, {**source.__globals__, **linked}, source.__name__)
        function.__qualname__ = f"{source.__name__}_{digest}"
        inline = "always" if source in packed.WRITTEN_OUT else "never"
        within = source.__name__ not in ENTRIES
        linked[source.__name__] = njit(
            cache=True, _nrt=False, inline=inline, no_cpython_wrapper=within, no_cfunc_wrapper=True
        )(function)
    return linked


def compiled_one(plan: OnlinePlan) -> Callable[[LaidOut, int], NDArray[np.float32]]:
    """`online.compute_one` of a plan as machine code: from what is known and a snapshot to features [k]."""
    return partial(compute_packed, compiled()["fold_packed"], pack(plan))


def warm() -> None:
    """Compile the kernel, or load it from the cache, by folding nothing."""
    table, nothing = contract_table("orders"), np.empty(0, np.int64)
    online = online_plan({"orders": table.names}, "UTC", orders.FEATURES[:1])
    plan, no_orders = online.plan, table.schema().empty_table()
    (history,) = build_history(plan, {"orders": no_orders}, customers_of(no_orders), "UTC").tables
    folded, values = np.empty((plan.width, 0)), np.empty((len(plan.features), 0), np.float32)
    events = (history.layout.plan, history.columns, nothing, nothing, nothing)
    lookup = plan.populations.lookup(nothing)
    compiled()["fold_table"](*events, lookup, history.scratch([nothing]), folded)
    compiled()["write_features"](plan.formulas, 0, folded, nothing, nothing, values)
    compiled_one(online)(lay_out(online, {}), 0)


if __name__ == "__main__":
    warm()
