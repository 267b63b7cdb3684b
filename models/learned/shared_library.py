"""LightGBM's shared library, without the Python package around it: the few C functions that prediction needs.

`import lightgbm` costs seconds, most of them in its scikit-learn layer. Arrays travel as the addresses of
their values: with types declared once, a call by `ctypes` costs about a microsecond.
"""

import ctypes
import importlib.util
import sys
import weakref
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import DamagedRelease, MissingRelease

FLOAT32 = 0
ROW_MAJOR = 1
ALL_TREES = -1
ONE_THREAD = b"num_threads=1 verbosity=-1"
SUFFIX = {"win32": "dll", "darwin": "dylib"}


class Kind(IntEnum):
    """What is asked of a booster, by the C interface's numbers."""

    RAW_SCORE = 1
    CONTRIBUTIONS = 3


@cache
def library() -> Any:
    """The loaded library. Raises `MissingRelease` where LightGBM is not installed."""
    loaded = ctypes.CDLL(str(_path()))
    address, number, handle = ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p)
    loaded.LGBM_GetLastError.restype = ctypes.c_char_p
    loaded.LGBM_BoosterLoadModelFromString.argtypes = [ctypes.c_char_p, ctypes.POINTER(number), handle]
    loaded.LGBM_BoosterGetNumFeature.argtypes = [address, ctypes.POINTER(number)]
    loaded.LGBM_BoosterFree.argtypes = loaded.LGBM_FastConfigFree.argtypes = [address]
    loaded.LGBM_BoosterPredictForMat.argtypes = [
        address, address, number, ctypes.c_int32, ctypes.c_int32, number, number, number, number,
        ctypes.c_char_p, address, address,
    ]  # fmt: skip
    loaded.LGBM_BoosterPredictForMatSingleRowFastInit.argtypes = [
        address, number, number, number, number, ctypes.c_int32, ctypes.c_char_p, handle,
    ]  # fmt: skip
    loaded.LGBM_BoosterPredictForMatSingleRowFast.argtypes = [address, address, address, address]
    return loaded


class Loaded:
    """A booster inside the library; freed with this object."""

    def __init__(self, text: str) -> None:
        """Raise `DamagedRelease` when the library refuses the text."""
        self._handle, iterations = ctypes.c_void_p(), ctypes.c_int(0)
        _check(
            library().LGBM_BoosterLoadModelFromString(
                text.encode(), ctypes.byref(iterations), ctypes.byref(self._handle)
            )
        )
        self.columns = self._count_columns()
        self._one_row = self._prepare_one_row()
        weakref.finalize(self, _free, self._handle, self._one_row)

    def predict(self, matrix: NDArray[np.float32], kind: Kind, width: int) -> NDArray[np.float64]:
        """What is asked of every row [n, width], for a row-major matrix of at least one row."""
        result, written = np.empty((len(matrix), width)), ctypes.c_int64(0)
        _check(
            library().LGBM_BoosterPredictForMat(
                self._handle, _address(matrix), FLOAT32, matrix.shape[0], matrix.shape[1], ROW_MAJOR,
                kind, 0, ALL_TREES, ONE_THREAD, ctypes.addressof(written), _address(result),
            )
        )  # fmt: skip
        return result

    def raw_of_one(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """The raw score [1] of a matrix of one row; its settings were read when the booster was loaded."""
        score, written = ctypes.c_double(0.0), ctypes.c_int64(0)
        _check(
            library().LGBM_BoosterPredictForMatSingleRowFast(
                self._one_row, _address(matrix), ctypes.addressof(written), ctypes.addressof(score)
            )
        )
        return np.array([score.value])

    def _count_columns(self) -> int:
        count = ctypes.c_int(0)
        _check(library().LGBM_BoosterGetNumFeature(self._handle, ctypes.byref(count)))
        return count.value

    def _prepare_one_row(self) -> ctypes.c_void_p:
        # Several threads may share it: the library locks it for the length of a prediction.
        prepared = ctypes.c_void_p()
        _check(
            library().LGBM_BoosterPredictForMatSingleRowFastInit(
                self._handle, Kind.RAW_SCORE, 0, ALL_TREES, FLOAT32, self.columns, ONE_THREAD,
                ctypes.byref(prepared),
            )
        )  # fmt: skip
        return prepared


def _free(handle: ctypes.c_void_p, one_row: ctypes.c_void_p) -> None:
    library().LGBM_FastConfigFree(one_row)
    library().LGBM_BoosterFree(handle)


def _address(array: NDArray[Any]) -> int:
    """Where an array's values begin; `array.ctypes.data` says the same, three times as slowly."""
    address: int = array.__array_interface__["data"][0]
    return address


def _check(status: int) -> None:
    if status != 0:
        raise DamagedRelease(
            "LightGBM refused",
            given=library().LGBM_GetLastError().decode(),
            remedy="Publish the release again with this version of LightGBM.",
        )


def _path() -> Path:
    spec = importlib.util.find_spec("lightgbm")
    folder = Path(spec.origin).parent if spec is not None and spec.origin is not None else None
    name = f"lib_lightgbm.{SUFFIX.get(sys.platform, 'so')}"
    found = (
        [path for path in (folder / "lib" / name, folder / "bin" / name) if path.exists()] if folder else []
    )
    if not found:
        raise MissingRelease(
            "LightGBM's shared library is not installed",
            given=name,
            remedy="Install the package lightgbm (its wheel contains the library).",
        )
    return found[0]
