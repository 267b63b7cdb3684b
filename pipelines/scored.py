"""The table `scores`, from what was judged: one row a customer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.policy.consent import UNKNOWN
from models.retention.judging.told import NEVER

INSTANTS = ("last_order_at", "next_order_expected_by", "as_of")


def scores_table(columns: Mapping[str, NDArray[Any]]) -> pa.Table:
    """The table of `score_columns`: null where there is nothing to say."""
    return pa.table({name: _array(name, values) for name, values in columns.items()})


def placed(codes: NDArray[np.int8], at: NDArray[np.intp], rows: int) -> NDArray[np.int8]:
    """Consent codes at their rows [n]; unknown for a customer without a row in `customers`."""
    whole = np.full(rows, UNKNOWN, dtype=np.int8)
    whole[at] = codes
    return whole


def _array(name: str, values: NDArray[Any]) -> pa.Array:
    if name in INSTANTS:
        known = values != NEVER
        return pa.array(np.where(known, values, 0), pa.timestamp("us", tz="UTC"), mask=~known)
    if values.dtype == object:
        return pa.array([word or None for word in values.tolist()], pa.string())
    return pa.array(values, mask=np.isnan(values)) if values.dtype == np.float64 else pa.array(values)
