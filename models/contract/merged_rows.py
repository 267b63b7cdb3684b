"""What a batch knows of customers and what they were told of since, as one set of rows.

By key: where both have a value the batch's stands, and a told fact fills what is absent. What happened again
since (a complaint reopened, a second resolution) and what a customer says now (a consent) comes after what
the batch knew. Nothing told becomes readable before it was known.
"""

from collections.abc import Sequence

from models.contract.columns import Table
from models.contract.customer_versions import versions
from models.contract.tables import CUSTOMERS, table
from models.contract.told_rows import Row, Rows, key_of, known_of
from models.contract.validation import order_of


def merged(base: Rows, told: Rows) -> Rows:
    """The rows of both, by table, in the order of the contract's files. Neither is changed.

    Told rows that lack what the contract requires and have no row of the batch to add to are left out: they
    wait for the event that tells it.
    """
    return {**base, **{name: _table(name, base.get(name, ()), rows) for name, rows in told.items()}}


def filled(declared: Table, base: Row, told: Row) -> Row:
    """The batch's row with what was told beside it."""
    if len(declared.known_at) == 1:
        return _one_fact(declared, base, told)
    added = {**_dated(declared, base, told), **_apart(declared, base, told)}
    return {**base, **_undated(declared, base, told), **added}


def is_whole(declared: Table, row: Row) -> bool:
    """Whether a row has all that the contract requires."""
    return all(row.get(name) is not None for name in declared.required_names)


def _table(name: str, base: Sequence[Row], told: Sequence[Row]) -> Sequence[Row]:
    declared = table(name)
    if declared.name == CUSTOMERS.name:
        return versions(base, told)
    rows = {key_of(row, declared): row for row in base}
    for row in told:
        key = key_of(row, declared)
        if key in rows:
            rows[key] = filled(declared, rows[key], row)
        elif is_whole(declared, row):
            rows[key] = row
    order = order_of(declared)
    return sorted(rows.values(), key=lambda row: tuple(row[each] for each in order))


def _one_fact(declared: Table, base: Row, told: Row) -> Row:
    """Values that were told as soon as the batch's row was known; later ones would tell its past too much."""
    known, late = known_of(base, declared, declared.event), known_of(told, declared, declared.event)
    if known is None or late is None or late > known:
        return base
    dated = {name for pair in declared.known_at for name in pair}
    return {
        **base,
        **{name: value for name, value in told.items() if _fills(base, name) and name not in dated},
    }


def _dated(declared: Table, base: Row, told: Row) -> Row:
    added: dict[str, object] = {}
    for fact, known in declared.known_at:
        if told.get(fact) is not None and (_fills(base, fact) or _again(declared, fact, base, told)):
            added |= {fact: told[fact], known: told.get(known)}
    return added


def _again(declared: Table, fact: str, base: Row, told: Row) -> bool:
    """Whether a complaint that the batch has settled was reopened since, or one it has reopened settled."""
    if declared.undated_known_with is None or fact not in ("resolved_at", "reopened_at"):
        return False
    reopened = max(_at(base, "reopened_at"), _at(told, "reopened_at"))
    if fact == "resolved_at":
        return _at(base, fact) <= reopened <= _at(told, fact)
    return _at(base, fact) < _at(base, "resolved_at") <= _at(told, fact)


def _apart(declared: Table, base: Row, told: Row) -> Row:
    added: dict[str, object] = {}
    for value, known in declared.known_apart:
        if told.get(value) is not None and _fills(base, value):
            added |= {value: told[value], known: told.get(known)}
    return added


def _undated(declared: Table, base: Row, told: Row) -> Row:
    """Undated values fill a row until the fact that they become known with is known to the batch."""
    fact = declared.undated_known_with
    if fact is not None and not _fills(base, fact):
        return {}
    pairs = (*declared.known_at, *declared.known_apart)
    dated = {name for pair in pairs for name in pair}
    return {name: value for name, value in told.items() if name not in dated and _fills(base, name)}


def _fills(base: Row, name: str) -> bool:
    return base.get(name) is None


def _at(row: Row, fact: str) -> int:
    """An instant, before all others where there is none."""
    at = row.get(fact)
    return at if isinstance(at, int) else -(2**62)
