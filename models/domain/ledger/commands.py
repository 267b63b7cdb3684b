"""What the ledger can be asked to do. Amounts are whole minor units of the ledger's one currency."""

import hashlib
import json
import re
from dataclasses import dataclass

from models.domain.ledger.refusals import BadCommand
from models.domain.vocabulary import Purpose

MOST_MINOR = 10**15
LONGEST_WORD = 200
LONGEST_TEXT = 20_000
MOST_DAYS = 3_660
LONGEST_TTL_SECONDS = 86_400 * 366

_IN_ORDER = json.JSONEncoder(sort_keys=True).encode  # made once: that costs more than to write with it

# Set by the server from the release and the caller's role, not by the caller: a retry after a new
# release is still the same request.
SET_BY_SERVER = frozenset(
    {"cap_minor", "cap_inputs", "window_days", "most_grants", "authority_minor", "model_version"}
)

_HALF = re.compile("[\ud800-\udfff]")  # of a character


@dataclass(frozen=True, kw_only=True)
class Reserve:
    """Set money aside for one customer.

    requested_minor: contact cost and face value together, what falls due at most. cap_minor: the most that
    this customer may be given in a rolling window of window_days; cap_inputs: the figures that the cap was
    computed from, as JSON. campaign, segment: whose budgets it takes. partial: take what is left where all
    is not, but not less than least_minor. most_grants: how many grants a window may hold. authority_minor:
    the most that the caller's role may grant; None: no limit. ttl_seconds: how long it is kept.
    """

    customer_id: str
    campaign: str
    purpose: Purpose
    action: str
    requested_minor: int
    currency: str
    cap_minor: int
    window_days: int
    ttl_seconds: int
    segment: str = ""
    contact_cost_minor: int = 0
    partial: bool = False
    least_minor: int = 1
    most_grants: int | None = None
    authority_minor: int | None = None
    cap_inputs: str = "{}"
    model_version: str = ""
    actor: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """Raise `BadCommand` for a value out of its range."""
        for name in ("customer_id", "campaign", "action", "currency"):
            _word(name, getattr(self, name), least=1)
        for name in ("segment", "model_version", "actor"):
            _word(name, getattr(self, name), least=0)
        _text("reason", self.reason)
        _text("cap_inputs", self.cap_inputs)
        _whole("requested_minor", self.requested_minor, 1, MOST_MINOR)
        _whole("least_minor", self.least_minor, 1, self.requested_minor)
        _whole("contact_cost_minor", self.contact_cost_minor, 0, self.requested_minor)
        _whole("cap_minor", self.cap_minor, 0, MOST_MINOR)
        _whole("window_days", self.window_days, 1, MOST_DAYS)
        _whole("ttl_seconds", self.ttl_seconds, 1, LONGEST_TTL_SECONDS)
        for name in ("most_grants", "authority_minor"):
            if getattr(self, name) is not None:
                _whole(name, getattr(self, name), 0, MOST_MINOR)

    @property
    def capped(self) -> bool:
        """Whether cap, window and budgets bind: what is owed is recorded and never capped."""
        return self.purpose is not Purpose.OWED


@dataclass(frozen=True, kw_only=True)
class _OfReservation:
    reservation_id: str
    actor: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """Raise `BadCommand` for a value out of its range."""
        _word("reservation_id", self.reservation_id, least=1)
        _word("actor", self.actor, least=0)
        _text("reason", self.reason)
        amount = getattr(self, "amount_minor", 1)
        _whole("amount_minor", amount, 0 if isinstance(self, Commit) else 1, MOST_MINOR)


@dataclass(frozen=True, kw_only=True)
class Commit(_OfReservation):
    """Spend what was reserved, or less: what is left over is set free at once."""

    amount_minor: int


@dataclass(frozen=True, kw_only=True)
class Release(_OfReservation):
    """Give a reservation back unspent."""


@dataclass(frozen=True, kw_only=True)
class Approve(_OfReservation):
    """Let a reservation stand that was above its maker's authority; the approver has one too.

    cap_minor, window_days, cap_inputs, model_version: of the cap now in force, as of a `Reserve`; it is not
    asked again where cap_minor is None.
    """

    authority_minor: int | None = None
    cap_minor: int | None = None
    window_days: int = 1
    cap_inputs: str = ""
    model_version: str = ""

    def __post_init__(self) -> None:
        """Raise `BadCommand` for a value out of its range."""
        super().__post_init__()
        if self.cap_minor is not None:
            _whole("cap_minor", self.cap_minor, 0, MOST_MINOR)
        _whole("window_days", self.window_days, 1, MOST_DAYS)
        _text("cap_inputs", self.cap_inputs)
        _word("model_version", self.model_version, least=0)


@dataclass(frozen=True, kw_only=True)
class Reverse(_OfReservation):
    """Take back part of what was committed; again and again up to all of it."""

    amount_minor: int


Command = Reserve | Commit | Release | Approve | Reverse


def operation(command: Command) -> str:
    """'reserve', 'commit', 'release', 'approve' or 'reverse'."""
    return type(command).__name__.lower()


def fingerprint(command: Command) -> str:
    """64 hexadecimal digits of what a caller asked, whatever the server added to it."""
    asked = {name: value for name, value in vars(command).items() if name not in SET_BY_SERVER}
    return hashlib.sha256(_IN_ORDER(asked).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Write:
    """A command under an idempotency key of a client.

    payload: 64 hexadecimal digits that are equal for equal requests; '' means those of the command.
    """

    client: str
    key: str
    command: Command
    payload: str = ""

    def __post_init__(self) -> None:
        """Raise `BadCommand` for a client or key that is none."""
        _word("client", self.client, least=1)
        _word("key", self.key, least=1)
        _word("payload", self.payload, least=0)

    @property
    def asked(self) -> str:
        """What tells this payload from another."""
        return self.payload or fingerprint(self.command)

    @property
    def reservation_id(self) -> str:
        """Of a reservation to be made: 32 hexadecimal digits that follow from its key, so it exists once."""
        scope = json.dumps(["reservation", self.client, self.key])
        return hashlib.sha256(scope.encode()).hexdigest()[:32]


def _whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadCommand(
            f"`{name}` is not a whole number in its range",
            allowed=f"{low} to {high}",
            given=value,
            remedy=f"Correct {name}.",
        )


def _word(name: str, value: str, *, least: int) -> None:
    if not least <= len(value) <= LONGEST_WORD or not _storable(value):
        raise BadCommand(
            f"`{name}` is not a word of {least} to {LONGEST_WORD} characters",
            given=value,
            remedy=f"Correct {name}.",
        )


def _text(name: str, value: str) -> None:
    if len(value) > LONGEST_TEXT or not _storable(value):
        raise BadCommand(f"`{name}` cannot be stored", given=value, remedy=f"Shorten or correct {name}.")


def _storable(text: str) -> bool:
    """Whether every database can hold it: no NUL, no half of a character."""
    return "\0" not in text and (text.isascii() or _HALF.search(text) is None)
