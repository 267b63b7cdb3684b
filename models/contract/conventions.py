"""What a source's texts do not say themselves, and where a column differs from the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from models.domain.vocabulary import AmountUnit, Calendar, DateOrder


@dataclass(frozen=True)
class ColumnConventions:
    """What one column does differently; None: as the source does."""

    timezone: str | None = None
    calendar: Calendar | None = None
    date_order: DateOrder | None = None
    amount_unit: AmountUnit | None = None
    decimal_mark: str | None = None


@dataclass(frozen=True)
class Conventions:
    """The zone of naive times, the calendar and order of dates, the unit and the writing of amounts.

    decimal_mark: '.' or ',', which stands before a fraction. overrides: by contract column.
    """

    timezone: str
    amount_unit: AmountUnit
    currency: str
    calendar: Calendar = Calendar.GREGORIAN
    date_order: DateOrder = DateOrder.YEAR_FIRST
    decimal_mark: str = "."
    overrides: Mapping[str, ColumnConventions] = field(default_factory=dict)

    def of(self, column: str) -> "Conventions":
        """The conventions of one column, its overrides applied."""
        own = self.overrides.get(column, ColumnConventions())
        said = {each.name: getattr(own, each.name) for each in fields(own)}
        return replace(self, **{name: value for name, value in said.items() if value is not None})
