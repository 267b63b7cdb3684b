"""The kernel as machine code."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features import formula, kernel, laid_out, listing, operators, packed, scratch
from models.features.laid_out import LaidOut
from models.features.linked import linked
from models.features.online import OnlinePlan
from models.features.packed import compute_packed, pack

SOURCES = (operators, listing, kernel, formula, packed)

ENTRIES = ("fold_table", "write_features", "fold_packed")


@cache
def compiled() -> Mapping[str, Callable[..., Any]]:
    """Every function of the kernel as machine code, by name."""
    return linked(SOURCES, ENTRIES, packed.WRITTEN_OUT, (scratch, laid_out))


def compiled_one(plan: OnlinePlan) -> Callable[[LaidOut, int], NDArray[np.float32]]:
    """`online.compute_one` of a plan as machine code: from what is known and a snapshot to features [k]."""
    return partial(compute_packed, compiled()["fold_packed"], pack(plan))
