"""The registry of this machine: what went live, from which as-of, and why.

`data/registry/history.jsonl` is only ever appended to; `data/registry/releases/<id>` keeps each promoted
release. Neither is a DVC output: an experiment or a checkout must never roll them back.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.release import copy_release

HISTORY = "history.jsonl"


@dataclass(frozen=True)
class Entry:
    """One decision about one candidate."""

    release_id: str
    as_of: int
    promoted: bool
    reason: str
    champion_before: str | None


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


def append(registry: Path, entry: Entry) -> None:
    """Append one decision. The same decision twice in a row (a killed run, run again) is written once."""
    known = history(registry)
    if known and known[-1] == entry:
        return
    registry.mkdir(parents=True, exist_ok=True)
    with (registry / HISTORY).open("a") as stream:
        stream.write(_line(asdict(entry)))


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values, sort_keys=True) + "\n"
