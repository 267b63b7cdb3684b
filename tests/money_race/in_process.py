"""Races without HTTP: 64 threads at one ledger, thousands of writes a second."""

import time

from models.domain.vocabulary import EntryKind
from serving.ledger import reads
from serving.ledger.opening import open_ledger
from serving.ledger.verification import verify
from tests.ledger_race import disagreements, effects, limit_all, race
from tests.money_race.checker import Judgement, overspent
from tests.money_race.races import Outcome

COPIES = 2


def race_in_process(url: str, kind: str, operations: int) -> Outcome:
    """Send so many writes to the empty ledger at a URL, every command twice."""
    ledger = open_ledger(url, "EUR")
    limit_all(ledger)
    begun = time.monotonic()
    answers = race(ledger, kind, "soak", operations // COPIES, copies=COPIES)
    took = time.monotonic() - begun
    with ledger.snapshot() as rows:
        entries, limits = list(reads.entries(rows)), list(reads.limit_changes(rows))
        findings = verify(rows).findings
    ledger.close()
    moved, promised = sum(one.kind is not EntryKind.EXPIRE for one in entries), effects(answers)
    judgement = Judgement(
        entries=len(entries),
        overspent=tuple(overspent(entries, limits)),
        lost=(f"{promised - moved} effects have no entry",) if promised > moved else (),
        doubled=(
            *([f"{moved - promised} entries too many"] if moved > promised else []),
            *(f"command {number}: answered in two ways" for number in disagreements(answers)),
        ),
        findings=tuple(findings),
    )
    name = f"in process, {kind}, {url.partition(':')[0]}"
    return Outcome(name, len(answers), len(answers), 0, 0, took, {}, judgement)
