"""The compiled way to one customer's features: everything in a few blocks of words.

To hand a plan over as it stands, some forty arrays, costs compiled code more than to fold with it. So the
plan is packed into one block of words, as what is known of a customer is (`laid_out.py`), and both are
unpacked there into the tuples that the kernel always reads.

A packed tuple is a directory, which says where in the block each field begins and where the last one ends,
and then the fields. Floats are kept as the words that they are made of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.features.formula import Formulas, evaluate
from models.features.kernel import TablePlan, fold_table
from models.features.laid_out import HEADER, LaidOut
from models.features.listing import Lookup
from models.features.online import OnlinePlan
from models.features.scratch import NEVER, Scratch

Words: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class PackedPlan:
    """An online plan in one block of words.

    words: how many tables there are; where the plan of each, the formulas, what stands for nothing, and the
    statistics of articles begin; then these. width: places in a row; windows, outputs: the most of one
    table; features: how many.
    """

    words: Words
    width: int
    windows: int
    outputs: int
    features: int

    def room(self, known: LaidOut) -> int:
        """Words of room to work in."""
        lists = 6 * (known.longest + 1) + 2 * (self.windows + 1) + self.outputs + known.keys
        return self.width + 4 + lists


def pack(plan: OnlinePlan) -> PackedPlan:
    """Pack a plan."""
    layouts = plan.plan.layouts
    looked = plan.plan.populations
    parts = [
        *(layout.plan for layout in layouts),
        plan.plan.formulas,
        (np.array(plan.nothing),),
        (np.array(looked.as_of, np.int64), np.array(looked.values.shape), looked.values),
    ]
    words = [len(layouts), *([0] * len(parts))]
    for number, part in enumerate(parts):
        words[1 + number] = len(words)
        words += _packed([np.asarray(field).ravel().view(np.int64) for field in part], len(words))
    return PackedPlan(
        np.array(words, np.int64),
        plan.plan.width,
        windows=max((len(layout.plan.width) for layout in layouts), default=0),
        outputs=max((len(layout.plan.place) for layout in layouts), default=0),
        features=len(plan.plan.features),
    )


def compute_packed(
    fold: Callable[..., None], plan: PackedPlan, known: LaidOut, snapshot: int
) -> NDArray[np.float32]:
    """Features [k] at `snapshot` (microseconds), by `fold_packed`, compiled."""
    features = np.empty(plan.features, np.float32)
    fold(plan.words, known.words, snapshot, np.empty(plan.room(known), np.int64), features)
    return features


def _packed(fields: Sequence[Words], begin: int) -> list[int]:
    """The words of a tuple that is to begin there."""
    first = begin + len(fields) + 1
    directory = accumulate((len(field) for field in fields), initial=first)
    return [*directory, *(int(word) for field in fields for word in field)]


def fold_packed(plan: Words, words: Words, snapshot: int, room: Words, features: NDArray[np.float32]) -> None:
    """Write one customer's features."""
    tables = plan[0]
    nothing = field(plan, plan[tables + 2], 0).view(np.float64)
    folded = room[: len(nothing)].view(np.float64).reshape(len(nothing), 1)
    for place in range(len(nothing)):
        folded[place, 0] = nothing[place]
    row, room = room[len(nothing) : len(nothing) + 4], room[len(nothing) + 4 :]
    row[0], row[2] = 0, snapshot
    lookup = unpack_lookup(plan, plan[tables + 3], snapshot, row[3:4])
    for table in range(tables):
        begin, kept, events, keys = words[HEADER * table : HEADER * (table + 1)]
        if events > 0:
            of_table = unpack_table(plan, plan[table + 1])
            columns = words[begin : begin + kept * events].reshape(kept, events)
            scratch = carve(room, len(of_table.width), len(of_table.place), events, keys)
            row[1] = events
            fold_table(of_table, columns, row[0:1], row[1:2], row[2:3], lookup, scratch, folded)
    formulas = unpack_formulas(plan, plan[tables + 1])
    evaluate(formulas, 1, folded)
    for feature in range(len(features)):
        features[feature] = folded[formulas.feature[feature], 0]


def field(words: Words, begin: int, number: int) -> Words:
    """One field of the tuple packed there."""
    return words[words[begin + number] : words[begin + number + 1]]


def unpack_table(words: Words, begin: int) -> TablePlan:
    """A table's plan."""
    return TablePlan(
        shares=field(words, begin, 0)[0],
        width=field(words, begin, 1),
        interval_bit=field(words, begin, 2),
        mask=field(words, begin, 3),
        required=field(words, begin, 4),
        kind=field(words, begin, 5),
        column=field(words, begin, 6),
        known_column=field(words, begin, 7),
        statistic=field(words, begin, 8),
        selection=field(words, begin, 9),
        measure=field(words, begin, 10),
        operator=field(words, begin, 11),
        nothing=field(words, begin, 12),
        sign=field(words, begin, 13),
        snapshots=field(words, begin, 14),
        first_output=field(words, begin, 15),
        window=field(words, begin, 16),
        divisor=field(words, begin, 17).view(np.float64),
        place=field(words, begin, 18),
    )


def unpack_formulas(words: Words, begin: int) -> Formulas:
    """The formulas."""
    return Formulas(
        folds=field(words, begin, 0)[0],
        operation=field(words, begin, 1),
        first=field(words, begin, 2),
        second=field(words, begin, 3),
        third=field(words, begin, 4),
        feature=field(words, begin, 5),
    )


def unpack_lookup(words: Words, begin: int, snapshot: int, first: Words) -> Lookup:
    """The statistics of articles, and where those begin that are looked into at the snapshot."""
    as_of, shape = field(words, begin, 0), field(words, begin, 1)
    first[0] = 0
    for instant in as_of:
        if instant <= snapshot:
            first[0] += shape[1] // (len(as_of) + 1)
    return Lookup(field(words, begin, 2).reshape(shape[0], shape[1]), first)


def carve(room: Words, windows: int, outputs: int, events: int, keys: int) -> Scratch:
    """Cut the kernel's room out of a block of words."""
    size, edges = events + 1, 6 * (events + 1)
    totals = edges + 2 * (windows + 1)
    marks = room[totals + outputs : totals + outputs + keys]
    marks[:] = NEVER
    return Scratch(
        seen=room[:size],
        state=room[size : 2 * size],
        seen_edge=room[edges : edges + windows + 1].reshape(1, windows + 1),
        passed=room[2 * size : 3 * size],
        listed=room[3 * size : 4 * size],
        edge=room[edges + windows + 1 : totals].reshape(1, windows + 1),
        value=room[4 * size : 5 * size],
        ordered=room[5 * size : 6 * size],
        total=room[totals : totals + outputs].reshape(outputs, 1),
        marks=marks,
    )


# What is compiled, each after those that it calls. Code that allocates nothing cannot return arrays, so the
# functions that do are written out where they are called.
WRITTEN_OUT = (field, unpack_table, unpack_formulas, unpack_lookup, carve)
FUNCTIONS = (*WRITTEN_OUT, fold_packed)
