"""What a race did to the ledger: its entries in the order of commits, beside all that clients were told."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from models.domain.ledger.reservations import budget_names
from models.domain.vocabulary import EntryKind, Purpose
from serving.ledger import reads
from serving.ledger.store import Snapshot
from serving.ledger.verification import verify
from tests.ledger_race import moved
from tests.money_race.clients import Answered
from tests.money_race.commands import Race, command_of

GRANTS = (EntryKind.RESERVE, EntryKind.REQUEST)
TOLD = (
    "reservation_id", "state", "requested_minor", "granted_minor", "held_minor", "committed_minor",
    "reversed_minor", "limiting_constraint",
)  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """Of a race: entries that overspent, answered writes that are not there, effects beyond one, and what
    `verify` found; a sentence each.
    """

    entries: int
    overspent: tuple[str, ...]
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """All that is wrong."""
        return (*self.overspent, *self.lost, *self.doubled, *self.findings)


def judge(race: Race, answers: Sequence[Answered], rows: Snapshot) -> Judgement:
    """Judge what clients were told by what the ledger holds now."""
    entries = list(reads.entries(rows))
    kept = _kept(rows)
    moved = Counter((one.reservation_id, one.kind.value) for one in entries if one.kind != EntryKind.EXPIRE)
    promised = Counter(_effect(operation, told) for (_, operation, _), told in kept.items() if _moves(told))
    return Judgement(
        entries=len(entries),
        overspent=tuple(overspent(entries, list(reads.limit_changes(rows)))),
        lost=(*_lost(race, answers, kept), *_differences("no entry of", promised - moved)),
        doubled=(*_told_twice(answers), *_differences("an entry too many of", moved - promised)),
        findings=tuple(verify(rows).findings),
    )


def _kept(rows: Snapshot) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the ledger says again when it is asked again, by client, operation and key."""
    sql = "SELECT client, operation, key, answer FROM idempotency"
    return {(client, what, key): json.loads(answer) for client, what, key, answer in rows(sql, ())}


def _moves(told: dict[str, Any]) -> bool:
    return "refused" not in told and told["state"] != "refused" and moved(told)


def _effect(operation: str, told: dict[str, Any]) -> tuple[str, str]:
    pending = operation == "reserve" and told["state"] == "pending_approval"
    return told["reservation_id"], "request" if pending else operation


def overspent(entries: Sequence[Any], limits: Iterable[Any]) -> Iterable[str]:
    """Grants beyond a limit by plain sums in the order of commits; nothing is as old as a window."""
    in_force: dict[str, int | None] = {}
    taken: dict[str, int] = defaultdict(int)
    for one in sorted([*entries, *limits], key=lambda one: one.seq):
        if hasattr(one, "limit_minor"):
            in_force[one.budget] = one.limit_minor
            continue
        if one.purpose is Purpose.OWED:
            continue
        budgets = budget_names(one.campaign, one.segment)
        for name in (*budgets, one.customer_id):
            taken[name] += one.reserved_minor + one.committed_minor
        if one.kind in GRANTS:
            limits_of = {name: in_force.get(name) for name in budgets} | {one.customer_id: one.cap_minor}
            for name, limit in limits_of.items():
                if limit is not None and taken[name] > limit:
                    yield f"entry {one.seq}: {name} had {limit} and got {taken[name]}"


def _lost(race: Race, answers: Iterable[Answered], kept: dict[Any, dict[str, Any]]) -> Iterable[str]:
    for one in answers:
        asked = command_of(race, one.number)
        client = race.head if asked.by_head else race.agent
        there = kept.get((client, asked.operation, asked.key))
        if there is None:
            yield f"command {one.number}: nothing is kept of its answer"
        elif not one.refused and [there.get(name) for name in TOLD] != [one.told[name] for name in TOLD]:
            yield f"command {one.number}: told {one.told}, kept {there}"
        elif bool(one.refused) != ("refused" in there):
            yield f"command {one.number}: told {one.refused or 'done'}, kept {there}"


def _told_twice(answers: Iterable[Answered]) -> Iterable[str]:
    new, first = Counter[int](), dict[int, object]()
    for one in answers:
        new[one.number] += one.told.get("repeated") is False
        plain = one.refused or {name: one.told[name] for name in TOLD}
        if first.setdefault(one.number, plain) != plain:
            yield f"command {one.number}: told {first[one.number]} and {plain}"
    yield from (f"command {number}: done anew {times} times" for number, times in new.items() if times > 1)


def _differences(what: str, beyond: Counter[tuple[str, str]]) -> Iterable[str]:
    return (f"{what} {name}: {kind} ({times})" for (name, kind), times in beyond.items())
