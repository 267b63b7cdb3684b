"""What told events say, as rows of the contract's tables: some are whole, some tell one fact of a row.

Whatever the order in which events came, and however often, the same events make the same rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from models.contract.columns import Table
from models.contract.tables import table
from models.contract.told_event_types import KNOWN_AT, LINES
from models.contract.told_events import ToldEvent
from models.contract.validation import PROMISES

Row: TypeAlias = Mapping[str, object]
Rows: TypeAlias = Mapping[str, Sequence[Row]]
"""By contract table, rows by contract column: instants int µs, money int minor units; absent is null."""

CUSTOMER = "customer_id"

# Of several tellings the first instant counts; of all other facts, which may recur, the last.
HAPPEN_ONCE = frozenset({"opened_at", "first_response_at", "redeemed_at"})


def rows_of(events: Iterable[ToldEvent]) -> Rows:
    """The rows that events tell, by table, each key once and in order of its key.

    A row may lack what no event told, even what the contract requires: `merged` puts it beside the batch's.
    Rows of `customers` hold only what changed at their known_at.
    """
    pieces: dict[str, dict[tuple[object, ...], list[Row]]] = defaultdict(lambda: defaultdict(list))
    once = {event.event_id: event for event in events}.values()
    for event in sorted(once, key=lambda each: (each.known_at, each.event_id)):
        for row in rows_of_one(event):
            pieces[event.type.table.name][key_of(row, event.type.table)].append(row)
    return {
        name: [together(table(name), of_key) for _, of_key in sorted(by_key.items(), key=_by_key)]
        for name, by_key in sorted(pieces.items())
    }


def rows_of_one(event: ToldEvent) -> list[Row]:
    """The rows of one event. What happened within the skew of a clock ahead happened when it became known."""
    declared, happened = event.type.table, event.type.happened
    said = {name: value for name, value in event.said.items() if name not in (LINES, KNOWN_AT.name)}
    at = said.get(happened) if happened else None
    if isinstance(at, int):
        said[str(happened)] = min(at, event.known_at)
    told = {name: value for name, value in said.items() if name in _columns(declared)}
    dated = {CUSTOMER: event.customer_id, **told, **_known(declared, told, event.known_at)}
    lines = event.said.get(LINES)
    if not isinstance(lines, Sequence) or isinstance(lines, str):
        return [dated]
    return [{**dated, **line} for line in lines]


def key_of(row: Row, declared: Table) -> tuple[object, ...]:
    """Whose row it is and which: an event never touches another customer's row."""
    return (row[CUSTOMER], *(row[name] for name in declared.key))


def known_of(row: Row, declared: Table, fact: str) -> int | None:
    """When a fact of a row became known: its known-at, else when it happened; None where it has not."""
    known = row.get(dict(declared.known_at)[fact])
    at = row.get(fact) if known is None else known
    return at if isinstance(at, int) and row.get(fact) is not None else None


def together(declared: Table, rows: Sequence[Row]) -> Row:
    """One row of those that share a key, in the order in which they became known."""
    if len(rows) == 1:
        return rows[0]
    if declared.event == KNOWN_AT.name:  # changes of a customer at one instant
        return _changes(rows)
    return _by_fact(declared, rows) if len(declared.known_at) > 1 else _newest(declared, rows)


def without_late_words(declared: Table, row: Row, told_at: Mapping[str, int]) -> Row:
    """The row without undated values that were told only after the fact that they become known with."""
    fact = declared.undated_known_with
    until = known_of(row, declared, fact) if fact else None
    if until is None:
        return row
    return {name: value for name, value in row.items() if told_at.get(name, until) <= until}


def _by_fact(declared: Table, rows: Sequence[Row]) -> Row:
    """Each fact with its known-at; of undated values the one told last."""
    apart = dict(declared.known_apart)
    dated = {name for pair in declared.known_at for name in pair} | {*apart, *apart.values()}
    found: dict[str, object] = {}
    told_at: dict[str, int] = {}
    for row in rows:
        words = {name: value for name, value in row.items() if name not in dated}
        found |= words
        told_at |= dict.fromkeys(words, _told_at(declared, row))
    for fact, known in declared.known_at:
        having = [row for row in rows if row.get(fact) is not None]
        if having:
            chosen = _chosen(declared, fact, having)
            found |= {fact: chosen[fact], known: chosen[known]}
    for value, known in declared.known_apart:
        having = [row for row in rows if row.get(value) is not None]
        found |= {name: having[-1][name] for name in (value, known) if having}
    keys = dict.fromkeys((CUSTOMER, *declared.key), 0)
    return without_late_words(declared, found, {**told_at, **keys})


def _chosen(declared: Table, fact: str, rows: Sequence[Row]) -> Row:
    if (declared.name, fact) in PROMISES:
        return rows[-1]
    at = [(_whole(row[fact]), _whole(known_of(row, declared, fact))) for row in rows]
    if fact in HAPPEN_ONCE:
        return rows[at.index(min(at))]
    last = max(instant for instant, _ in at)
    return rows[at.index(min(each for each in at if each[0] == last))]


def _newest(declared: Table, rows: Sequence[Row]) -> Row:
    """The row told last, known since it was first told like this."""
    _, known = declared.known_at[0]
    last = _without(rows[-1], known)
    return next(row for row in rows if _without(row, known) == last)


def _changes(rows: Sequence[Row]) -> Row:
    """All changes of one instant; where a channel is both allowed and forbidden, it is forbidden."""
    found: dict[str, object] = {}
    for row in rows:
        found |= {name: value for name, value in row.items() if not _allows_again(found, name)}
    return found


def _allows_again(found: Row, name: str) -> bool:
    return name.startswith("may_contact_") and found.get(name) is False


def _told_at(declared: Table, row: Row) -> int:
    """When the event of a partial row was told: all that it tells became known at once."""
    pairs = (*declared.known_at, *declared.known_apart)
    return next(_whole(row[known]) for fact, known in pairs if row.get(fact) is not None)


def _known(declared: Table, told: Row, known_at: int) -> Row:
    """The known-at of each fact that an event tells."""
    pairs = (*declared.known_at, *declared.known_apart)
    return {known: known_at for fact, known in pairs if fact in told or fact == known}


def _columns(declared: Table) -> frozenset[str]:
    return frozenset(declared.names)


def _by_key(entry: tuple[tuple[object, ...], list[Row]]) -> tuple[str, ...]:
    return tuple(f"{part:020}" if isinstance(part, int) else str(part) for part in entry[0])


def _without(row: Row, name: str) -> Row:
    return {each: value for each, value in row.items() if each != name}


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"not an instant: {value!r}")
    return value
