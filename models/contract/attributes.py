"""Attributes of customers: columns that a business keeps of them and the contract cannot name beforehand.

Each is the column `attribute_<name>` of `customers`, versioned by known_at like the rest of the row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from models.contract.columns import Column, Kind, Table

PREFIX = "attribute_"
KINDS = (Kind.NUMBER, Kind.CATEGORY, Kind.BOOLEAN)


@dataclass(frozen=True)
class Attribute:
    """One attribute: the name that people know it by, and what it holds."""

    name: str
    kind: Kind

    def __post_init__(self) -> None:
        """Raise `ValueError` for a kind that attributes do not have."""
        if self.kind not in KINDS:
            raise ValueError(f"an attribute holds one of {', '.join(KINDS)}, not {self.kind}")

    @property
    def column(self) -> str:
        """Its column in `customers`."""
        return f"{PREFIX}{self.name}"


def with_attributes(declared: Table, attributes: Sequence[Attribute]) -> Table:
    """The declaration of `customers` with columns for these attributes at its end."""
    columns = (Column(each.column, each.kind, f"the customer's {each.name}") for each in attributes)
    return replace(declared, columns=(*declared.columns, *columns))


def attributes_of(schema: pa.Schema) -> tuple[Attribute, ...]:
    """The attributes that a file of customers holds, in the order of its columns."""
    kinds = {kind.arrow: kind for kind in KINDS}
    return tuple(
        Attribute(field.name.removeprefix(PREFIX), kinds[field.type])
        for field in schema
        if field.name.startswith(PREFIX)
    )
