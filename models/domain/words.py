"""Sentences and names in a person's language, from gettext catalogues; English is what the source says.

Messages are whole sentences or clauses with named figures, `words.gettext("spent {amount}", amount=…)`: where
they stand in the code, `make words` finds them. A stage calls `words_in` once and hands the words on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from models.domain.errors import InvalidSetting
from models.domain.languages import WRITINGS, Language
from models.domain.money import written_minor, written_whole

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "holdfast"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class Words:
    """A language and its catalogue."""

    language: Language
    catalogue: NullTranslations

    def gettext(self, message: str, **figures: str | int) -> str:
        """The sentence with its figures; whole numbers in the language's digits, text as it is given."""
        return self._told(self.catalogue.gettext(message), figures)

    def ngettext(self, one: str, many: str, number: int, **figures: str | int) -> str:
        """As `gettext`, in the form that goes with the number: English has two, Arabic six."""
        return self._told(self.catalogue.ngettext(one, many, number), figures)

    def named(self, kind: str, name: str) -> str:
        """What people call something; `kind` (a coded column, 'heading', 'currency', 'month') is its context.

        A name that the catalogue does not know, such as that of an action of one's own, stays as it is.
        """
        return self.catalogue.pgettext(kind, name)

    def coded(self, column: str, code: str) -> str:
        """A coded word of a column as people say it: 'no gain'."""
        return self.named(column, code.replace("_", " "))

    def number(self, plain: int | str) -> str:
        """'1,234.5' as the language writes it."""
        text = str(plain)
        marks = WRITINGS[self.language].marks
        return "".join(marks.get(sign, sign) for sign in text) if marks else text

    def money(self, amount_minor: int, currency: str) -> str:
        """An amount with the name of its currency, kept together: '1,234.50 EUR'.

        Raises `InvalidSetting` for a currency not in the table.
        """
        return self._of_currency(written_minor(amount_minor, currency), currency)

    def whole_money(self, amount_minor: int, currency: str) -> str:
        """A sum in whole units of its currency: '1,234 EUR'. Raises as `money` does."""
        return self._of_currency(written_whole(amount_minor, currency), currency)

    def percent(self, share: float) -> str:
        """'37 %' of .37."""
        return self.gettext("{share} %", share=self.number(f"{100 * share:.0f}"))

    def day(self, day: date) -> str:
        """'31 May 2026', in the Gregorian calendar."""
        month = self.named("month", MONTHS[day.month - 1])
        return self.gettext("{day} {month} {year}", day=day.day, month=month, year=day.year)

    def isolated(self, text: str) -> str:
        """The text, kept from changing sides within a sentence that is read from the right.

        For amounts, and for names and values of the source (FSI and PDI of Unicode's UAX 9).
        """
        return _ISOLATED.format(text) if self.right_to_left else text

    @property
    def right_to_left(self) -> bool:
        """Whether the language is read from the right."""
        return WRITINGS[self.language].right_to_left

    def _of_currency(self, amount: str, currency: str) -> str:
        named = self.named("currency", currency)
        return self.isolated(self.gettext("{amount} {currency}", amount=self.number(amount), currency=named))

    def _told(self, message: str, figures: Mapping[str, str | int]) -> str:
        if WRITINGS[self.language].marks:
            figures = {name: self._figure(figure) for name, figure in figures.items()}
        return message.format(**figures)

    def _figure(self, figure: str | int) -> str:
        return figure if isinstance(figure, str) else self.number(figure)


ENGLISH = Words(Language.ENGLISH, NullTranslations())


def words_in(language: Language) -> Words:
    """The words of a language. Raises `InvalidSetting` where its catalogue was never compiled."""
    if language is Language.ENGLISH:
        return ENGLISH
    compiled = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not compiled.exists():
        raise InvalidSetting(
            f"there is no catalogue for the language {language}",
            given=compiled.relative_to(LOCALE).as_posix(),
            remedy="Run `make words`, or set report.language in params.yaml to another.",
        )
    with compiled.open("rb") as file:
        return Words(language, GNUTranslations(file))
