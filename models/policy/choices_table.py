"""The choice of each customer as a table: what `score` writes and `plan` brings within budgets."""

from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.policy.assess import Assessment
from models.policy.choice import Choice


def choices_table(customer_id: NDArray[np.object_], assessment: Assessment) -> pa.Table:
    """The choice of each customer, a row each in the order given: what `score` writes and `plan` reads.

    Columns: customer_id, those of `Choice`, response_state, do_not_contact_reason. '' becomes null.
    """
    chosen = {field.name: column(getattr(assessment.choice, field.name)) for field in fields(Choice)}
    return pa.table(
        {
            "customer_id": pa.array(customer_id, pa.string()),
            **chosen,
            "response_state": column(assessment.response_state),
            "do_not_contact_reason": column(assessment.do_not_contact_reason),
        }
    )


def column(values: NDArray[Any]) -> pa.Array:
    """A column of words, where '' becomes null, or of numbers [n]."""
    if values.dtype.kind == "U":
        return pa.array(values.astype(object), pa.string(), mask=values == "")
    return pa.array(values)
