"""What Holdfast knows of a help desk's export of its tickets."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.sources.mapping import ColumnSource, Condition


@dataclass(frozen=True)
class HelpDeskExport:
    """An export of tickets: how complaints are read from it.

    columns and where: as in a mapping; what a file does not hold is passed over, unless the contract requires
    it. business: headings of durations that may count business hours alone. note: what a reader should
    know, above all which tickets are taken for complaints.
    """

    columns: Mapping[str, ColumnSource]
    where: tuple[Condition, ...]
    business: frozenset[str]
    note: str
