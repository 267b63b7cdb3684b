"""How customers move between lifecycle stages from one backtest cut to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import LifecycleStage


@dataclass(frozen=True)
class StagesAt:
    """The stages of n customers at one moment: customer_id, str objects; stage, values of the enum."""

    customer_id: NDArray[np.object_]
    stage: NDArray[np.str_]


def stage_moves(moments: Sequence[StagesAt]) -> dict[str, dict[str, int]]:
    """How many customers were in one stage at a moment and in which at the next, all pairs together.

    Only of customers known at both. Every stage has a row and a column, in the order of `LifecycleStage`.
    """
    stages = [stage.value for stage in LifecycleStage]
    counts = np.zeros((len(stages), len(stages)), np.int64)
    for before, after in pairwise(moments):
        _, left, right = np.intersect1d(before.customer_id, after.customer_id, return_indices=True)
        places = [
            np.array([stages.index(stage) for stage in part.tolist()], np.int64)
            for part in (before.stage[left], after.stage[right])
        ]
        np.add.at(counts, (places[0], places[1]), 1)
    return {
        stage: dict(zip(stages, row, strict=True)) for stage, row in zip(stages, counts.tolist(), strict=True)
    }


def moves_table(moves: dict[str, dict[str, Any]]) -> list[str]:
    """The matrix as Markdown, in percent of each row; rows that nobody stood in are left out."""
    stages = [stage.value for stage in LifecycleStage]
    lines = [f"| from \\ to | {' | '.join(stages)} | customers |", f"|{'---|' * (len(stages) + 2)}"]
    for stage in stages:
        row = moves.get(stage, {})
        total = sum(row.values())
        if total:
            shares = " | ".join(f"{100 * row[to] / total:.0f} %" for to in stages)
            lines.append(f"| {stage} | {shares} | {total:,} |")
    return lines
