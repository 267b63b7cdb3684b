"""Settings of a wide table, one row a customer: `source.table`. What they leave out is found in the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.contract.attributes import KINDS
from models.contract.columns import Kind
from models.domain.errors import InvalidSetting, one_of
from models.domain.settings import short_form
from models.domain.vocabulary import AmountUnit, IdentityKind
from pipelines.sources.mapping import Encoding
from pipelines.sources.settings_words import needed_text


@dataclass(frozen=True)
class LabelSettings:
    """The column that says who left, and which of its values mean what.

    column: found by its heading where it is not named. churned, stayed: values; where only one of the two is
    given, every other value means the other. An empty cell is a customer whose outcome nobody knows. gone:
    whether those who left did so for good; they are then scored, and nobody turns to them.
    """

    column: str | None = short_form(None)
    churned: tuple[Any, ...] = ()
    stayed: tuple[Any, ...] = ()
    gone: bool = False

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a value that is no text, or that means both."""
        both = {*self.churned_texts} & {*self.stayed_texts}
        if both:
            raise InvalidSetting(
                "a value of the label means both that a customer left and that they stayed",
                given=", ".join(sorted(both)),
                remedy="Name it in source.table.label.churned or .stayed alone.",
            )

    @property
    def churned_texts(self) -> tuple[str, ...]:
        """Values of those who left."""
        return tuple(needed_text(value, "source.table.label.churned") for value in self.churned)

    @property
    def stayed_texts(self) -> tuple[str, ...]:
        """Values of those who stayed."""
        return tuple(needed_text(value, "source.table.label.stayed") for value in self.stayed)


@dataclass(frozen=True)
class ValueSettings:
    """The column of what a customer brought over the horizon; amount_unit: where the source's is another."""

    column: str = short_form(None)
    amount_unit: AmountUnit | None = None


@dataclass(frozen=True)
class CustomerSettings:
    """The column that names customers; identity: it holds keys of this kind, kept as keyed hashes alone."""

    column: str = short_form(None)
    identity: IdentityKind | None = None


@dataclass(frozen=True)
class WideTableSettings:
    """The section `source.table`.

    customer_id: its column; row numbers stand in where there is none. value_minor: where money is known.
    drop: columns to leave out. keep: columns to use although they look like an id, are somebody's personal
    data, or tell the outcome by themselves. kinds: where what is found is not what it is.
    """

    customer_id: CustomerSettings | None = None
    label: LabelSettings = field(default_factory=LabelSettings)
    value_minor: ValueSettings | None = None
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: Encoding = Encoding.UTF_8
    sheet: str | None = None

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a kind that attributes do not have, or a column kept and dropped."""
        for column, kind in self.kinds.items():
            if kind not in KINDS:
                raise InvalidSetting(
                    f"`source.table.kinds.{column}` is no kind of attribute",
                    allowed=one_of(KINDS),
                    given=kind.value,
                    remedy="Correct it in params.yaml.",
                )
        both = {*self.drop} & {*self.keep}
        if both:
            raise InvalidSetting(
                "a column is both kept and dropped",
                given=", ".join(sorted(both)),
                remedy="Name it in source.table.drop or in source.table.keep alone.",
            )
