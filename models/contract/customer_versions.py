"""Versions of one customer, or of several, from a batch's whole versions and from changes told since.

The contract reads of a customer the latest version known at a snapshot, so each version must say all that was
known by then: a consent that changes alone must not hide where the customer lives.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Row: TypeAlias = Mapping[str, object]

CUSTOMER, KNOWN = "customer_id", "known_at"


def versions(base: Sequence[Row], changes: Sequence[Row]) -> list[Row]:
    """Whole versions by customer and known_at.

    base: versions of the batch, null where it does not know. changes: what else became known, and when. Of
    each column the value known last counts; known at one instant, the batch's, but a channel that either
    forbids is forbidden.
    """
    told: dict[object, list[Row]] = defaultdict(list)
    for row in changes:
        told[row[CUSTOMER]].append(row)
    known: dict[object, list[Row]] = defaultdict(list)
    for row in base:
        known[row[CUSTOMER]].append(row)
    people = sorted({*told, *known}, key=str)
    return [row for one in people for row in _of_one(known[one], told[one])]


def _of_one(base: Sequence[Row], changes: Sequence[Row]) -> list[Row]:
    if not changes:
        return list(base)
    instants = sorted({_known(row) for row in (*base, *changes)})
    return [_version(base, changes, instant) for instant in instants]


def _version(base: Sequence[Row], changes: Sequence[Row], instant: int) -> Row:
    """What was known at an instant."""
    newest = max((row for row in base if _known(row) <= instant), key=_known, default={})
    found = {**newest, **_first(changes), KNOWN: instant}
    since = {name: _known(newest) for name, value in newest.items() if value is not None}
    for row in sorted(changes, key=_known):
        if _known(row) > instant:
            break
        for name, value in row.items():
            if name not in (CUSTOMER, KNOWN) and _counts(since, name, row):
                found[name], since[name] = value, _known(row)
    return found


def _counts(since: Mapping[str, int], name: str, row: Row) -> bool:
    """Whether a change comes after what is known, or forbids at one instant with it."""
    if name not in since or _known(row) > since[name]:
        return True
    return _known(row) == since[name] and name.startswith("may_contact_") and row[name] is False


def _first(changes: Sequence[Row]) -> Row:
    return {CUSTOMER: changes[0][CUSTOMER]}


def _known(row: Row) -> int:
    known = row[KNOWN]
    if not isinstance(known, int):
        raise TypeError(f"not an instant: {known!r}")
    return known
