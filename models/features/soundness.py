"""What may be asked of a table's columns: the right kind of each, and nothing before it can be known."""

from models.contract.columns import Kind, Table
from models.features.conditions import (
    Above,
    Below,
    Condition,
    Equals,
    Filter,
    Known,
    NotNull,
    Settled,
    Told,
    columns_of,
)
from models.features.measures import ITEM, Elapsed, Key, Looked, Measure, Since, Until, Value, column_of
from models.features.population import STATISTICS

_WHOLE = (Kind.MONEY, Kind.INTEGER)
_WORDS = (Kind.CATEGORY, Kind.ID)


def unsound(table: Table, measure: Measure, where: Filter) -> str:
    """Why this measure under this filter cannot be folded; empty when it can."""
    reasons = (_of_measure(table, measure), *(_of_condition(table, item) for item in where.conditions))
    return next(filter(None, reasons), "") or _read_too_early(table, measure, where)


def _of_measure(table: Table, measure: Measure) -> str:
    match measure:
        case Value(column):
            return _of_kind(table, column, (*_WHOLE, Kind.BOOLEAN))
        case Key(column):
            return _of_kind(table, column, _WORDS)
        case Since(column) | Until(column):
            return _of_kind(table, column, (Kind.INSTANT,))
        case Elapsed(fact):
            return _dated(table, fact)
        case Looked(statistic) if statistic not in STATISTICS:
            return f"nobody counts the {statistic} of articles"
        case Looked():
            return _of_kind(table, ITEM, _WORDS)
        case _:
            return ""


def _of_condition(table: Table, condition: Condition) -> str:
    match condition:
        case Above(column) | Below(column):
            return _of_kind(table, column, _WHOLE)
        case Equals(column):
            return _of_kind(table, column, _WORDS)
        case Told(column):
            return "" if column in dict(table.known_apart) else f"{column} is not told apart"
        case NotNull(column):
            return f"{column} becomes known at a date: ask for Announced" if _dates(table, column) else ""
        case _:
            return next(filter(None, (_dated(table, fact) for fact in columns_of(condition))), "")


def _read_too_early(table: Table, measure: Measure, where: Filter) -> str:
    """An undated column is readable only once the fact that it becomes known with is known."""
    fact = table.undated_known_with
    if fact is None or any(_tells(condition, fact) for condition in where.all_of):
        return ""
    read = {name for item in where.conditions for name in columns_of(item)}
    if column := column_of(measure):
        read.add(column)
    undated = sorted(name for name in read.difference(table.key) if not _dates(table, name))
    return f"{undated[0]} is known once {fact} is: all_of needs Known({fact!r})" if undated else ""


def _tells(condition: Condition, fact: str) -> bool:
    return isinstance(condition, Known | Settled) and columns_of(condition) == (fact,)


def _dates(table: Table, column: str) -> bool:
    return column in dict(table.known_at)


def _dated(table: Table, column: str) -> str:
    return "" if _dates(table, column) else f"{column} becomes known at no date of its own"


def _of_kind(table: Table, column: str, kinds: tuple[Kind, ...]) -> str:
    kind = table.column(column).kind
    return "" if kind in kinds else f"{column} is of kind {kind}, not {' or '.join(kinds)}"
