"""Boosted trees from LightGBM's text format, evaluated by its shared library.

Numbers are bit-identical to `lightgbm.Booster.predict`, whether one row is asked about or many.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import DamagedRelease
from models.learned.shared_library import Kind, Loaded
from models.learned.tree_contributions import LeafTables, leaf_tables

MANY_ROWS = 1_000  # from here on the compiled tables pay for the import of the compiler


class Booster:
    """A loaded tree ensemble; `text` is its whole state, in LightGBM's own format."""

    def __init__(self, text: str) -> None:
        """Raise `DamagedRelease` when the text is no LightGBM model."""
        # LightGBM ends the whole process on some malformed texts, so look before leaping.
        if not text.startswith("tree\n") or "end of trees" not in text:
            raise DamagedRelease(
                "a booster's file is not a LightGBM model",
                given=text[:40],
                remedy="Publish the release again.",
            )
        self.text = text
        self._loaded = Loaded(text)

    def raw(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sums of leaf values [n] for feature values [n, k] in training order: log-odds for churn."""
        matrix = self._matrix(values)
        if len(matrix) == 1:
            return self._loaded.raw_of_one(matrix)
        return self._predict(matrix, Kind.RAW_SCORE, 1)[:, 0]

    def contributions(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """SHAP values [n, k + 1] that sum to `raw`; the last column is the expectation.

        They come from tables, to 1e-14 those of LightGBM, which is asked where paths are too long for tables.
        """
        matrix = self._matrix(values)
        if self._tables is None:
            return self._predict(matrix, Kind.CONTRIBUTIONS, self._loaded.columns + 1)
        if len(matrix) < MANY_ROWS:
            return self._tables.contributions_of_few(matrix)
        return self._tables.contributions(matrix)

    @cached_property
    def _tables(self) -> LeafTables | None:
        return leaf_tables(self.text)

    def _predict(self, matrix: NDArray[np.float32], kind: Kind, width: int) -> NDArray[np.float64]:
        return self._loaded.predict(matrix, kind, width) if len(matrix) else np.empty((0, width))

    def _matrix(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        matrix = np.ascontiguousarray(values, dtype=np.float32)
        if matrix.ndim != 2 or matrix.shape[1] != self._loaded.columns:
            raise ValueError(f"the booster reads {self._loaded.columns} features; got shape {matrix.shape}")
        return matrix
