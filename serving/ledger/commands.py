"""`python -m serving ledger …`: what an operator does with the ledger from a shell."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from models.domain.errors import BadSource, InvalidSetting, one_of
from models.domain.money import format_minor
from serving.ledger import reads
from serving.ledger.backups import back_up, restore
from serving.ledger.exports import export
from serving.ledger.opening import open_ledger, reading_ledger
from serving.ledger.redemptions import import_redemptions, orphan_lines, read_redemptions
from serving.ledger.revision import HEAD, OF_TABLES
from serving.ledger.store import Snapshot
from serving.ledger.verification import verify

DONE, FOUND = 0, 1


def run(url: str, words: Sequence[str]) -> int:
    """Run one command on the ledger at a URL; 0, or 1 where something was found that a person should see.

    Raises `InvalidSetting` for a command that there is not, and what the commands raise.
    """
    name, *rest = words or [""]
    if name not in _COMMANDS or len(rest) != _COMMANDS[name][1]:
        raise InvalidSetting(
            "this is no command of the ledger", allowed=one_of(_USAGE), given=" ".join(words) or None
        )
    return _COMMANDS[name][0](url, *rest)


def _verify(url: str) -> int:
    with reading_ledger(url) as rows:
        _check_tables(rows)
        verdict = verify(rows)
        currency = reads.setting(rows, "currency")
    for finding in verdict.findings:
        _say(finding)
    owed = sum(verdict.liability_minor.values())
    reserved = format_minor(owed, currency) if currency else str(owed)
    _say(
        f"{verdict.entries} entries, {verdict.accounts} accounts, {verdict.reservations} reservations, "
        f"{reserved} reserved; heads {verdict.digest}; {len(verdict.findings)} findings"
    )
    return FOUND if verdict.findings else DONE


def _check_tables(rows: Snapshot) -> None:
    """Raise `BadSource` for tables that an older version made: what they keep is another thing."""
    made = next(rows(OF_TABLES, ()), None)
    if made != (HEAD,):
        raise BadSource(
            "the ledger's tables are those of another version",
            allowed=HEAD,
            given=made[0] if made else None,
            remedy="Start the server once: it brings them up to date.",
        )


def _import(url: str, file: str) -> int:
    redemptions = read_redemptions(Path(file))
    ledger = open_ledger(url)
    try:
        found = import_redemptions(ledger, redemptions)
    finally:
        ledger.close()
    for line in orphan_lines(found):
        _say(line)
    _say(
        f"{found.matched} matched, {found.committed} committed now, {found.repeated} known already, "
        f"{len(found.orphans)} orphans"
    )
    return FOUND if found.orphans else DONE


def _export(url: str, folder: str) -> int:
    with reading_ledger(url) as rows:
        done = export(rows, Path(folder))
    _say(
        f"{done.offers} offers ({done.repeated_offers} more to the same customer of a campaign left out), "
        f"{done.redemptions} redemptions, {done.entries} entries in {folder}"
    )
    return DONE


def _backup(url: str, file: str) -> int:
    with reading_ledger(url) as rows:
        copied = back_up(rows, Path(file))
    _say(f"{copied} rows in {file}")
    return DONE


def _restore(url: str, file: str) -> int:
    restore(Path(file), url)
    return _verify(url)


def _anchor(url: str) -> int:
    ledger = open_ledger(url)
    try:
        made = ledger.anchor()
    finally:
        ledger.close()
    _say(f"anchor at {made.seq}: heads {made.digest}" if made else "nothing new since the last anchor")
    return DONE


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


_COMMANDS: Mapping[str, tuple[Callable[..., int], int]] = {
    "verify": (_verify, 0),
    "import-redemptions": (_import, 1),
    "export": (_export, 1),
    "backup": (_backup, 1),
    "restore": (_restore, 1),
    "anchor": (_anchor, 0),
}
_USAGE = (
    "verify", "import-redemptions FILE", "export FOLDER", "backup FILE", "restore FILE", "anchor"
)  # fmt: skip
