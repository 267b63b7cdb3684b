"""What a source is: its settings, and what reading one hands over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pyarrow as pa

from models.contract.business_hours import BusinessHours
from models.contract.conventions import Conventions
from models.contract.fates import Fates
from models.contract.file_counts import FileRows
from models.domain.errors import InvalidSetting, one_of
from models.domain.money import minor_per_unit
from models.domain.vocabulary import AmountUnit, Calendar
from pipelines.sources.identity import Directory
from pipelines.sources.mapping import TableMapping
from pipelines.sources.mapping_rules import check_mapping, require_decimal_mark, require_zone
from pipelines.sources.wide_settings import WideTableSettings


class SourceKind(StrEnum):
    """Where the data come from."""

    SIMULATOR = "simulator"
    FILES = "files"
    ONLINE_RETAIL = "online_retail"
    CDNOW = "cdnow"
    TABLE = "table"
    WAREHOUSE = "warehouse"


class Beside(StrEnum):
    """What else is read beside the source."""

    EVENT_STORE = "event_store"


@dataclass(frozen=True)
class SourceSettings:
    """The section `source` of params.yaml.

    `extracted_at` (ISO) is the instant up to which the source speaks; without it, its newest known fact.
    decimal_mark: what stands before the fraction of an amount. phone_country_code: of keys of kind phone.
    static_attributes: attributes of customers that never change. price_index: a CSV file of price levels.
    url: of a warehouse. also, also_path: what else is read, and where it lies. business_hours: when durations
    in business hours run. tables: how files that do not carry the contract's names are read. table: how one
    wide table is read.
    """

    kind: SourceKind
    path: str
    currency: str
    amount_unit: AmountUnit
    timezone: str
    extracted_at: str | None = None
    calendar: Calendar = Calendar.GREGORIAN
    decimal_mark: str = "."
    phone_country_code: str | None = None
    static_attributes: tuple[str, ...] = ()
    price_index: str | None = None
    url: str | None = None
    also: Beside | None = None
    also_path: str = ""
    business_hours: BusinessHours | None = None
    tables: Mapping[str, TableMapping] = field(default_factory=dict)
    table: WideTableSettings | None = None

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a zone, currency, unit, code or mapping that cannot be."""
        minor_per_unit(self.amount_unit, self.currency)
        require_zone(self.timezone, "source.timezone")
        require_decimal_mark(self.decimal_mark, "source.decimal_mark")
        _require_country_code(self.phone_country_code)
        _require_dated_amounts(self.kind, self.price_index)
        _require_tables(self.kind, self.also)
        for name, mapping in self.tables.items():
            check_mapping(name, mapping, self.currency)

    @property
    def conventions(self) -> Conventions:
        """What the source's texts do not say themselves."""
        return Conventions(
            self.timezone, self.amount_unit, self.currency, self.calendar, decimal_mark=self.decimal_mark
        )


def _require_country_code(code: str | None) -> None:
    if code is not None and not (code.isascii() and code.isdigit() and 1 <= len(code) <= 3):
        raise InvalidSetting(
            "`source.phone_country_code` is not a country calling code",
            allowed="one to three digits in quotes, such as '98' or '44'",
            given=code,
            remedy="Correct source.phone_country_code in params.yaml.",
        )


def _require_dated_amounts(kind: SourceKind, price_index: str | None) -> None:
    """A file of prices lies in the folder of the source, where DVC sees it change, beside dated amounts."""
    if price_index is None or kind in (SourceKind.FILES, SourceKind.WAREHOUSE):
        return
    simulated = "Set simulator.inflation_per_year: the simulator publishes an index of its own."
    raise InvalidSetting(
        f"`source.price_index` has no meaning for source.kind {kind}",
        allowed=f"null, or source.kind {one_of((SourceKind.FILES, SourceKind.WAREHOUSE))}",
        given=price_index,
        remedy=simulated
        if kind is SourceKind.SIMULATOR
        else "Set source.price_index to null in params.yaml.",
    )


def _require_tables(kind: SourceKind, also: Beside | None) -> None:
    if also is not None and kind is SourceKind.TABLE:
        raise InvalidSetting(
            "`source.also` has no meaning for one wide table: events have no place in it",
            allowed="null",
            given=also.value,
            remedy="Set source.also to null in params.yaml.",
        )


@dataclass(frozen=True)
class ReadTable:
    """One table as a source handed it over.

    as_read: all rows as they stand in the source. rows: the same rows, in the same order, in contract types.
    fates: what reading has settled already (text that could not be understood, repeats of whole lines).
    files: which hold the rows, in order, where there are several.
    """

    as_read: pa.Table
    rows: pa.Table
    fates: Fates
    files: tuple[FileRows, ...] = ()


@dataclass(frozen=True)
class LongTable:
    """A table too long for the memory, in parts on disk: all rows of one key stand in one part.

    read: a part, and the numbers of its rows in the source (from 1). notes: what there is to say once all
    parts were read. files: as of `ReadTable`.
    """

    parts: tuple[Path, ...]
    read: Callable[[Path], tuple[ReadTable, pa.ChunkedArray]]
    notes: Callable[[], Sequence[str]]
    files: tuple[FileRows, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything a source handed over: tables by contract name, notes for people, and how far it reaches.

    extracted_at: microseconds, None where the source does not say. oracle: what only a simulator knows.
    price_index: where the source itself publishes one. directory: whose keys are known, where it has keys.
    long: the tables that are too long for the memory, and so are not among `tables`. findings: what there is
    to say of each table in memory.
    """

    tables: Mapping[str, ReadTable]
    notes: tuple[str, ...] = ()
    extracted_at: int | None = None
    oracle: Mapping[str, pa.Table] | None = None
    price_index: pa.Table | None = None
    directory: Directory | None = None
    long: Mapping[str, LongTable] = field(default_factory=dict)
    findings: Mapping[str, Sequence[str]] = field(default_factory=dict)
