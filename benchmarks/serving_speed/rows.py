"""What the peers read: everybody's features as of the run, in one array beside the ids."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features.frame import FeatureFrame


@dataclass(frozen=True)
class Rows:
    """Features [n, k] by name, and the place of each customer."""

    names: tuple[str, ...]
    values: NDArray[np.float32]
    places: dict[str, int]

    def frame(self, customer: str) -> FeatureFrame:
        """The features of one customer."""
        place = self.places[customer]
        ids = np.array([customer], dtype=object)
        return FeatureFrame(self.names, self.values[place : place + 1], ids, np.zeros(1, np.int64))


def write(frame: FeatureFrame, folder: Path) -> None:
    """Keep a frame for the peers."""
    np.save(folder / "values.npy", np.ascontiguousarray(frame.values))
    told: dict[str, Any] = {"names": frame.names, "ids": frame.customer_id.tolist()}
    (folder / "rows.json").write_text(json.dumps(told))


def read(folder: Path) -> Rows:
    """What was kept."""
    told = json.loads((folder / "rows.json").read_text())
    places = {customer: place for place, customer in enumerate(told["ids"])}
    return Rows(tuple(told["names"]), np.load(folder / "values.npy", mmap_mode="r"), places)
