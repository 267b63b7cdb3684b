"""Boosted trees from LightGBM's text format, evaluated by its shared library.

`import lightgbm` costs seconds, most of them in its scikit-learn layer; prediction needs five C functions.
Numbers are bit-identical to `lightgbm.Booster.predict`.
"""

import ctypes
import importlib.util
import sys
import weakref
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import DamagedRelease, MissingRelease
from models.learned.tree_contributions import LeafTables, leaf_tables

MANY_ROWS = 1_000  # from here on the compiled tables pay for the import of the compiler
_FLOAT32 = 0
_ROW_MAJOR = 1
_RAW_SCORE = 1
_CONTRIBUTIONS = 3
_ALL_TREES = -1
_ONE_THREAD = b"num_threads=1 verbosity=-1"
_SUFFIX = {"win32": "dll", "darwin": "dylib"}


class Booster:
    """A loaded tree ensemble; `text` is its whole state, in LightGBM's own format."""

    def __init__(self, text: str) -> None:
        """Raise `DamagedRelease` when the text is no LightGBM model."""
        self.text = text
        self._handle = _load(text)
        self._columns = _columns(self._handle)
        weakref.finalize(self, _library().LGBM_BoosterFree, self._handle)

    def raw(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sums of leaf values [n] for feature values [n, k] in training order: log-odds for churn."""
        return self._predict(values, _RAW_SCORE, 1)[:, 0]

    def contributions(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """SHAP values [n, k + 1] that sum to `raw`; the last column is the expectation.

        Few rows are left to LightGBM; for many it pays to work out tables, which agree to 1e-14.
        """
        tables = self._tables if len(values) >= MANY_ROWS else None
        if tables is None:
            return self._predict(values, _CONTRIBUTIONS, self._columns + 1)
        return tables.contributions(self._matrix(values))

    @cached_property
    def _tables(self) -> LeafTables | None:
        return leaf_tables(self.text)

    def _predict(self, values: NDArray[np.float32], kind: int, width: int) -> NDArray[np.float64]:
        matrix = self._matrix(values)
        result = np.empty((len(matrix), width), dtype=np.float64)
        if len(matrix):
            _predict_matrix(self._handle, matrix, kind, result)
        return result

    def _matrix(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        matrix = np.ascontiguousarray(values, dtype=np.float32)
        if matrix.ndim != 2 or matrix.shape[1] != self._columns:
            raise ValueError(f"the booster reads {self._columns} features; got shape {matrix.shape}")
        return matrix


def _predict_matrix(
    handle: ctypes.c_void_p, matrix: NDArray[np.float32], kind: int, result: NDArray[np.float64]
) -> None:
    written = ctypes.c_int64(0)
    _check(
        _library().LGBM_BoosterPredictForMat(
            handle,
            matrix.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int(_FLOAT32),
            ctypes.c_int32(matrix.shape[0]),
            ctypes.c_int32(matrix.shape[1]),
            ctypes.c_int(_ROW_MAJOR),
            ctypes.c_int(kind),
            ctypes.c_int(0),
            ctypes.c_int(_ALL_TREES),
            _ONE_THREAD,
            ctypes.byref(written),
            result.ctypes.data_as(ctypes.POINTER(ctypes.c_double)),
        )
    )


def _load(text: str) -> ctypes.c_void_p:
    # LightGBM ends the whole process on some malformed texts, so look before leaping.
    if not text.startswith("tree\n") or "end of trees" not in text:
        raise DamagedRelease(
            "a booster's file is not a LightGBM model", given=text[:40], remedy="Publish the release again."
        )
    handle, iterations = ctypes.c_void_p(), ctypes.c_int(0)
    _check(
        _library().LGBM_BoosterLoadModelFromString(
            text.encode(), ctypes.byref(iterations), ctypes.byref(handle)
        )
    )
    return handle


def _columns(handle: ctypes.c_void_p) -> int:
    count = ctypes.c_int(0)
    _check(_library().LGBM_BoosterGetNumFeature(handle, ctypes.byref(count)))
    return count.value


def _check(status: int) -> None:
    if status != 0:
        raise DamagedRelease(
            "LightGBM refused",
            given=_library().LGBM_GetLastError().decode(),
            remedy="Publish the release again with this version of LightGBM.",
        )


@cache
def _library() -> Any:
    library = ctypes.CDLL(str(_library_path()))
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    return library


def _library_path() -> Path:
    spec = importlib.util.find_spec("lightgbm")
    folder = Path(spec.origin).parent if spec is not None and spec.origin is not None else None
    name = f"lib_lightgbm.{_SUFFIX.get(sys.platform, 'so')}"
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
