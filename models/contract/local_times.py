"""Local clocks: where a clock change removes or repeats a time, one rule says which instant is meant."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fates import Mask
from models.contract.written_times import Numbers


@dataclass(frozen=True)
class Placed:
    """Instants [n] of local times; moved: the clock never showed it, doubled: the clock showed it twice."""

    instants: Numbers
    moved: Mask
    doubled: Mask


def placed(local: Numbers, zone: str) -> Placed:
    """Instants of local times [n], both in microseconds since 1970-01-01.

    A time in a gap is the first instant after it; of a time that occurred twice, the first is meant.
    """
    naive = pa.array(local).cast(pa.timestamp("us"))
    first = pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="latest")
    second = pc.assume_timezone(naive, zone, ambiguous="latest", nonexistent="latest")
    return Placed(
        first.cast(pa.int64()).to_numpy(zero_copy_only=False),
        pc.not_equal(pc.local_timestamp(first), naive).to_numpy(zero_copy_only=False),
        pc.not_equal(first, second).to_numpy(zero_copy_only=False),
    )
