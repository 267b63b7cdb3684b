"""The leaves of boosted trees in LightGBM's text format: what a row must pass to come to each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import DamagedRelease

_CATEGORICAL, _DEFAULT_LEFT, _MISSING = 1, 2, 12
_NEVER_MISSING, _NAN_MISSING = 0, 8
_READ = (
    "split_feature", "threshold", "decision_type", "left_child", "right_child", "leaf_value", "leaf_count",
    "internal_count",
)  # fmt: skip

Tree = Mapping[str, NDArray[Any]]
"""The numbers of one tree, by LightGBM's names."""


class Passes(NamedTuple):
    """A row passes a feature where low < x <= high, NaN where missing; share: of training rows that did."""

    low: float = -np.inf
    high: float = np.inf
    missing: bool = True
    share: float = 1.0


@dataclass(frozen=True)
class Path:
    """A leaf: its value, and what must be passed of each feature on the way to it, by number."""

    value: float
    passes: Mapping[int, Passes]


def trees(text: str) -> Iterator[Tree]:
    """Every tree of an ensemble.

    Raises `DamagedRelease` for splits or leaves of a kind that Holdfast does not train.
    """
    for part in text.split("end of trees", maxsplit=1)[0].split("\nTree=")[1:]:
        fields = dict(line.split("=", 1) for line in part.splitlines() if "=" in line)
        if fields["num_cat"] != "0" or fields.get("is_linear", "0") != "0":
            raise DamagedRelease(
                "a booster has categorical splits or linear leaves",
                allowed="numerical splits and constant leaves",
                remedy="Publish the release again with this version.",
            )
        yield {name: np.array(fields[name].split(), float) for name in _READ if fields.get(name)}


def expectation(tree: Tree) -> float:
    """What a tree gives on average over its training rows."""
    counts = tree["leaf_count"] if "leaf_count" in tree else np.ones(1)
    return float(tree["leaf_value"] @ counts / counts.sum())


def paths(tree: Tree) -> Iterator[Path]:
    """Every leaf of a tree that splits; a child below 0 is the leaf −1 − child."""
    if "split_feature" not in tree:
        return
    waiting: list[tuple[int, dict[int, Passes]]] = [(0, {})]
    while waiting:
        node, passes = waiting.pop()
        if node < 0:
            yield Path(float(tree["leaf_value"][-1 - node]), passes)
            continue
        for left in (True, False):
            child = int(tree["left_child" if left else "right_child"][node])
            feature = int(tree["split_feature"][node])
            narrowed = _narrowed(tree, node, child, left, passes.get(feature, Passes()))
            waiting.append((child, {**passes, feature: narrowed}))


def _narrowed(tree: Tree, node: int, child: int, left: bool, before: Passes) -> Passes:
    """What a row must pass of the node's feature to come to a child of it."""
    threshold = float(tree["threshold"][node])
    count = tree["leaf_count"][-1 - child] if child < 0 else tree["internal_count"][child]
    return Passes(
        low=before.low if left else max(before.low, threshold),
        high=min(before.high, threshold) if left else before.high,
        missing=before.missing and _nan_goes_left(int(tree["decision_type"][node]), threshold) == left,
        share=before.share * float(count / tree["internal_count"][node]),
    )


def _nan_goes_left(decision: int, threshold: float) -> bool:
    """Which way NaN goes; a feature that never missed a value in training takes it for 0."""
    if decision & _CATEGORICAL or decision & _MISSING not in {_NEVER_MISSING, _NAN_MISSING}:
        raise DamagedRelease(
            "a booster treats missing values in a way that Holdfast does not train",
            given=f"decision type {decision}",
            remedy="Publish the release again with this version.",
        )
    return bool(decision & _DEFAULT_LEFT) if decision & _MISSING else threshold >= 0
