"""What the values of a column look like, whatever its heading says."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from models.domain.text import fold, normalise
from pipelines.mapping_proposal.day_texts import Days, days_of
from pipelines.mapping_proposal.number_texts import Numbers, numbers_of

_TIME = re.compile(r"^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_PHONE = re.compile(r"^(\+|00)?\d{8,15}$")
_PHONE_START = ("+", "00", "0", "9")
_BETWEEN_DIGITS = re.compile(r"[\s().\-/]")
# Two words or more that begin with a letter: Ann Person, علی رضایی; a namesake's may end in a number.
_NAMES = re.compile(r"^[^\W\d_][\w.'’\u200c-]*([,،]? +[^\W\d_][\w.'’\u200c-]*)+$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")

YES = frozenset({"yes", "y", "true", "t", "1", "بله", "بلی", "اری", "دارد", "نعم", "صحیح", "کن", "هست"})
NO = frozenset({"no", "n", "false", "f", "0", "خیر", "نه", "ندارد", "لا", "خطا", "نیست"})

SHOWN = 3
MOST_VALUES = 20


@dataclass(frozen=True)
class Contents:
    """The values of one column, as texts as they stand in the file; None where there is nothing."""

    heading: str
    texts: tuple[str | None, ...]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text occurs, the same texts written differently apart."""
        return Counter(text for text in self.texts if text is not None and text.strip())

    @cached_property
    def plain(self) -> Counter[str]:
        """The same with texts normalised."""
        plain: Counter[str] = Counter()
        for text, rows in self.counts.items():
            plain[normalise(text)] += rows
        return plain

    @property
    def rows(self) -> int:
        """How many rows were looked at."""
        return len(self.texts)

    @property
    def filled(self) -> int:
        """How many of them hold something."""
        return self.counts.total()

    @property
    def distinct(self) -> int:
        """How many different things they hold."""
        return len(self.plain)

    @property
    def unique(self) -> bool:
        """Whether no value occurs twice, as in a key."""
        return 1 < self.distinct == self.filled

    @cached_property
    def days(self) -> Days:
        """The column read as dates."""
        return days_of(self.plain)

    @cached_property
    def numbers(self) -> Numbers:
        """The column read as numbers."""
        return numbers_of(self.plain)

    @cached_property
    def times(self) -> float:
        """Share of times of day such as 14:05."""
        return self.share(lambda text: bool(_TIME.match(text)))

    @cached_property
    def phones(self) -> float:
        """Share of what could be a telephone number."""
        return self.share(_is_phone)

    @cached_property
    def dialled(self) -> float:
        """Share of numbers written as they are dialled, with a leading zero or a plus."""
        return self.share(lambda text: _is_phone(text) and text.startswith(("0", "+")))

    @cached_property
    def emails(self) -> float:
        """Share of e-mail addresses."""
        return self.share(lambda text: bool(_EMAIL.match(text)))

    @cached_property
    def names(self) -> float:
        """Share of what could be the names of persons or firms."""
        return self.share(lambda text: bool(_NAMES.match(text)))

    @cached_property
    def yes_or_no(self) -> float:
        """Share of words for yes and no; 0 where there are too many different ones."""
        if self.distinct > MOST_VALUES:
            return 0.0
        return self.share(lambda text: fold(text) in YES or fold(text) in NO)

    def share(self, holds: Callable[[str], bool]) -> float:
        """Share of the filled rows whose normalised text fulfils something; 0 where nothing is filled."""
        return sum(rows for text, rows in self.plain.items() if holds(text)) / max(self.filled, 1)

    @property
    def examples(self) -> tuple[str, ...]:
        """Some of the texts as they stand in the file, the first ones."""
        return tuple(text.strip() for text in list(self.counts)[:SHOWN])

    @property
    def commonest(self) -> tuple[tuple[str, int], ...]:
        """The commonest values as normalised texts, with how often they occur."""
        ranked = sorted(self.plain.items(), key=lambda entry: (-entry[1], entry[0]))
        return tuple(ranked[:MOST_VALUES])


def contents_of(heading: str, texts: Sequence[str | None]) -> Contents:
    """The contents of one column."""
    return Contents(heading, tuple(texts))


def _is_phone(text: str) -> bool:
    digits = _BETWEEN_DIGITS.sub("", text)
    return bool(_PHONE.match(digits)) and digits.startswith(_PHONE_START) and len(digits) >= 10
