"""The ledger's history as files: offers as `ingest` reads them, and every entry for a person or an audit."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from models.domain.instants import iso
from models.domain.ledger.entries import Entry
from models.domain.ledger.reservations import Reservation
from models.domain.vocabulary import EntryKind, OfferDesign, Purpose, ReservationState
from serving.ledger import reads
from serving.ledger.store import Redemption, Snapshot

OFFER_COLUMNS = (
    "campaign_id", "customer_id", "assigned_at", "arm", "propensity", "design", "purpose", "face_value_minor",
    "contact_cost_minor", "redeemed_at", "redeemed_known_at", "known_at",
)  # fmt: skip
REDEMPTION_COLUMNS = ("redemption_id", "reservation_id", "amount_minor", "redeemed_at", "known_at")
GIVEN = (ReservationState.RESERVED, ReservationState.COMMITTED, ReservationState.EXPIRED)


@dataclass(frozen=True)
class Exported:
    """Rows of each file, and further offers of a campaign to the same customer, which its table has once."""

    offers: int
    repeated_offers: int
    redemptions: int
    entries: int


@dataclass(frozen=True)
class _Story:
    """When a reservation was made certain and when it was spent, microseconds; None: it was not."""

    given_at: int | None = None
    spent_at: int | None = None


def export(rows: Snapshot, folder: Path) -> Exported:
    """Write offers.csv, redemptions.csv and ledger.csv into a folder. Same ledger, same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    stories: dict[str, _Story] = {}
    entries = _write(folder / "ledger.csv", [one.name for one in fields(Entry)], _ledger(rows, stories))
    redeemed = {one.reservation_id: one for one in reads.redemptions(rows)}
    given = list(_given(rows, stories))
    first: dict[tuple[str, str], Reservation] = {}
    for one in given:
        first.setdefault((one.campaign, one.customer_id), one)
    offers = (_offer(one, stories[one.id], redeemed.get(one.id)) for one in first.values())
    written = _write(folder / "offers.csv", OFFER_COLUMNS, offers)
    redemptions = _write(
        folder / "redemptions.csv", REDEMPTION_COLUMNS, (_redemption(one) for one in redeemed.values())
    )
    return Exported(written, len(given) - written, redemptions, entries)


def _ledger(rows: Snapshot, stories: dict[str, _Story]) -> Iterator[tuple[object, ...]]:
    """Every entry as a line, and on the way what happened to each reservation."""
    for entry in reads.entries(rows):
        before = stories.get(entry.reservation_id, _Story())
        if entry.kind in (EntryKind.RESERVE, EntryKind.APPROVE):
            stories[entry.reservation_id] = _Story(entry.at, before.spent_at)
        elif entry.kind is EntryKind.COMMIT and entry.committed_minor:
            stories[entry.reservation_id] = _Story(before.given_at, entry.at)
        yield tuple(_cell(name, value) for name, value in vars(entry).items())


def _given(rows: Snapshot, stories: Mapping[str, _Story]) -> Iterator[Reservation]:
    """What was offered to somebody: not what was withdrawn, never approved, or owed. Oldest first."""
    for one in reads.reservations(rows, "ORDER BY reserved_at, id"):
        story = stories.get(one.id, _Story())
        if one.state in GIVEN and one.purpose is not Purpose.OWED and story.given_at is not None:
            yield one


def _offer(one: Reservation, story: _Story, redemption: Redemption | None) -> tuple[object, ...]:
    used_at = redemption.redeemed_at if redemption else story.spent_at
    known_at = redemption.known_at if redemption else story.spent_at
    used = used_at is not None and one.committed_minor > one.reversed_minor
    given_at = story.given_at or one.reserved_at
    return (
        one.campaign,
        one.customer_id,
        iso(given_at),
        one.action,
        "",  # whom to offer something was decided elsewhere; the plan's own assignments have propensities
        OfferDesign.TARGETED.value,
        one.purpose.value,
        max(one.reserved_minor - one.contact_cost_minor, 0),
        one.contact_cost_minor,
        iso(max(used_at or 0, given_at)) if used else "",
        iso(max(known_at or 0, used_at or 0, given_at)) if used else "",
        iso(given_at),
    )


def _redemption(one: Redemption) -> tuple[object, ...]:
    return one.id, one.reservation_id, one.amount_minor, iso(one.redeemed_at), iso(one.known_at)


def _cell(name: str, value: object) -> object:
    if name in ("at", "expires_at") and isinstance(value, int):
        return iso(value)
    return "" if value is None else value


def _write(path: Path, heading: Iterable[str], lines: Iterable[tuple[object, ...]]) -> int:
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading)
        for line in lines:
            writer.writerow(line)
            count += 1
    return count
