"""One command inside a transaction: read what stands, decide by the pure rules, write what moved.

Everything here is synchronous and takes its time as an argument: what a test hands in decides all.
"""

import json
import sqlite3
from dataclasses import fields
from operator import attrgetter

from models.domain.instants import DAY
from models.domain.ledger.commands import Approve, Command, Reserve, Write, operation
from models.domain.ledger.decisions import Answer, Decision, Standing, decide
from models.domain.ledger.entries import GENESIS, HASHED, Entry, link
from models.domain.ledger.reservations import Movement, Reservation, budget_names, ended
from models.domain.vocabulary import EntryKind
from serving.ledger.answers import reused, written
from serving.ledger.reads import ENTRY, RESERVATION, reservation_from
from serving.ledger.sqlite.transaction import Batch, Budgets, write_down

_HASHED = attrgetter(*HASHED)
_OF_RESERVATION = attrgetter(*(field.name for field in fields(Reservation)))
_PLACES = ", ".join("?" for _ in fields(Entry))
_INSERT_ENTRY = f"INSERT INTO entry ({ENTRY}) VALUES ({_PLACES})"  # noqa: S608 # our own words
_PUT_RESERVATION = (
    f"INSERT OR REPLACE INTO reservation ({RESERVATION}) "  # noqa: S608 # our own words
    f"VALUES ({', '.join('?' for _ in fields(Reservation))})"
)
_COLUMNS = f"SELECT {RESERVATION} FROM reservation"  # noqa: S608 # our own words
_STANDING = (
    f"{_COLUMNS} WHERE customer_id = ?1 AND state IN ('reserved', 'pending_approval') "
    f"UNION ALL {_COLUMNS} WHERE customer_id = ?1 AND state = 'committed' AND reserved_at > ?2"
)
_NAMED = f"{_COLUMNS} WHERE id = ?"
_DUE = (
    f"{_COLUMNS} WHERE state IN ('reserved', 'pending_approval') AND expires_at <= ? "
    "ORDER BY expires_at, id LIMIT ?"
)


def write(batch: Batch, made: Write) -> tuple[Answer, bool]:
    """Do a command once: its answer, and whether it had been given before. Raises `KeyReused`."""
    scope = (made.client, operation(made.command), made.key)
    kept = batch.connection.execute(
        "SELECT payload, answer FROM idempotency WHERE client = ? AND operation = ? AND key = ?", scope
    ).fetchone()
    if kept:
        if kept[0] != made.asked:
            raise reused(made.key)
        return json.loads(kept[1]), True
    now = batch.now()
    decision = decided(batch.connection, made.command, made.reservation_id, now, batch.budgets)
    for movement in decision.movements:
        move(batch, movement, now, made)
    batch.connection.execute(
        "INSERT INTO idempotency VALUES (?, ?, ?, ?, ?, ?)",
        (*scope, made.asked, written(decision.answer), now),
    )
    return decision.answer, False


def decided(
    connection: sqlite3.Connection, command: Command, id_: str, now: int, budgets: Budgets
) -> Decision:
    """What a command leads to; nothing is written. budgets: read where they are not known yet."""
    customer, named, window, names = _subject(connection, command)
    rows = connection.execute(_STANDING, (customer, now - window * DAY)).fetchall()
    if named and all(row[0] != named for row in rows):
        rows += connection.execute(_NAMED, (named,)).fetchall()
    standing = Standing(now, [reservation_from(row) for row in rows], budgets.know(connection, names))
    return decide(command, id_, standing)


def expire_due(batch: Batch, most: int) -> int:
    """Expire what is due, whoever's it is; how many."""
    now = batch.now()
    due = [reservation_from(row) for row in batch.connection.execute(_DUE, (now, most))]
    for one in due:
        move(batch, ended(one, EntryKind.EXPIRE), now, None)
    return len(due)


def move(batch: Batch, movement: Movement, now: int, made: Write | None) -> None:
    """Append the entry of a movement, and keep what follows from it."""
    after = movement.after
    count, head = batch.connection.execute(
        "SELECT entries, head FROM account WHERE customer_id = ?", (after.customer_id,)
    ).fetchone() or (0, GENESIS)
    entry = _entry(batch, movement, now, made, count + 1)
    linked = link(head, entry)
    batch.connection.execute(_INSERT_ENTRY, (*_HASHED(entry), linked))
    batch.connection.execute(
        "INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?)",
        (after.customer_id, entry.position, linked, now),
    )
    batch.connection.execute(_PUT_RESERVATION, _OF_RESERVATION(after))
    for name in after.budgets:
        batch.budgets.take(name, movement.held_minor)


def set_limit(batch: Batch, budget: str, limit: int | None, actor: str, reason: str) -> None:
    """Give a budget another limit."""
    write_down(batch)
    batch.connection.execute(
        "INSERT INTO budget VALUES (?, 0, ?, 0, 0) "
        "ON CONFLICT DO UPDATE SET allotted_minor = excluded.allotted_minor",
        (budget, limit),
    )
    batch.connection.execute(
        "INSERT INTO budget_change VALUES (?, ?, ?, ?, ?, ?)",
        (batch.next_seq(), batch.now(), budget, limit, actor, reason),
    )


def _subject(connection: sqlite3.Connection, command: Command) -> tuple[str, str, int, tuple[str, ...]]:
    """Whose account a command is about, the reservation it names, its window in days and its budgets."""
    if isinstance(command, Reserve):
        names = budget_names(command.campaign, command.segment)
        return command.customer_id, "", command.window_days, names
    found = connection.execute(
        "SELECT customer_id FROM reservation WHERE id = ?", (command.reservation_id,)
    ).fetchone()
    window = command.window_days if isinstance(command, Approve) else 0
    return found[0] if found else "", command.reservation_id, window, ()


def _entry(batch: Batch, movement: Movement, now: int, made: Write | None, position: int) -> Entry:
    """The entry of a movement, not yet hashed. What is due expires by itself, whatever command it met."""
    after, kind = movement.after, movement.kind
    by = made if kind is not EntryKind.EXPIRE else None
    asked = by.command if by and isinstance(by.command, Reserve | Approve) else None
    return Entry(
        seq=batch.next_seq(),
        customer_id=after.customer_id,
        position=position,
        at=now,
        kind=kind,
        reservation_id=after.id,
        campaign=after.campaign,
        segment=after.segment,
        purpose=after.purpose,
        action=after.action,
        reserved_minor=movement.reserved_minor,
        committed_minor=movement.committed_minor,
        requested_minor=after.requested_minor,
        contact_cost_minor=after.contact_cost_minor,
        currency=batch.currency,
        expires_at=after.expires_at,
        cap_minor=asked.cap_minor if asked else None,
        window_days=asked.window_days if asked and asked.cap_minor is not None else None,
        most_grants=asked.most_grants if isinstance(asked, Reserve) else None,
        cap_inputs=asked.cap_inputs if asked else "",
        model_version=asked.model_version if asked else "",
        client=by.client if by else "",
        actor=by.command.actor if by else "",
        reason=by.command.reason if by else "",
    )
