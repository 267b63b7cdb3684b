"""The registry of this machine: what went live, from which as-of, and why.

`data/registry/history.jsonl` only ever grows; `data/registry/releases/<id>` keeps each release that was
judged. Neither is a DVC output: an experiment or a checkout must never roll them back.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from models.release import copy_release

HISTORY = "history.jsonl"
PIN = "pinned"


@dataclass(frozen=True)
class Entry:
    """One decision about one candidate; `limit` is the log-loss increase that the gate allowed."""

    release_id: str
    as_of: int
    promoted: bool
    reason: str
    champion_before: str | None
    limit: float | None = None


def history(registry: Path) -> tuple[Entry, ...]:
    """Every decision so far, oldest first."""
    path = registry / HISTORY
    if not path.exists():
        return ()
    return tuple(Entry(**json.loads(line)) for line in path.read_text().splitlines())


def champion_id(registry: Path) -> str | None:
    """The release that went live last."""
    promoted = [entry.release_id for entry in history(registry) if entry.promoted]
    return promoted[-1] if promoted else None


def release_folder(registry: Path, release_id: str) -> Path:
    """Where the registry keeps a release."""
    return registry / "releases" / release_id


def keep(registry: Path, release_id: str, release: Path) -> None:
    """Keep a copy of a release; the same id is the same content, so once is enough."""
    folder = release_folder(registry, release_id)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        copy_release(release, folder)


def decided(registry: Path, entry: Entry) -> bool:
    """Whether this very decision was made since the last release went live, or made that one live."""
    return entry in since_last_promotion(history(registry))


def refusal(registry: Path, release_id: str, champion: str, limit: float) -> str | None:
    """Why this candidate was refused beside this champion under this limit; None when it was not."""
    found = [
        entry.reason
        for entry in since_last_promotion(history(registry))
        if not entry.promoted
        and (entry.release_id, entry.champion_before, entry.limit) == (release_id, champion, limit)
    ]
    return found[-1] if found else None


def pinned(registry: Path) -> str | None:
    """The release that a person pinned by rolling back to it; None when the gate decides."""
    path = registry / PIN
    return path.read_text().strip() if path.exists() else None


def pin(registry: Path, release_id: str) -> None:
    """Keep a release live, whatever the gate says of later candidates."""
    unfinished = registry / f"{PIN}.unfinished"
    unfinished.write_text(release_id + "\n")
    unfinished.replace(registry / PIN)


def unpin(registry: Path) -> None:
    """Let the gate decide again."""
    (registry / PIN).unlink(missing_ok=True)


def append(registry: Path, entry: Entry) -> None:
    """Append one decision, once: a killed run that is run again, or a refusal met again, adds nothing."""
    known = history(registry)
    if entry in since_last_promotion(known):
        return
    registry.mkdir(parents=True, exist_ok=True)
    # Written whole beside and swapped, so that a kill can tear no line.
    unfinished = registry / f"{HISTORY}.unfinished"
    lines = [json.dumps(asdict(each), sort_keys=True) + "\n" for each in (*known, entry)]
    unfinished.write_text("".join(lines))
    unfinished.replace(registry / HISTORY)


def since_last_promotion(known: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The last promotion and the refusals after it."""
    last = max((number for number, entry in enumerate(known) if entry.promoted), default=0)
    return known[last:]
