"""Whether a mapping fits the contract: its tables, its columns, and what a column of a kind may come from."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.contract.columns import Kind, Table
from models.contract.currency import CURRENCY
from models.contract.tables import COMPLAINTS, CUSTOMERS, TABLES, table
from models.domain.errors import InvalidSetting, one_of
from models.domain.money import minor_per_unit
from pipelines.sources.mapping import ColumnSource, TableMapping

CUSTOMER = "customer_id"
DECIMAL_MARKS = (".", ",")

# Settings of a column that make sense for one kind of column alone.
_ONLY_FOR = {
    Kind.INSTANT: ("time", "order", "calendar", "timezone", "after"),
    Kind.MONEY: ("product", "amount_unit"),
}


def check_mapping(name: str, mapping: TableMapping, currency: str) -> None:
    """Raise `InvalidSetting` where the mapping of table `name` does not fit the contract."""
    where = f"source.tables.{name}"
    _known(name, tuple(declared.name for declared in TABLES), "source.tables", "no table of the contract")
    declared = table(name)
    if mapping.timezone is not None:
        require_zone(mapping.timezone, f"{where}.timezone")
    if mapping.decimal_mark is not None:
        require_decimal_mark(mapping.decimal_mark, f"{where}.decimal_mark")
    if mapping.amount_unit is not None:
        minor_per_unit(mapping.amount_unit, currency)
    _only_in(declared, COMPLAINTS, mapping.preset, f"{where}.preset")
    _only_in(declared, CUSTOMERS, mapping.attributes, f"{where}.attributes")
    for column, source in mapping.columns.items():
        _known(column, (*declared.names, CURRENCY), f"{where}.columns", f"no column of {name}")
        if source is not None and column != CURRENCY:
            _check_column(declared, column, source, currency, f"{where}.columns.{column}")


def require_zone(zone: str, where: str) -> None:
    """Raise `InvalidSetting` for a time zone that nobody knows."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidSetting(
            f"`{where}` is not a known time zone",
            allowed="an IANA name such as Europe/London or Asia/Tehran",
            given=zone,
            remedy=f"Correct {where} in params.yaml.",
        ) from error


def require_decimal_mark(mark: str, where: str) -> None:
    """Raise `InvalidSetting` for what cannot stand before a fraction."""
    if mark not in DECIMAL_MARKS:
        raise InvalidSetting(
            f"`{where}` is no decimal mark",
            allowed=one_of(f'"{known}"' for known in DECIMAL_MARKS),
            given=mark,
            remedy=f"Correct {where} in params.yaml.",
        )


def _check_column(declared: Table, name: str, source: ColumnSource, currency: str, where: str) -> None:
    kind = declared.column(name).kind
    for only, settings in _ONLY_FOR.items():
        misplaced = [setting for setting in settings if getattr(source, setting) and kind is not only]
        if misplaced:
            raise InvalidSetting(
                f"`{where}` holds no {only}, so `{misplaced[0]}` has no meaning there",
                given=misplaced[0],
                remedy=f"Remove it from {where} in params.yaml.",
            )
    if source.after is not None:
        instants = [column.name for column in declared.columns if column.kind is Kind.INSTANT]
        others = tuple(instant for instant in instants if instant != name)
        _known(source.after, others, f"{where}.after", "no other instant of the table")
    if source.identity is not None:
        _known(name, (CUSTOMER,), where, "no customer, so nothing to look up by a key")
    if source.amount_unit is not None:
        minor_per_unit(source.amount_unit, currency)
    if source.timezone is not None:
        require_zone(source.timezone, f"{where}.timezone")
    if source.decimal_mark is not None:
        require_decimal_mark(source.decimal_mark, f"{where}.decimal_mark")


def _known(name: str, allowed: tuple[str, ...], where: str, problem: str) -> None:
    if name not in allowed:
        raise InvalidSetting(
            f"`{where}` names {problem}",
            allowed=one_of(allowed),
            given=name,
            remedy=f"Correct {where} in params.yaml.",
        )


def _only_in(declared: Table, owner: Table, setting: object, where: str) -> None:
    if setting and declared is not owner:
        raise InvalidSetting(
            f"`{where}` belongs to {owner.name} alone",
            given=declared.name,
            remedy=f"Remove it, or move it to source.tables.{owner.name}.",
        )
