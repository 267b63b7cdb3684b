"""Plain functions as machine code: they call each other, allocate nothing, and stay readable Python."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from inspect import getsource
from types import FunctionType, ModuleType
from typing import Any

from numba import njit


def linked(
    modules: Sequence[ModuleType],
    entries: Collection[str],
    inlined: Collection[Callable[..., Any]] = (),
    constants: Sequence[ModuleType] = (),
) -> Mapping[str, Callable[..., Any]]:
    """Every function in the `FUNCTIONS` of some modules as machine code, by name.

    The same source is compiled, function by function: each is given its callees in compiled form, since
    compiled code can call nothing else. Machine code is cached beside the source, under a name that holds
    the hash of all sources, since numba itself would not notice a change in a callee's file. entries: what
    Python calls; inlined: what is written out where it is called; constants: other modules whose numbers are
    frozen into the code.
    """
    known: dict[str, Any] = {}
    digest = hashlib.sha256("".join(map(getsource, [*modules, *constants])).encode()).hexdigest()[:12]
    for source in (function for module in modules for function in module.FUNCTIONS):
        function = FunctionType(source.__code__, {**source.__globals__, **known}, source.__name__)
        function.__qualname__ = f"{source.__name__}_{digest}"
        inline = "always" if source in inlined else "never"
        within = source.__name__ not in entries
        known[source.__name__] = njit(
            cache=True, _nrt=False, inline=inline, no_cpython_wrapper=within, no_cfunc_wrapper=True
        )(function)
    return known
