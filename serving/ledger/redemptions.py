"""What a shop's till says was redeemed, beside what the ledger says was spent."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.domain.errors import BadSource
from models.domain.instants import to_micros
from models.domain.ledger.commands import Commit, Write
from models.domain.ledger.refusals import LedgerRefusal
from models.domain.ledger.reservations import Reservation
from models.domain.vocabulary import ReservationState
from serving.ledger import reads
from serving.ledger.store import Ledger, Redemption

COLUMNS = ("redemption_id", "reservation_id", "amount_minor", "redeemed_at")
REMEDY = "Correct the line and import again."
CLIENT = "import-redemptions"


@dataclass(frozen=True)
class Imported:
    """What became of redemptions.

    matched: had their commit. committed: were committed now. repeated: were known already. orphans: have no
    reservation that allows them: (redemption, why).
    """

    matched: int
    committed: int
    repeated: int
    orphans: tuple[tuple[str, str], ...]


def read_redemptions(path: Path) -> list[Redemption]:
    """The redemptions of a CSV file with the columns `COLUMNS`.

    Amounts are face values in minor units, instants carry their offset from UTC. Raises `BadSource` with the
    line that is wrong.
    """
    with path.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise BadSource(
                f"{path.name} lacks the columns {', '.join(missing)}",
                allowed=", ".join(COLUMNS),
                remedy="Export the redemptions with these headings.",
            )
        return [_redemption(row, f"{path.name}, line {reader.line_num}") for row in reader]


def import_redemptions(ledger: Ledger, redemptions: Iterable[Redemption]) -> Imported:
    """Match each redemption to a commit; what is still reserved is committed. Safe to run again."""
    counts = {"matched": 0, "committed": 0, "repeated": 0}
    orphans = []
    with ledger.snapshot() as rows:
        known = {one.id for one in reads.redemptions(rows)}
    for one in redemptions:
        if one.id in known:
            counts["repeated"] += 1
            continue
        known.add(one.id)
        became = _match(ledger, one)
        if became in counts:
            counts[became] += 1
            ledger.record(one)
        else:
            orphans.append((one.id, became))
    return Imported(**counts, orphans=tuple(orphans))


def _match(ledger: Ledger, one: Redemption) -> str:
    """'matched', 'committed', or why it is an orphan."""
    with ledger.snapshot() as rows:
        found = reads.reservation(rows, one.reservation_id)
        taken = [other for other in reads.redemptions(rows) if other.reservation_id == one.reservation_id]
    if found is None:
        return f"there is no reservation {one.reservation_id}"
    if taken:
        return f"redemption {taken[0].id} was for the same reservation"
    spent = found.contact_cost_minor + one.amount_minor
    if found.state is ReservationState.RESERVED:
        return _commit(ledger, one, found, spent)
    if found.state is not ReservationState.COMMITTED:
        return f"the reservation is {found.state}"
    if found.committed_minor != spent:
        return f"{found.committed_minor} was committed, and with the contact {spent} was redeemed"
    return "matched"


def _commit(ledger: Ledger, one: Redemption, found: Reservation, spent: int) -> str:
    command = Commit(reservation_id=found.id, amount_minor=spent, actor=CLIENT, reason=f"redemption {one.id}")
    try:
        ledger.write(Write(client=CLIENT, key=one.id, command=command))
    except LedgerRefusal as refused:
        return refused.message
    return "committed"


def _redemption(row: dict[str, str], where: str) -> Redemption:
    try:
        amount = int(row["amount_minor"])
        at = to_micros(datetime.fromisoformat(row["redeemed_at"]))
    except (TypeError, ValueError) as error:
        raise BadSource(f"{where} cannot be read: {error}", remedy=REMEDY) from None
    if amount < 0 or not row["redemption_id"]:
        raise BadSource(f"{where} is no redemption", given=row["redemption_id"], remedy=REMEDY)
    return Redemption(row["redemption_id"], row["reservation_id"], amount, at, at)


def orphan_lines(found: Imported) -> Iterator[str]:
    """A line for each orphan."""
    for name, why in found.orphans:
        yield f"orphan {name}: {why}"
