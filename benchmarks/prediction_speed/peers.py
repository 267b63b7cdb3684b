"""LightGBM asked directly: by its C interface, by its Python package from NumPy, from a data frame."""

import ctypes
from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.learned.booster import Booster
from models.learned.shared_library import ALL_TREES, FLOAT32, ONE_THREAD, Kind, library

Calls = dict[str, tuple[Callable[[], object], int]]


def one_by_one(trees: lgb.Booster, values: NDArray[np.float32]) -> Calls:
    """Every row [n, k] asked about alone, by each way in turn; the first is the limit."""
    ours, bare, prepared = Booster(trees.model_to_string()), bare_calls(trees, values), single_frames(values)
    ones = [values[row : row + 1] for row in range(len(values))]
    return {
        "C interface, settings and addresses prepared": (bare, len(ones)),
        "ours, `Booster.raw`": (lambda: [ours.raw(one) for one in ones], len(ones)),
        "`lightgbm.Booster.predict`, NumPy": (
            lambda: [trees.predict(one, raw_score=True, num_threads=1) for one in ones],
            len(ones),
        ),
        "`lightgbm.Booster.predict`, DataFrame": (
            lambda: [trees.predict(one, raw_score=True, num_threads=1) for one in prepared],
            len(ones),
        ),
    }


def single_frames(values: NDArray[np.float32]) -> list[pd.DataFrame]:
    """A data frame of one row for each customer."""
    return [pd.DataFrame(values[row : row + 1]) for row in range(len(values))]


def bare_calls(trees: lgb.Booster, values: NDArray[np.float32]) -> Callable[[], list[float]]:
    """The C function for one row at a time, on every row, with nothing around it that could be left out."""
    settings = prepared_for_one(trees, values.shape[1])
    predict = library().LGBM_BoosterPredictForMatSingleRowFast
    result, written = ctypes.c_double(0), ctypes.c_int64(0)
    into, length = ctypes.addressof(result), ctypes.addressof(written)
    addresses = [values.ctypes.data + row * values.strides[0] for row in range(len(values))]

    def call() -> list[float]:
        found = []
        for address in addresses:
            predict(settings, address, length, into)
            found.append(result.value)
        return found

    return call


def prepared_for_one(trees: lgb.Booster, features: int) -> ctypes.c_void_p:
    """The library's settings for raw scores of one row at a time."""
    prepared = ctypes.c_void_p()
    status = library().LGBM_BoosterPredictForMatSingleRowFastInit(
        trees._handle,  # noqa: SLF001 -- the package has no name for it that one may use
        Kind.RAW_SCORE,
        0,
        ALL_TREES,
        FLOAT32,
        features,
        ONE_THREAD,
        ctypes.byref(prepared),
    )
    assert status == 0, library().LGBM_GetLastError()
    return prepared
