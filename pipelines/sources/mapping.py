"""How a file of somebody else's becomes a table of the contract: the settings `source.tables`.

    source:
      tables:
        orders:
          file: sales.csv
          delimiter: ";"
          columns:
            order_id: Invoice                               # short for {column: Invoice}
            ordered_at: {column: Date, time: Hour}
            amount_minor: {product: [Quantity, Price]}
          where:
            - {column: Status, in: [paid, shipped]}

What a setting may say is checked here, when it is built; whether it fits the table of the contract, in
`mapping_rules`; whether the file has such columns, when the file is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from models.contract.columns import Kind
from models.domain.errors import one_of
from models.domain.settings import short_form, written_as
from models.domain.vocabulary import AmountUnit, Calendar, DateOrder, DurationUnit, IdentityKind
from pipelines.sources.settings_words import needed_text, require, require_with, scalar_text


class Encoding(StrEnum):
    """How a text file turns characters into bytes; a byte order mark may be there or not."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    CP1256 = "cp1256"
    CP1252 = "cp1252"


class Clock(StrEnum):
    """Whether a duration counts every hour, or only those in which the business is open."""

    CALENDAR = "calendar"
    BUSINESS = "business"


class Others(StrEnum):
    """What becomes of a value that a value map does not name."""

    KEEP = "keep"
    NULL = "null"
    REFUSE = "refuse"


class Preset(StrEnum):
    """A help desk whose export Holdfast knows."""

    ZENDESK = "zendesk"
    FRESHDESK = "freshdesk"


@dataclass(frozen=True)
class ColumnSource:
    """Where the values of one contract column come from: a column, a product of two, or a constant.

    column: its heading in the file; a duration `after` another instant where that is given. time: the heading
    of a second column with the time of day. identity: the column holds a key of this kind instead of a
    customer's id. calendar, timezone, order, amount_unit, decimal_mark: where this column differs from its
    table. values: words of the file and what they mean (compared after normalisation); others: what becomes
    of words that it does not name (`refuse` unless told). clock: needed where a duration may be in business
    hours.
    """

    column: str | None = short_form(None)
    time: str | None = None
    order: DateOrder | None = None
    calendar: Calendar | None = None
    timezone: str | None = None
    product: tuple[str, ...] = ()
    constant: Any = None
    amount_unit: AmountUnit | None = None
    decimal_mark: str | None = None
    after: str | None = None
    unit: DurationUnit | None = None
    clock: Clock | None = None
    values: Mapping[Any, Any] = field(default_factory=dict)
    others: Others | None = None
    identity: IdentityKind | None = None

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for settings that contradict one another."""
        sources = (self.column is not None, bool(self.product), self.constant is not None)
        require(sum(sources) == 1, "a column is read from one place", "column, product or constant", self)
        require(len(self.product) in (0, 2), "a product has two factors", "[quantity, price]", self.product)
        require_with(self, "column", "time", "after", "values", "identity")
        if self.constant is None:
            require_with(self, "column", "order", "calendar", "timezone")
        require_with(self, "after", "unit", "clock")
        require_with(self, "unit", "after")
        require_with(self, "values", "others")
        both = self.after is not None and self.time is not None
        require(not both, "a duration has no time of day", "after or time", self)
        alike = len({isinstance(word, str) for word in self.values}) < 2
        require(alike, "a value map mixes words and numbers", "all of them in quotes", list(self.values))
        self.value_texts, self.constant_text  # noqa: B018  # both refuse what YAML misread

    @property
    def value_texts(self) -> dict[str, str | None]:
        """The value map as texts; None where a word means that there is no value."""
        return {
            needed_text(word, "values"): None if meaning is None else scalar_text(meaning, "values")
            for word, meaning in self.values.items()
        }

    @property
    def constant_text(self) -> str | None:
        """The constant as text; a day may stand without quotes."""
        if self.constant is None:
            return None
        return (
            str(self.constant) if isinstance(self.constant, date) else scalar_text(self.constant, "constant")
        )

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the file that this reads."""
        return tuple(name for name in (self.column, self.time, *self.product) if name is not None)


@dataclass(frozen=True)
class Condition:
    """What a row must fulfil to be in scope; the settings are `in`, `not_in`, `has`, `has_none`, `any`, ….

    among, not_among: the whole value is (or is not) one of these words. has, has_none: the column is a list
    of words (tags, parted by blanks, commas or semicolons) that holds (or does not hold) one of these. A
    missing value is in no list. any_of: at least one of these conditions holds.
    """

    column: str | None = None
    among: tuple[Any, ...] = written_as("in", ())
    not_among: tuple[Any, ...] = written_as("not_in", ())
    has: tuple[Any, ...] = ()
    has_none: tuple[Any, ...] = ()
    is_null: bool = False
    not_null: bool = False
    any_of: tuple["Condition", ...] = written_as("any", ())

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` unless it says one thing of one column, or is a choice of conditions."""
        said = (*self.tests, *([self.any_of] if self.any_of else []))
        require(len(said) == 1, "a condition says one thing", "one of " + _CONDITIONS, self)
        has_column = self.column is not None
        require(has_column != bool(self.any_of), "a condition names the column it looks at", _FORM, self)
        for word in (*self.among, *self.not_among, *self.has, *self.has_none):
            needed_text(word, "where")

    @property
    def tests(self) -> tuple[str, ...]:
        """The names of the tests of its own column that are given."""
        names = ("among", "not_among", "has", "has_none", "is_null", "not_null")
        return tuple(name for name in names if getattr(self, name))

    @property
    def words(self) -> tuple[str, ...]:
        """The words that it looks for, as texts."""
        given = (*self.among, *self.not_among, *self.has, *self.has_none)
        return tuple(needed_text(word, "where") for word in given)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the file that this reads."""
        below = tuple(name for condition in self.any_of for name in condition.headings)
        return below if self.column is None else (self.column,)


@dataclass(frozen=True)
class AttributeSource:
    """A column of the file that becomes the customer's attribute, and what it holds."""

    column: str
    kind: Kind

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a kind that attributes do not have."""
        allowed = (Kind.NUMBER, Kind.CATEGORY, Kind.BOOLEAN)
        require(self.kind in allowed, "an attribute cannot be of this kind", one_of(allowed), self.kind)


@dataclass(frozen=True)
class TableMapping:
    """How one table is read from one file, or from several with the same headings.

    file: relative to `source.path`. files: several instead, by name or pattern (`sales-*.csv`). sheet: of an
    XLSX file with several. delimiter: of a text file (a comma, or a tab in .tsv, unless given). encoding,
    calendar, timezone, amount_unit, decimal_mark: where the file differs from `source`. preset: a known
    export; `columns` override its columns one by one (null: left out), `where` (also an empty list) all its
    conditions. columns: contract column and where it comes from; without any, the file carries the contract's
    own names. where: rows that fail one are out of scope. identities: keys by which this table's customers
    are known elsewhere. attributes: of customers only.
    """

    file: str | None = None
    files: tuple[str, ...] = ()
    sheet: str | None = None
    delimiter: str | None = None
    encoding: Encoding = Encoding.UTF_8
    calendar: Calendar | None = None
    timezone: str | None = None
    amount_unit: AmountUnit | None = None
    decimal_mark: str | None = None
    preset: Preset | None = None
    columns: Mapping[str, ColumnSource | None] = field(default_factory=dict)
    where: tuple[Condition, ...] | None = None
    identities: Mapping[IdentityKind, str] = field(default_factory=dict)
    attributes: Mapping[str, AttributeSource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a delimiter that cannot part values, and for both `file` and `files`."""
        require(
            self.file is None or not self.files, "a table has `file` or `files`", "one of them", self.file
        )
        usable = self.delimiter is None or (len(self.delimiter) == 1 and self.delimiter not in '"\r\n')
        require(usable, "a delimiter is one character, no quote, no line end", _DELIMITERS, self.delimiter)

    @property
    def maps(self) -> bool:
        """Whether columns are renamed at all; else the file carries the contract's names."""
        return bool(self.columns or self.preset)


_DELIMITERS = r'"," ";" "\t" "|"'
_CONDITIONS = "in, not_in, has, has_none, is_null, not_null, any"
_FORM = "{column: heading, in: [words]}"
