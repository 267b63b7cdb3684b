"""The policy's one entry: from what is predicted of each customer to what may be done, and what is best."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.vocabulary import LifecycleStage, ResponseState
from models.policy.caps import action_cap, terms
from models.policy.choice import Choice, chosen
from models.policy.customers import CustomerInputs, Integers, Words
from models.policy.lifecycle import lifecycle_stage
from models.policy.offered import Offered, offered
from models.policy.playbook import do_not_contact_reason, suitability
from models.policy.settings import PolicySettings


@dataclass(frozen=True)
class Assessment:
    """What the policy says of n customers.

    lifecycle_stage: values of `LifecycleStage`. greatest_cap_minor: the greatest cap over the
    actions allowed (that of the recommended action is in `choice`). do_not_contact_reason: why nothing is
    recommended, '' where something is. response_state: how the effect behind caps and gains is known.
    offered: all that might be done. choice: what gains most for each one alone, whatever budgets there are.
    """

    lifecycle_stage: Words
    greatest_cap_minor: Integers
    do_not_contact_reason: Words
    response_state: Words
    offered: Offered
    choice: Choice


def assess(customers: CustomerInputs, settings: PolicySettings, mean_order_amount_minor: float) -> Assessment:
    """Stage, caps, best action and reason for every customer.

    mean_order_amount_minor: the population's mean order amount in minor units, the scale of the response
    curve. Raises `ValueError` unless it is positive.
    """
    stage = lifecycle_stage(customers.features, customers.churn_probability, settings.lifecycle)
    # Who has not bought yet is at the very beginning, whatever the cold-start rate says of newcomers.
    stage = np.where(customers.scored, stage, LifecycleStage.NEW.value)
    stage = np.where(customers.has_gone, LifecycleStage.LOST.value, stage)
    given = terms(customers, stage, settings, mean_order_amount_minor)
    actions = settings.enabled_actions
    judged = {action.id: suitability(action, customers, stage, settings) for action in actions}
    caps = {action.id: action_cap(action, judged[action.id].allowed, given) for action in actions}
    greatest_cap = np.maximum.reduce([np.zeros(len(customers), dtype=np.int64), *caps.values()])
    possible = offered(customers.value_at_stake_minor, caps, given, actions)
    choice = chosen(possible, possible.best())
    return Assessment(
        lifecycle_stage=stage,
        greatest_cap_minor=greatest_cap,
        do_not_contact_reason=np.where(
            choice.acts, "", do_not_contact_reason(customers, stage, judged, greatest_cap, settings)
        ),
        response_state=np.full(len(customers), ResponseState.ASSUMED.value),
        offered=possible,
        choice=choice,
    )


def choices_table(customer_id: NDArray[np.object_], assessment: Assessment) -> pa.Table:
    """The choice of each customer, a row each in the order given: what `score` writes and `plan` reads.

    Columns: customer_id, those of `Choice`, response_state, do_not_contact_reason. '' becomes null.
    """
    chosen = {field.name: _arrow(getattr(assessment.choice, field.name)) for field in fields(Choice)}
    return pa.table(
        {
            "customer_id": pa.array(customer_id, pa.string()),
            **chosen,
            "response_state": _arrow(assessment.response_state),
            "do_not_contact_reason": _arrow(assessment.do_not_contact_reason),
        }
    )


def _arrow(values: Any) -> pa.Array:
    if values.dtype.kind == "U":
        return pa.array(values.astype(object), pa.string(), mask=values == "")
    return pa.array(values, pa.int64())
