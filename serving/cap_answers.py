"""The cap of one customer with every input of its formula, as a program asks for it."""

from dataclasses import asdict
from typing import Any

from models.domain.vocabulary import Purpose
from models.policy.cap_explained import explained_cap
from serving.answering import Answer, judged_of, rows_known
from serving.as_of import AsOf
from serving.snapshot import Snapshot
from serving.telling import Told

NO_LEDGER = "no_ledger"
UNKNOWN = "unknown_customer"
NO_WINDOW: Answer = {
    "spent_minor": None,
    "reserved_minor": None,
    "available_minor": None,
    "available_reason": NO_LEDGER,
}


def cap_answer(snapshot: Snapshot, told: Told, customer_id: str, at: AsOf, purpose: Purpose | None) -> Answer:
    """The cap and its inputs; 0 without any for somebody unknown. Raises `InvalidSetting` for the purpose."""
    judging = snapshot.judging_or_refuse()
    found = judged_of(judging, {customer_id: rows_known(judging, told, customer_id)}, at.instant)
    named: dict[str, Any] = {"customer_id": customer_id, "purpose": purpose, **NO_WINDOW}
    if not len(found.inputs):
        nothing: Answer = {
            "cap_minor": 0,
            "action": None,
            "limiting_constraint": UNKNOWN,
            "inputs": [],
            "actions": [],
        }
        return {**named, "known": False, **nothing}
    told_cap = explained_cap(found.inputs, found.judge.policy, found.mean_order_amount_minor, purpose)
    return {**named, "known": True, **asdict(told_cap), "action": told_cap.action or None}
