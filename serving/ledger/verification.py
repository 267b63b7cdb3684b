"""Whether all that a ledger keeps follows from its entries, and whether these follow from one another."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.domain.ledger.replay import Books, liability, replay
from models.domain.vocabulary import Purpose
from serving.ledger import reads
from serving.ledger.store import Snapshot


@dataclass(frozen=True)
class Verdict:
    """What was looked at, and everything that is wrong. liability_minor: reserved and not spent, by purpose.

    digest: the hash of all accounts' heads; kept elsewhere, it proves later that history was not rewritten.
    """

    entries: int
    accounts: int
    reservations: int
    liability_minor: Mapping[Purpose, int]
    digest: str
    findings: tuple[str, ...]


def verify(rows: Snapshot) -> Verdict:
    """Derive every balance again, and check chains, anchors, rules, and that answered writes are there."""
    books = replay(reads.entries(rows), reads.limit_changes(rows), reads.anchors(rows))
    findings = [*books.findings, *_accounts(rows, books), *_reservations(rows, books), *_budgets(rows, books)]
    return Verdict(
        entries=books.entries,
        accounts=len(books.accounts),
        reservations=len(books.reservations),
        liability_minor=liability(books.reservations.values()),
        digest=books.digest,
        findings=(*findings, *_answers(rows, books)),
    )


def _accounts(rows: Snapshot, books: Books) -> Iterator[str]:
    kept = {name: (entries, head) for name, entries, head in reads.heads(rows)}
    derived = {name: (one.entries, one.head) for name, one in books.accounts.items()}
    for name in sorted(kept.keys() | derived.keys()):
        if kept.get(name) != derived.get(name):
            yield f"account {name}: its kept head is not that of its last entry"


def _reservations(rows: Snapshot, books: Books) -> Iterator[str]:
    seen = set()
    for one in reads.reservations(rows):
        seen.add(one.id)
        if books.reservations.get(one.id) != one:
            yield f"reservation {one.id}: it is kept otherwise than its entries say"
    for missing in sorted(books.reservations.keys() - seen):
        yield f"reservation {missing}: it has entries and is not kept"


def _budgets(rows: Snapshot, books: Books) -> Iterator[str]:
    kept = {one.name: (one.limit_minor, one.held_minor) for one in reads.budgets(rows)}
    for name in sorted(kept.keys() | books.held.keys() | books.limits.keys()):
        derived = (books.limits.get(name), books.held.get(name, 0))
        if kept.get(name, (None, 0)) != derived:
            yield f"budget {name}: kept {kept.get(name)}, and the entries come to {derived}"


def _answers(rows: Snapshot, books: Books) -> Iterator[str]:
    for client, key, answer in rows("SELECT client, key, answer FROM idempotency", ()):
        made = json.loads(answer).get("reservation_id")
        if made is not None and made not in books.reservations:
            yield f"key {key} of {client}: its answer names reservation {made}, which has no entry"
