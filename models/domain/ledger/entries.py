"""An entry: what was done, when, why and by whom. It is never changed, and chained to the one before it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter

from models.domain.vocabulary import EntryKind, Purpose

GENESIS = "0" * 64


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a customer's account. Amounts are changes in minor units.

    seq: its place among all entries: an entry that saw another one has the greater number. position: its
    place in the account, from 1. at: the ledger's time, microseconds. reserved_minor, committed_minor: what
    it adds to (below 0: takes from) what is reserved and what is spent. cap_minor, window_days, most_grants,
    cap_inputs: what bound the grant; None on other entries. client: who holds the key that wrote it; actor:
    whom that client names. hash: of all of this and of the hash before it, 64 hexadecimal digits.
    """

    seq: int
    customer_id: str
    position: int
    at: int
    kind: EntryKind
    reservation_id: str
    campaign: str
    segment: str
    purpose: Purpose
    action: str
    reserved_minor: int
    committed_minor: int
    requested_minor: int
    contact_cost_minor: int
    currency: str
    expires_at: int
    cap_minor: int | None
    window_days: int | None
    most_grants: int | None
    cap_inputs: str
    model_version: str
    client: str
    actor: str
    reason: str
    hash: str = ""


HASHED = tuple(field.name for field in fields(Entry) if field.name != "hash")
_HASHED_OF = attrgetter(*HASHED)


def canonical(entry: Entry) -> bytes:
    """Every field but the hash, in the order of `HASHED`, as netstrings: `5:hello,`; `-,` for None.

    No two different entries have the same bytes: each field says how long it is.
    """
    # Each length is that of the text's UTF-8, in bytes: of its letters only where all are ASCII, as most are.
    texts = [None if one is None else str(one) for one in _HASHED_OF(entry)]
    whole = "".join(["-," if one is None else f"{len(one)}:{one}," for one in texts])
    return (whole if whole.isascii() else "".join(map(_netstring, texts))).encode()


def link(previous: str, entry: Entry) -> str:
    """The hash of an entry that follows `previous`: SHA-256 of its 64 digits and the canonical bytes."""
    return hashlib.sha256(previous.encode() + canonical(entry)).hexdigest()


def heads_digest(heads: Iterable[tuple[str, int, str]]) -> str:
    """One hash over (customer_id, entries, head) of all accounts, in the order of the customers' bytes."""
    digest = hashlib.sha256()
    for customer, count, head in sorted(heads, key=lambda one: one[0].encode()):
        digest.update("".join(_netstring(part) for part in (customer, count, head)).encode())
    return digest.hexdigest()


def _netstring(value: object) -> str:
    """Its length is that of its UTF-8, in bytes."""
    if value is None:
        return "-,"
    text = str(value)
    return f"{len(text) if text.isascii() else len(text.encode())}:{text},"
