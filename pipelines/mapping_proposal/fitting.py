"""Whether what a column holds fits a column of the contract: 1 it does, 0 it cannot, between: who knows."""

from models.contract.columns import Column, Kind, Table
from models.domain.text import fold
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.synonyms.words import VALUES
from pipelines.sources.scope import spelling

MOSTLY = 0.8
NEARLY_ALL = 0.9
MAYBE = 0.5
HARDLY = 0.2
FEW_VALUES = 50
FEW_SHARE = 0.2


def fitness(contents: Contents, column: Column, declared: Table) -> float:
    """How well the contents fit a column of a table, 0 to 1; an empty column fits nothing."""
    if not contents.filled:
        return 0.0
    if column.kind is Kind.INSTANT:
        return 1.0 if contents.days.share >= MOSTLY else 0.0
    if contents.days.share >= MOSTLY or (contents.emails >= MAYBE and column.name != "customer_id"):
        return 0.0
    if known_words(contents, declared.name, column.name):
        return 1.0
    if column.kind in (Kind.MONEY, Kind.NUMBER):
        return _as_number(contents)
    if column.kind is Kind.INTEGER:
        return _as_integer(contents, column)
    if column.kind is Kind.BOOLEAN:
        return 1.0 if contents.yes_or_no >= NEARLY_ALL else 0.0
    return _as_id(contents, column, declared) if column.kind is Kind.ID else _as_category(contents, column)


def known_words(contents: Contents, table: str, column: str) -> dict[str, object]:
    """The value map of a column whose words all have a known meaning; empty where one has none."""
    if (table, column) not in VALUES or contents.distinct > FEW_VALUES:
        return {}
    meanings = {fold(word): meaning for meaning, words in VALUES[table, column].items() for word in words}
    found = {spelling(word): meanings.get(fold(word)) for word in contents.plain}
    return found if found and all(meaning is not None for meaning in found.values()) else {}


def _as_number(contents: Contents) -> float:
    if contents.numbers.share < NEARLY_ALL:
        return 0.0
    return HARDLY if contents.phones >= MOSTLY else 1.0


def _as_integer(contents: Contents, column: Column) -> float:
    numbers = contents.numbers
    if numbers.wholes < NEARLY_ALL:
        return 0.0
    too_low = column.low is not None and numbers.low < column.low
    too_high = column.high is not None and numbers.high > column.high
    return 0.0 if too_low or too_high else 1.0


def _as_id(contents: Contents, column: Column, declared: Table) -> float:
    fractions = contents.numbers.share - contents.numbers.wholes
    if fractions > HARDLY:
        return 0.0
    if declared.key == (column.name,):
        return 1.0 if contents.unique else HARDLY
    if column.name in declared.key and contents.distinct == 1 and contents.filled > 1:
        return HARDLY
    return MOSTLY


def _as_category(contents: Contents, column: Column) -> float:
    if column.values and contents.distinct > FEW_VALUES:
        return 0.0
    if column.values:
        words = {fold(word) for word in contents.plain}
        return 1.0 if words <= {fold(word) for word in column.values} else 0.0
    few = max(FEW_VALUES, FEW_SHARE * contents.filled)
    return MOSTLY if contents.distinct <= few else HARDLY
