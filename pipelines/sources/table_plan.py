"""What to do with one table's rows: its mapping, settled against the headings of its file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.contract.attributes import Attribute, with_attributes
from models.contract.business_hours import BusinessHours
from models.contract.columns import Table
from models.contract.conventions import ColumnConventions, Conventions
from models.contract.currency import UNIT
from models.contract.tables import CUSTOMERS, ORDERS
from models.contract.tables import table as declaration
from models.domain.errors import BadSource
from models.domain.vocabulary import IdentityKind
from pipelines.sources.clocks import require_clocks
from pipelines.sources.headings import locate
from pipelines.sources.mapping import ColumnSource, Condition, TableMapping
from pipelines.sources.presets.known import PRESETS
from pipelines.sources.scope import broken
from pipelines.sources.source import SourceSettings
from pipelines.sources.undated import refuse_changing_attributes, undated_note
from pipelines.sources.wanted import impossible, wanted

# Columns that Holdfast can derive where a table does not have them.
DERIVED = frozenset({("orders", "line_id"), ("customers", "known_at")})


@dataclass(frozen=True)
class TablePlan:
    """How the rows of one file become a table of the contract; headings are written as the file writes them.

    declared: the contract's table, with the customers' attributes. columns: contract column (or `currency`)
    and where it comes from. identities: kind of key and heading. headings: all of the file's.
    """

    declared: Table
    columns: Mapping[str, ColumnSource]
    where: tuple[Condition, ...]
    identities: Mapping[IdentityKind, str]
    conventions: Conventions
    hours: BusinessHours | None
    headings: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def numbers_lines(self) -> bool:
        """Whether order lines carry no number and get one by where they stand."""
        return self.declared.name == ORDERS.name and "line_id" not in self.columns

    @property
    def is_undated(self) -> bool:
        """Whether customers carry no known_at and get one by their sign-up and their orders."""
        return self.declared.name == CUSTOMERS.name and "known_at" not in self.columns

    @property
    def keys(self) -> dict[str, IdentityKind]:
        """Headings of columns that hold keys of persons, and the kind of key."""
        customer = self.columns.get("customer_id")
        keys = {heading: kind for kind, heading in self.identities.items()}
        if customer is not None and customer.identity is not None:
            keys |= dict.fromkeys(customer.headings, customer.identity)
        return keys

    @property
    def used(self) -> tuple[str, ...]:
        """Headings that are read, in the order of the file."""
        read = {name for source in self.columns.values() for name in source.headings}
        read |= {name for condition in self.where for name in condition.headings}
        read |= set(self.identities.values())
        return tuple(name for name in self.headings if name in read)


def plan_of(
    name: str,
    mapping: TableMapping,
    headings: Sequence[str],
    path: Path,
    settings: SourceSettings,
    *,
    tells_unit: bool = False,
) -> TablePlan:
    """The plan for table `name`, read from a file of these headings; in one of them it may tell its unit.

    Raises `BadSource` for a column that the file does not have or the contract needs, `InvalidSetting` for a
    duration whose clock nobody declared, and `Leakage` for attributes that change and have no date.
    """
    declared = with_attributes(
        declaration(name), [Attribute(each, source.kind) for each, source in mapping.attributes.items()]
    )
    columns, where = wanted(declared, mapping, headings)
    attributes = {
        f"attribute_{each}": ColumnSource(source.column) for each, source in mapping.attributes.items()
    }
    columns = {**columns, **attributes, **({UNIT: ColumnSource(UNIT)} if tells_unit else {})}
    named = f"source.tables.{name}"
    asked = [*_headings((*columns.values(), *where)), *mapping.identities.values()]
    found = locate(dict.fromkeys(asked), headings, path, named)
    business = PRESETS[mapping.preset].business if mapping.preset else frozenset()
    require_clocks(columns, business, settings.business_hours, named)
    plan = TablePlan(
        declared,
        {each: _renamed(source, found) for each, source in columns.items()},
        tuple(_renamed_condition(each, found) for each in where),
        {kind: found[heading] for kind, heading in mapping.identities.items()},
        _conventions(settings, mapping, columns),
        settings.business_hours,
        tuple(headings),
    )
    _require_columns(plan, mapping, path)
    if plan.is_undated:
        refuse_changing_attributes(mapping.attributes, settings.static_attributes)
    return replace(plan, notes=_notes(plan, mapping, path))


def _headings(sources: Iterable[ColumnSource | Condition]) -> list[str]:
    return [name for source in sources for name in source.headings]


def _renamed(source: ColumnSource, found: Mapping[str, str]) -> ColumnSource:
    return replace(
        source,
        column=source.column and found[source.column],
        time=source.time and found[source.time],
        product=tuple(found[factor] for factor in source.product),
    )


def _renamed_condition(condition: Condition, found: Mapping[str, str]) -> Condition:
    return replace(
        condition,
        column=condition.column and found[condition.column],
        any_of=tuple(_renamed_condition(each, found) for each in condition.any_of),
    )


def _conventions(
    settings: SourceSettings, mapping: TableMapping, columns: Mapping[str, ColumnSource]
) -> Conventions:
    """What the source says, where the table's mapping says otherwise, and each of its columns."""
    said = settings.conventions
    overrides = {
        name: ColumnConventions(each.timezone, each.calendar, each.order, each.amount_unit, each.decimal_mark)
        for name, each in columns.items()
    }
    return replace(
        said,
        timezone=mapping.timezone or said.timezone,
        amount_unit=mapping.amount_unit or said.amount_unit,
        calendar=mapping.calendar or said.calendar,
        decimal_mark=mapping.decimal_mark or said.decimal_mark,
        overrides=overrides,
    )


def _require_columns(plan: TablePlan, mapping: TableMapping, path: Path) -> None:
    declared = plan.declared
    missing = [
        name
        for name in declared.required_names
        if name not in plan.columns and (declared.name, name) not in DERIVED
    ]
    if not missing:
        return
    left_out = " Or leave the file out: customers are then derived from orders."
    if mapping.maps:
        problem, remedy = f"source.tables.{declared.name} does not say where", "Map them, too."
        problem = f"{problem} {', '.join(missing)} of {path} come from"
    else:
        problem = f"{path} lacks {', '.join(missing)}"
        remedy = "Name the columns so, or say in source.tables which they are."
    raise BadSource(
        problem,
        allowed=f"the columns {', '.join(declared.names)}",
        given=", ".join(plan.headings),
        remedy=remedy + (left_out if declared.name == CUSTOMERS.name else ""),
    )


def _notes(plan: TablePlan, mapping: TableMapping, path: Path) -> tuple[str, ...]:
    name = plan.declared.name
    notes = []
    unused = [heading for heading in plan.headings if heading not in plan.used]
    if unused:
        said = "is no column" if len(unused) == 1 else "are not columns"
        were = "was" if len(unused) == 1 else "were"
        notes.append(f"{path.name}: {', '.join(unused)} {said} of {name} and {were} not used")
    if mapping.preset is not None and mapping.where is None:
        notes.append(f"{name}: {PRESETS[mapping.preset].note}; source.tables.{name}.where says otherwise")
    notes += [
        f"{name}: {path.name} has no {' and no '.join(each.headings)}, so nothing is left out: {broken(each)}"
        for each in impossible(mapping, plan.headings)
    ]
    if plan.numbers_lines:
        notes.append(
            "orders has no line_id: identical lines were merged, the rest numbered within their order"
        )
    if plan.is_undated:
        notes.append(undated_note(plan.columns))
    return tuple(notes)
