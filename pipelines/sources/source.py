"""What a source is: its settings, and what reading one hands over."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa

from models.contract.conform import Conventions
from models.contract.fates import Fates
from models.domain.errors import InvalidSetting
from models.domain.money import minor_per_unit
from models.domain.vocabulary import AmountUnit


class SourceKind(StrEnum):
    """Where the data come from."""

    SIMULATOR = "simulator"
    FILES = "files"
    ONLINE_RETAIL = "online_retail"
    CDNOW = "cdnow"


@dataclass(frozen=True)
class SourceSettings:
    """The section `source` of params.yaml.

    `extracted_at` (ISO) is the instant up to which the source speaks; without it, its newest known fact.
    """

    kind: SourceKind
    path: str
    currency: str
    amount_unit: AmountUnit
    timezone: str
    extracted_at: str | None = None

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a time zone, a currency or an amount unit that nobody knows."""
        minor_per_unit(self.amount_unit, self.currency)
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidSetting(
                "`source.timezone` is not a known time zone",
                allowed="an IANA name such as Europe/London or Asia/Tehran",
                given=self.timezone,
                remedy="Correct source.timezone in params.yaml.",
            ) from error

    @property
    def conventions(self) -> Conventions:
        """What the source's texts do not say themselves."""
        return Conventions(self.timezone, self.amount_unit, self.currency)


@dataclass(frozen=True)
class ReadTable:
    """One table as a source handed it over.

    as_read: all rows as they stand in the source. rows: the same rows, in the same order, in contract types.
    fates: what reading has settled already (text that could not be understood, repeats of whole lines).
    """

    as_read: pa.Table
    rows: pa.Table
    fates: Fates


@dataclass(frozen=True)
class Reading:
    """Everything a source handed over: tables by contract name, notes for people, and how far it reaches.

    extracted_at: microseconds, None where the source does not say. oracle: what only a simulator knows.
    """

    tables: Mapping[str, ReadTable]
    notes: tuple[str, ...] = ()
    extracted_at: int | None = None
    oracle: Mapping[str, pa.Table] | None = None
