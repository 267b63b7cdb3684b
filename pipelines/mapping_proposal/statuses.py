"""Orders that did not take place: a status column that says so, and the condition that leaves them out."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.domain.text import fold, normalise
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import FEW_VALUES
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.synonyms.words import CANCELLED, RETURNED
from pipelines.mapping_proposal.tallies import is_status

# A return with a negative amount takes its money back by itself and stays.
MOSTLY_NEGATIVE = 0.5


@dataclass(frozen=True)
class Statuses:
    """A status column: its values with how often they occur, and those that say the order was undone.

    sampled: how many rows were looked at, 0 for all of them.
    """

    heading: str
    counts: tuple[tuple[str, int], ...]
    undone: tuple[str, ...]
    sampled: int = 0

    @property
    def condition(self) -> dict[str, Any]:
        """The condition under which a row is an order: `{column: …, not_in: […]}`."""
        return {"column": self.heading, "not_in": list(self.undone)}

    @property
    def sentence(self) -> str:
        """'وضعیت: تکمیل شده 410, لغو شده 12 (left out)'."""
        values = (
            f"{value} {rows:,}{' (left out)' if value in self.undone else ''}" for value, rows in self.counts
        )
        seen = f" (of the {self.sampled:,} rows looked at)" if self.sampled else ""
        return f"{self.heading}: {', '.join(values)}{seen}"


def statuses(looked: Looked, taken: Collection[str], amount: str | None) -> tuple[Statuses, ...]:
    """The status columns of a file of orders; `amount` is the heading of what was paid, if it is one."""
    return tuple(
        _statuses(looked, one, amount)
        for one in looked.columns
        if one.heading not in taken and _is_status(one)
    )


def _statuses(looked: Looked, status: Contents, amount: str | None) -> Statuses:
    counts = looked.tallies.get(status.heading)
    undone = _undone(looked, status, amount, counts or status.commonest)
    if counts is not None:
        return Statuses(status.heading, counts, undone)
    return Statuses(status.heading, status.commonest, undone, status.rows if looked.rows > status.rows else 0)


def conditions(found: Collection[Statuses]) -> list[dict[str, Any]]:
    """The conditions of all status columns that name orders undone."""
    return [one.condition for one in found if one.undone]


def _is_status(contents: Contents) -> bool:
    few = 0 < contents.distinct <= FEW_VALUES and contents.days.share == 0
    return few and is_status(contents.heading)


def _undone(
    looked: Looked, status: Contents, amount: str | None, counts: Sequence[tuple[str, int]]
) -> tuple[str, ...]:
    cancelled, returned = ({fold(word) for word in words} for words in (CANCELLED, RETURNED))
    negative = _negative_shares(looked, status, amount) if amount else {}
    return tuple(
        value
        for value, _ in counts
        if fold(value) in cancelled
        and not (fold(value) in returned and negative.get(value, 0.0) >= MOSTLY_NEGATIVE)
    )


def _negative_shares(looked: Looked, status: Contents, amount: str) -> Mapping[str, float]:
    """Share of the rows of each status whose amount is below zero."""
    rows: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for value, text in zip(status.texts, looked.column(amount).texts, strict=True):
        key = normalise(value or "")
        rows[key] += 1
        below[key] += normalise(text or "").startswith(("-", "−", "("))
    return {key: below[key] / rows[key] for key in rows}
