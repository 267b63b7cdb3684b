"""The data of plots, as CSV files that anything can draw."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CONTRIBUTIONS = "contributions.csv"


def write_csv(rows: Sequence[Mapping[str, Any]], path: Path, columns: tuple[str, ...]) -> None:
    """Write a plot's rows; the heading stands even when there are none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
