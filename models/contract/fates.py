"""What becomes of each row that a source holds: accepted, merged, out of scope, or refused with a reason.

A table's fates are one small integer a row. A row's fate is settled once, by the first rule that has
something to say about it, so that every row read is counted exactly once.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.storage import RowCounts
from models.domain.vocabulary import Reject

Fates = NDArray[np.int8]
Mask = NDArray[np.bool_]

ACCEPTED = 0
MERGED = 1
OUT_OF_SCOPE = 2
REASONS = tuple(Reject)
_FIRST_REASON = 3


def all_accepted(rows: int) -> Fates:
    """The fates of rows that no rule has looked at yet."""
    return np.zeros(rows, dtype=np.int8)


def refusal(reason: Reject) -> int:
    """The fate of a row refused for that reason."""
    return _FIRST_REASON + REASONS.index(reason)


def settle(fates: Fates, rows: Mask, fate: int) -> Fates:
    """The fates after a rule: `rows` [n] get `fate` unless an earlier rule settled them."""
    return np.where((fates == ACCEPTED) & rows, np.int8(fate), fates)


def refuse(fates: Fates, rows: Mask, reason: Reject) -> Fates:
    """The fates after a rule that refuses `rows` [n]."""
    return settle(fates, rows, refusal(reason))


def refused(fates: Fates) -> Mask:
    """Which rows were refused."""
    return fates >= _FIRST_REASON


def reasons(fates: Fates) -> pa.Array:
    """The reasons of the refused rows, in row order, as text."""
    words = pa.array([reason.value for reason in REASONS])
    return words.take(pa.array(fates[refused(fates)].astype(np.int64) - _FIRST_REASON))


def count(fates: Fates) -> RowCounts:
    """How many rows met which fate; `reasons` holds only those that occurred."""
    tally = np.bincount(fates, minlength=_FIRST_REASON + len(REASONS)).tolist()
    by_reason = zip(REASONS, tally[_FIRST_REASON:], strict=True)
    return RowCounts(
        read=len(fates),
        accepted=tally[ACCEPTED],
        merged=tally[MERGED],
        out_of_scope=tally[OUT_OF_SCOPE],
        rejected=sum(tally[_FIRST_REASON:]),
        reasons={reason.value: rows for reason, rows in by_reason if rows},
    )
