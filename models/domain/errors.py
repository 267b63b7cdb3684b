"""Errors a person can act on: what was wrong, what is allowed, what was given, what to do.

One function at each edge (a stage's `main`, the HTTP app) turns them into exit codes or problem
documents; nothing in between catches them.
"""

from collections.abc import Iterable

# Beyond so many characters nobody reads on: a file may have any number of headings of any length.
LONGEST_PART = 600

# What a terminal takes for an order, or nobody sees.
_CONTROL = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")


class HoldfastError(Exception):
    """Base of every error that Holdfast raises on purpose.

    The parts stay apart so that an edge can render them as text or as JSON.
    """

    def __init__(self, problem: str, *, allowed: str = "", given: object = None, remedy: str = "") -> None:
        self.problem = problem
        self.allowed = allowed
        self.given = given
        self.remedy = remedy
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """One line: problem; allowed; given. Remedy. A part that is very long is cut."""
        parts = [_line(self.problem)]
        if self.allowed:
            parts.append(f"allowed: {_line(self.allowed)}")
        if self.given is not None:
            parts.append(f"given: {_line(repr(self.given))}")
        sentence = "; ".join(parts).rstrip(".") + "."
        return f"{sentence} {_line(self.remedy)}".strip()


class InvalidSetting(HoldfastError):
    """A setting in a parameter file is missing, unknown, of the wrong type or out of range."""


class BadSource(HoldfastError):
    """A source cannot be read at all: no file, no such column, no way to tell a unit."""


class ContractViolation(HoldfastError):
    """Rows break the data contract in a way that no row-by-row refusal can mend."""


class TooManyRejected(ContractViolation):
    """More rows were refused than `ingest.max_rejected_share` allows."""


class Leakage(HoldfastError):
    """Something known only after a snapshot reached a feature, or a label window a training row."""


class NotEnoughHistory(HoldfastError):
    """The log is too short for the smallest honest fit and backtest."""


class GateRefused(HoldfastError):
    """The gate refused the only candidate there is, so nothing can go live."""


class MissingRelease(HoldfastError):
    """A release, or the serving directory that contains one, is absent or unfinished."""


class DamagedRelease(HoldfastError):
    """A release's files do not hash to its id, or its features are not those this code computes."""


class BadEvent(HoldfastError):
    """An event that was told is none that can be kept: a field is missing, unknown or not possible."""


class UnknownCustomer(HoldfastError):
    """No customer of that id is known."""


def _line(text: str) -> str:
    """The text as one line of at most `LONGEST_PART` characters that only shows letters."""
    line = text.translate(_CONTROL)
    return line if len(line) <= LONGEST_PART else f"{line[: LONGEST_PART - 1]}…"


def one_of(values: Iterable[object]) -> str:
    """'a, b or c': the allowed values, for a message; 'nothing' when there are none."""
    words = [str(value) for value in values]
    if len(words) < 2:
        return words[0] if words else "nothing"
    return f"{', '.join(words[:-1])} or {words[-1]}"
