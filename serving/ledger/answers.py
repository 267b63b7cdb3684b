"""What the ledger answers to a write."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.domain.ledger.commands import Write
from models.domain.ledger.refusals import KeyInFlight, KeyReused, refusal
from models.domain.vocabulary import Constraint, ReservationState

_WRITTEN = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Answer:
    """A reservation after a write; amounts in minor units, instants in microseconds of the ledger's clock.

    granted_minor: what may be given, 0 while it waits for approval. held_minor: what it takes of window and
    budgets now. repeated: the key had this answer already, and nothing was done again.
    """

    reservation_id: str | None
    state: ReservationState
    requested_minor: int
    granted_minor: int
    held_minor: int
    committed_minor: int
    reversed_minor: int
    limiting_constraint: Constraint | None
    expires_at: int | None
    at: int
    repeated: bool = False


def written(facts: Mapping[str, object]) -> str:
    """An answer as it is kept under its key."""
    return _WRITTEN(facts)


def answer_from(facts: Mapping[str, Any], *, repeated: bool = False) -> Answer:
    """The answer of kept facts. Raises the `LedgerRefusal` that they tell of."""
    if "refused" in facts:
        raise refusal(facts)
    limiting = facts["limiting_constraint"]
    values = {
        **facts,
        "state": ReservationState(facts["state"]),
        "limiting_constraint": None if limiting is None else Constraint(limiting),
        "repeated": repeated,
    }
    return Answer(**values)


def in_flight(made: Write) -> KeyInFlight:
    """The refusal of a second write under a key whose first is not answered yet."""
    return KeyInFlight(
        "a write with this idempotency key is under way",
        given=made.key,
        remedy="Send it again in a moment, with the same key.",
    )


def reused(key: str) -> KeyReused:
    """The refusal of another payload under a key."""
    return KeyReused(
        "this idempotency key was used for another request",
        given=key,
        remedy="Use a new key for a new request.",
    )
