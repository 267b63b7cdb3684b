"""The cap of one customer with every input of its formula, as a program asks for it."""

from dataclasses import asdict
from typing import Any

from models.domain.vocabulary import Purpose
from models.policy.cap_explained import explained_cap
from serving.answering import Answer, judged_of, rows_known
from serving.as_of import AsOf, instant_for
from serving.incentives.remaining import Window
from serving.snapshot import Snapshot
from serving.telling import Told

NO_LEDGER = "no_ledger"
UNKNOWN = "unknown_customer"


def window_answer(window: Window | None, cap_minor: int) -> Answer:
    """Spent, reserved and available under a cap; null with the reason where there is no ledger."""
    if window is None:
        nothing: Answer = dict.fromkeys(("spent_minor", "reserved_minor", "available_minor"))
        return {**nothing, "available_reason": NO_LEDGER}
    return {
        "spent_minor": window.spent_minor,
        "reserved_minor": window.reserved_minor,
        "available_minor": window.available(cap_minor),
        "available_reason": None,
    }


def cap_answer(snapshot: Snapshot, told: Told, customer_id: str, at: AsOf, purpose: Purpose | None) -> Answer:
    """The cap and its inputs; 0 without any for somebody unknown. Raises `InvalidSetting` for the purpose."""
    judging = snapshot.judging_or_refuse()
    rows = rows_known(judging, told, customer_id, at.told_by)
    found = judged_of(judging, {customer_id: rows}, instant_for(customer_id, told, at))
    named: dict[str, Any] = {"customer_id": customer_id, "purpose": purpose}
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
