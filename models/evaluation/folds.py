"""Validation across customers, for a source without time: each is judged by a model that never saw them.

A wide table knows every customer at one instant, so nothing can be predicted from an earlier one. Customers
are dealt into folds by a stable hash of their ids. The last fold plays the part of the final cut: no choice
looks at it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.errors import NotEnoughHistory
from models.evaluation.schedule import Schedule

FOLDS = 5
LEAST_LABELLED = 50
NOT_SEEN = "validated across customers, not time: a change between then and now is not seen"


@dataclass(frozen=True)
class CustomerFolds:
    """The one instant that a table speaks for (microseconds), its horizon, and how many folds there are."""

    as_of: int
    horizon_days: int
    folds: int = FOLDS

    @property
    def scoring(self) -> int:
        """The snapshot of every row, labelled or not."""
        return self.as_of

    @property
    def window_days(self) -> int:
        """W: a table tells value over its own horizon and no further."""
        return self.horizon_days

    @property
    def window_reason(self) -> str:
        """Why value is counted over that window."""
        return f"the table's own horizon of {self.horizon_days} days; {NOT_SEEN}"

    @property
    def numbers(self) -> tuple[int, ...]:
        """The folds, the final one last."""
        return tuple(range(1, self.folds + 1))

    @property
    def final(self) -> int:
        """The fold that no choice looks at."""
        return self.folds

    def to_json(self) -> dict[str, Any]:
        """Plain values for `data/features/schedule.json`."""
        return asdict(self)


def plan_from_json(values: Mapping[str, Any]) -> Schedule | CustomerFolds:
    """How this run validates: over time or across customers, as `schedule.json` says."""
    return CustomerFolds(**values) if "folds" in values else Schedule.from_json(values)


def fold_name(fold: int) -> str:
    """'fold 5': what figures of a fold stand under."""
    return f"fold {fold}"


def why_unjudged(fold: NDArray[np.int64], folds: int) -> str:
    """Why customers in these folds [n] are too few to learn from and judge by; empty where they are not."""
    if len(fold) < LEAST_LABELLED:
        return f"{len(fold):,} customers have a label, fewer than {LEAST_LABELLED}"
    filled = len(np.unique(fold))
    return "" if filled == folds else f"{filled} of {folds} folds hold a customer with a label"


def require_filled(fold: NDArray[np.int64], folds: int) -> None:
    """Raise `NotEnoughHistory` unless there are customers enough to train on and to judge by in each fold."""
    if why_unjudged(fold, folds):
        raise NotEnoughHistory(
            "too few customers have a label to learn from some of them and judge by the others",
            allowed=f"at least {LEAST_LABELLED}",
            given=len(fold),
            remedy="Bring more customers whose outcome is known.",
        )
