"""Room for the kernel to work in, and the words that its modules share.

A row is a customer at a snapshot. Lists hold one *stretch* of events after another, each of one customer,
oldest event first, so that every window is an end of a stretch. `edge[row]` says where: the stretch ends
before `edge[row][0]`; window w = 1, 2, … from the innermost outwards begins at `edge[row][w]`, the last one,
which is all time, where the stretch does. Rows of one customer may share a stretch: then the earlier snapshot
sees less of it.

Whole numbers are NumPy arrays for the compiled kernel, lists for plain Python.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64] | list[int]
Table: TypeAlias = NDArray[np.int64] | list[list[int]]

NULL = -(2**63)  # no value; less than every value
NEVER = 2**63 - 1  # later than every snapshot, beyond every list


class Scratch(NamedTuple):
    """Room for r rows that see e events, of a plan with w windows and o outputs.

    seen, state [e]: the events seen and the bits that hold for them; seen_edge [r, w + 1]: their stretches.
    passed [e + 1]: how many of those before passed a filter; listed [e]: which did; edge [r, w + 1]: their
    stretches. value [e + 1]: what is listed of them; ordered [e]: room to sort. total [o, r]: what the
    operators make of it. marks: for each key NEVER, while nothing is being marked.
    """

    seen: Ints
    state: Ints
    seen_edge: Table
    passed: Ints
    listed: Ints
    edge: Table
    value: Ints
    ordered: Ints
    total: Table
    marks: Ints
