"""In which currency and unit a shop's amounts are, as far as its files say; else the questions to ask."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.contract.columns import Kind
from models.domain.currency_words import currencies, unit_of
from models.domain.money import CURRENCY_EXPONENTS, RIALS, exponent
from models.domain.vocabulary import AmountUnit
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.money_words import RIAL, currency_in, in_words, readings, unit_in
from pipelines.mapping_proposal.planned import TablePlan
from pipelines.mapping_proposal.questions import Question, chosen
from pipelines.mapping_proposal.similarity import SAME_WORDS, similarity
from pipelines.mapping_proposal.synonyms.orders import CURRENCY

UNITS_OF_IRR = tuple(unit.value for unit in RIALS)
UNITS_ELSEWHERE = (AmountUnit.MAJOR.value, AmountUnit.MINOR.value)


@dataclass(frozen=True)
class Terms:
    """Currency and unit of a source's amounts, None where they are not known; and how they were found."""

    currency: str | None
    unit: AmountUnit | None
    findings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()


def terms_of(plans: Mapping[str, TablePlan], answers: Mapping[str, str]) -> Terms:
    """What answers, headings and cells say of the money in these tables."""
    columns = [contents for plan in plans.values() for _, contents in money_columns(plan)]
    codes = [contents for plan in plans.values() for contents in plan.looked.columns]
    return terms_of_columns(columns, answers, codes)


def terms_of_columns(
    columns: Sequence[Contents], answers: Mapping[str, str], others: Sequence[Contents] = ()
) -> Terms:
    """The same of columns of amounts; `others` may hold a column of currency codes."""
    currency, how = _currency(columns, others, answers)
    if currency is None:
        asks = "In which currency are the amounts?"
        return Terms(None, None, questions=(Question("CURRENCY", asks, tuple(CURRENCY_EXPONENTS), "EUR"),))
    unit, unit_how = _unit(columns, answers, currency)
    findings = [f"currency: {currency} ({how})"]
    if unit is None:
        return Terms(currency, None, tuple(findings), (_ask_unit(columns, currency),))
    return Terms(currency, unit, (*findings, f"unit of amounts: {unit} ({unit_how})"))


def money_columns(plan: TablePlan) -> Iterator[tuple[str, Contents]]:
    """The columns of amounts of a table, by contract name; of a product the price."""
    for name, planned in plan.columns.items():
        if plan.declared.column(name).kind is Kind.MONEY and planned.headings:
            yield name, plan.looked.column(planned.headings[-1])


def own_unit(contents: Contents, currency: str) -> AmountUnit | None:
    """The unit that a column's heading or cells name."""
    if currency == RIAL:
        named = unit_in(contents.heading)
        if named is not None:
            return named
    beside = {unit_of(word, currency) for word in contents.numbers.units if currency in currencies(word)}
    return beside.pop() if len(beside) == 1 else None


def _currency(
    columns: Sequence[Contents], others: Sequence[Contents], answers: Mapping[str, str]
) -> tuple[str | None, str]:
    said = chosen("CURRENCY", answers, tuple(CURRENCY_EXPONENTS))
    if said is not None:
        return said, "as you said"
    for contents in others:
        code = _only_code(contents)
        if code is not None:
            return code, f"in {contents.heading}"
    for contents in columns:
        named = currency_in(contents.heading) or _beside(contents)
        if named is not None:
            return named, f"named in {contents.heading}"
    return None, ""


def _only_code(contents: Contents) -> str | None:
    """The one currency code in a column of currencies; several are for `ingest` to refuse."""
    codes = {text.upper() for text in contents.plain}
    called = similarity(contents.heading, CURRENCY) >= SAME_WORDS
    return codes.pop() if called and len(codes) == 1 and codes <= set(CURRENCY_EXPONENTS) else None


def _beside(contents: Contents) -> str | None:
    named = {code for word in contents.numbers.units for code in currencies(word)}
    return named.pop() if len(named) == 1 else None


def _unit(
    columns: Sequence[Contents], answers: Mapping[str, str], currency: str
) -> tuple[AmountUnit | None, str]:
    allowed = UNITS_OF_IRR if currency == RIAL else UNITS_ELSEWHERE
    said = chosen("UNIT", answers, allowed)
    if said is not None:
        return AmountUnit(said), "as you said"
    for contents in columns:
        named = own_unit(contents, currency)
        if named is not None:
            return named, f"named in {contents.heading}"
    if currency != RIAL and exponent(currency) == 0:
        return AmountUnit.MAJOR, f"{currency} has no smaller unit"
    fractions = [one for one in columns if one.numbers.wholes < one.numbers.share]
    if currency != RIAL and fractions:
        return AmountUnit.MAJOR, f"{fractions[0].heading} has fractions"
    return None, ""


def _ask_unit(columns: Sequence[Contents], currency: str) -> Question:
    """The question of the unit, with what a typical amount would be in each."""
    written = Decimal(round(columns[0].numbers.median))
    seen = f"{columns[0].heading} is typically {written:,}, and nothing says in which unit"
    if currency == RIAL:
        return Question("UNIT", f"{seen} ({'; '.join(readings(written))})", UNITS_OF_IRR, "toman")
    major, minor = (in_words(int(written * factor), currency) for factor in (10 ** exponent(currency), 1))
    return Question("UNIT", f"{seen} (UNIT=major: {major}; UNIT=minor: {minor})", UNITS_ELSEWHERE, "major")
