"""Why the ledger refuses: nothing was written, and the caller can tell what to do about it."""

from collections.abc import Mapping

from models.domain.errors import HoldfastError


class LedgerRefusal(HoldfastError):
    """Base of what a write to the ledger can be refused for."""


class BadCommand(LedgerRefusal):
    """A command holds a value that no command can have."""


class MissingKey(LedgerRefusal):
    """A write came without an idempotency key."""


class KeyInFlight(LedgerRefusal):
    """The first write with this idempotency key is not answered yet."""


class KeyReused(LedgerRefusal):
    """The idempotency key belongs to another payload."""


class OtherCurrency(LedgerRefusal):
    """The ledger counts in another currency."""


class UnknownReservation(LedgerRefusal):
    """There is no reservation of that id."""


class WrongState(LedgerRefusal):
    """The reservation is not in a state in which this can be done."""


class TooMuch(LedgerRefusal):
    """More than was reserved, than is left to reverse, or than the role may approve."""


class LedgerInUse(HoldfastError):
    """Another process writes to this ledger."""


class LedgerUnavailable(HoldfastError):
    """The ledger's database did not answer; whether the write happened, the same key will tell."""


class DamagedLedger(HoldfastError):
    """What the ledger holds does not follow from its entries."""


# A refusal that is the answer to a key is kept as its name and facts, and told anew when it is asked again.
_TOLD: Mapping[str, type[LedgerRefusal]] = {
    kind.__name__: kind for kind in (UnknownReservation, WrongState, TooMuch)
}


def unknown_reservation(reservation_id: str) -> dict[str, object]:
    """The facts of `UnknownReservation`."""
    return {"refused": "UnknownReservation", "given": reservation_id, "allowed": ""}


def wrong_state(state: str, allowed: str) -> dict[str, object]:
    """The facts of `WrongState`."""
    return {"refused": "WrongState", "given": str(state), "allowed": allowed}


def too_much(given_minor: int, most_minor: int) -> dict[str, object]:
    """The facts of `TooMuch`."""
    return {"refused": "TooMuch", "given": given_minor, "allowed": f"0 to {most_minor}"}


_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "UnknownReservation": ("there is no such reservation", "Use the id that the reservation's answer gave."),
    "WrongState": ("the reservation's state does not allow this", "Read the reservation before going on."),
    "TooMuch": ("the amount is more than may be moved", "Send a smaller amount, in minor units."),
}


def refusal(facts: Mapping[str, object]) -> LedgerRefusal:
    """The error of kept facts."""
    name = str(facts["refused"])
    problem, remedy = _PROBLEMS[name]
    return _TOLD[name](problem, allowed=str(facts["allowed"]), given=facts["given"], remedy=remedy)
