"""One customer's figures, as sentences read them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.domain.words import Words


@dataclass(frozen=True)
class Figures:
    """One customer's features by name: `columns` maps a name to its place in `row`.

    price_level: today's prices over those that the features count money in.
    """

    columns: Mapping[str, int]
    row: Sequence[float]
    currency: str
    price_level: float = 1.0

    def get(self, name: str) -> float | None:
        """The feature's value; None where it is absent or has nothing to say."""
        place = self.columns.get(name)
        if place is None:
            return None
        value = self.row[place]
        return value if math.isfinite(value) else None

    def whole(self, name: str) -> int | None:
        """The value as a whole number; None where unknown."""
        value = self.get(name)
        return None if value is None else round(value)

    def count(self, name: str) -> int:
        """A count; 0 where unknown."""
        return self.whole(name) or 0

    def money(self, name: str, words: Words) -> str | None:
        """An amount for people to read, in today's money; None where unknown."""
        value = self.get(name)
        return None if value is None else words.money(round(value * self.price_level), self.currency)
