"""The customer base in a few figures: how many may leave, what is at stake, what is worth doing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.vocabulary import LifecycleStage, ModelUsed

AT_RISK = 0.5


@dataclass(frozen=True)
class Customers:
    """What the overview reads of every scored customer; arrays of one length.

    churn_probability: float64. *_minor: int64, minor units. The rest: str objects.
    """

    lifecycle_stage: NDArray[np.object_]
    churn_probability: NDArray[np.float64]
    value_at_stake_minor: NDArray[np.int64]
    value_at_risk_minor: NDArray[np.int64]
    incentive_cap_minor: NDArray[np.int64]
    expected_gain_minor: NDArray[np.int64]
    recommended_action: NDArray[np.object_]
    model_used: NDArray[np.object_]

    def where(self, mask: NDArray[np.bool_]) -> "Customers":
        """Those of a boolean mask."""
        return Customers(**{name: values[mask] for name, values in vars(self).items()})

    def __len__(self) -> int:
        """How many."""
        return len(self.churn_probability)


@dataclass(frozen=True)
class Row:
    """One line of a table: how many customers, what is at stake, what is worth doing.

    mean_churn_probability: of those who were scored; NaN where nobody was.
    """

    name: str
    customers: int
    mean_churn_probability: float
    value_at_stake_minor: int
    value_at_risk_minor: int
    actions: int
    expected_gain_minor: int


@dataclass(frozen=True)
class Overview:
    """The whole base, those at risk, and each lifecycle stage.

    At risk: still a customer (not `lost`, not a cold start) and more likely than not to leave.
    """

    everyone: Row
    at_risk: Row
    by_stage: tuple[Row, ...]
    by_action: tuple[Row, ...]
    greatest_cap_minor: int


def read_customers(plan: pa.Table) -> Customers:
    """The columns of a plan (one row per scored customer) that the overview reads."""
    coded = ("lifecycle_stage", "recommended_action", "model_used")
    columns = {name: plan[name].to_numpy() for name in Customers.__dataclass_fields__ if name not in coded}
    return Customers(**columns, **{name: np.asarray(plan[name].to_pylist(), dtype=object) for name in coded})


def overview(customers: Customers, no_action: str) -> Overview:
    """Summarise scored customers; `no_action` is the code of the recommendation to do nothing."""
    active = (customers.lifecycle_stage != LifecycleStage.LOST) & (
        customers.model_used != ModelUsed.COLD_START
    )
    at_risk = active & (customers.churn_probability >= AT_RISK)
    acted = sorted({str(action) for action in customers.recommended_action} - {no_action})
    return Overview(
        everyone=_row("everyone", customers, no_action),
        at_risk=_row("at risk", customers.where(at_risk), no_action),
        by_stage=_rows(
            customers, customers.lifecycle_stage, [str(stage) for stage in LifecycleStage], no_action
        ),
        by_action=_rows(customers, customers.recommended_action, acted, no_action),
        greatest_cap_minor=int(customers.incentive_cap_minor.max(initial=0)),
    )


def _rows(
    customers: Customers, by: NDArray[np.object_], names: Sequence[str], no_action: str
) -> tuple[Row, ...]:
    return tuple(_row(name, customers.where(by == name), no_action) for name in names if (by == name).any())


def _row(name: str, customers: Customers, no_action: str) -> Row:
    scored = customers.churn_probability[np.isfinite(customers.churn_probability)]
    return Row(
        name=name,
        customers=len(customers),
        mean_churn_probability=float(scored.mean()) if len(scored) else float("nan"),
        value_at_stake_minor=int(customers.value_at_stake_minor.sum()),
        value_at_risk_minor=int(customers.value_at_risk_minor.sum()),
        actions=int((customers.recommended_action != no_action).sum()),
        expected_gain_minor=int(customers.expected_gain_minor.sum()),
    )
