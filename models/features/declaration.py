"""How a feature is declared: a fold over one customer's events of one table, or a formula over such folds.

Everything here is frozen data without functions in it, so that a declaration can be printed, compared and
hashed, and so that every path (many customers, one customer, a cluster) reads the very same one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from models.contract.tables import table as contract_table
from models.features import conditions, measures
from models.features.conditions import EVERY, Filter
from models.features.measures import Age, Key, LocalDay, Measure, One, Since, Until, Value
from models.features.soundness import unsound


class Family(StrEnum):
    """What a feature is about; reasons are summed and worded by family."""

    RECENCY = "recency"
    FREQUENCY = "frequency"
    MONETARY = "monetary"
    REGULARITY = "regularity"
    RHYTHM = "rhythm"
    RETURNS = "returns"
    ITEMS = "items"
    COMPLAINTS = "complaints"
    RESPONSE_TIMES = "response_times"
    SATISFACTION = "satisfaction"
    SURVEYS = "surveys"
    CONTACTS = "contacts"
    OFFERS = "offers"
    ACTIVITY = "activity"
    TENURE = "tenure"
    CONTRACT = "contract"


class Unit(StrEnum):
    """What one of a feature is."""

    DAYS = "days"
    HOURS = "hours"
    COUNT = "count"
    MINOR = "minor units"
    RATIO = "ratio"
    SCORE = "score"


class Operator(StrEnum):
    """How the measured events of a window become one number.

    Sums, counts and gap moments are 0 where nothing happened; the others say nothing (NaN). Days are local
    calendar days, and a gap lies between successive distinct ones, counted at the event that ends it.
    """

    SUM = "sum"
    MIN = "min"
    MAX = "max"
    FIRST = "first"
    """The oldest measured event's value; of several at one instant, that of the first row of the table."""
    LAST = "last"
    """The newest measured event's value; of several at one instant, that of the last row of the table."""
    SUM_AT_LAST = "sum at last"
    """The sum over all events at the newest instant: the lines of the last order."""
    DISTINCT = "distinct"
    """Distinct keys, each counted at its newest event."""
    NEW_KEYS = "new keys"
    """Distinct keys whose first event of all lies in the window."""
    REPEATED_KEYS = "repeated keys"
    """Distinct keys that the window holds at two different instants or more."""
    MEDIAN = "median"
    DISTINCT_DAYS = "distinct days"
    GAP_COUNT = "gap count"
    GAP_DAYS = "gap days"
    GAP_SQUARES = "gap squares"
    MAX_GAP = "max gap"
    """The longest gap in days; nothing where there is none."""


_OF_KEYS = (Operator.DISTINCT, Operator.NEW_KEYS, Operator.REPEATED_KEYS)
_OF_DAYS = (
    Operator.DISTINCT_DAYS,
    Operator.GAP_COUNT,
    Operator.GAP_DAYS,
    Operator.GAP_SQUARES,
    Operator.MAX_GAP,
)


@dataclass(frozen=True)
class Fold:
    """One operator over one measure of the events of one table that pass a filter, within one window.

    The window is (snapshot - window_days, snapshot] in days of 24 hours; None is all time. Only events that
    happened and were known by the snapshot are ever seen. Raises `ValueError` for what makes no sense or may
    read what is not known yet, and `KeyError` for a table or column that the contract does not have.
    """

    table: str
    operator: Operator
    measure: Measure
    where: Filter = EVERY
    window_days: int | None = None

    def __post_init__(self) -> None:
        """Check the declaration against the contract."""
        declared = contract_table(self.table)
        for column in self.columns:
            declared.column(column)
        if isinstance(self.measure, Key) != (self.operator in _OF_KEYS):
            raise ValueError(f"keys are for counting different ones, and nothing else: {self}")
        if isinstance(self.measure, LocalDay) != (self.operator in _OF_DAYS):
            raise ValueError(f"local days are for counting them and their gaps, and nothing else: {self}")
        if isinstance(self.measure, One) and self.operator is not Operator.SUM:
            raise ValueError(f"ones are for adding up, and nothing else: {self}")
        if isinstance(self.measure, Age | Since | Until) and self.operator is Operator.SUM:
            raise ValueError(f"what is measured from the snapshot is not added up: {self}")
        if self.operator is Operator.SUM_AT_LAST and not isinstance(self.measure, Value):
            raise ValueError(f"values are added up at the last instant, and nothing else: {self}")
        if self.window_days is not None and self.window_days < 1:
            raise ValueError(f"a window is one day or more: {self}")
        if reason := unsound(declared, self.measure, self.where):
            raise ValueError(f"{reason}: {self}")

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table without which the fold cannot be made, sorted."""
        needed = {contract_table(self.table).event, measures.column_of(self.measure)}
        needed.update(name for item in self.where.conditions for name in conditions.columns_of(item))
        return tuple(sorted(column for column in needed if column is not None))


@dataclass(frozen=True)
class Ratio:
    """numerator / denominator; NaN when the denominator is 0 or missing."""

    numerator: "Expression"
    denominator: "Expression"


@dataclass(frozen=True)
class Difference:
    """minuend - subtrahend."""

    minuend: "Expression"
    subtrahend: "Expression"


@dataclass(frozen=True)
class Deviation:
    """Sample standard deviation from moments: sqrt((n·Σx² - (Σx)²) / (n·(n - 1))); NaN for n < 2."""

    count: "Expression"
    total: "Expression"
    squares: "Expression"


Expression: TypeAlias = Fold | Ratio | Difference | Deviation


@dataclass(frozen=True)
class Feature:
    """One column of the feature frame: its name, what it is about, its unit, its English label, its value."""

    name: str
    family: Family
    unit: Unit
    label: str
    value: Expression

    @property
    def folds(self) -> tuple[Fold, ...]:
        """The folds that the value is made of, in order of appearance."""
        return tuple(dict.fromkeys(folds_of(self.value)))


def folds_of(expression: Expression) -> Iterator[Fold]:
    """Every fold in an expression, left to right, repeated as often as it occurs."""
    if isinstance(expression, Fold):
        yield expression
        return
    for part in vars(expression).values():
        yield from folds_of(part)
