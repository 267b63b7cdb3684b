"""What a key was answered, whatever would be answered now."""

import json

from serving.ledger.answers import Answer, answer_from, reused
from serving.ledger.store import Ledger

_KEPT = "SELECT payload, answer FROM idempotency WHERE client = ? AND operation = ? AND key = ?"


def answered(ledger: Ledger, scope: tuple[str, str, str], payload: str) -> Answer | None:
    """The answer that is kept for (client, operation, key); None: there is none yet.

    Raises `KeyReused` where it belongs to another payload, and the `LedgerRefusal` that the answer was.
    """
    with ledger.snapshot() as rows:
        kept = next(rows(_KEPT, scope), None)
    if kept is None:
        return None
    if kept[0] != payload:
        raise reused(scope[-1])
    return answer_from(json.loads(kept[1]), repeated=True)
