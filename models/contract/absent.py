"""A declared output that has nothing to say says so: a marker with the reason, never an empty file."""

from pathlib import Path

from models.contract.storage import read_json, write_json

MARKER = "absent.json"


def write_absent(folder: Path, what: str, reason: str) -> None:
    """Leave a marker in `folder` that `what` is absent, and why."""
    write_json({"absent": what, "reason": reason}, folder / MARKER)


def absent_reason(folder: Path) -> str | None:
    """Why the output in `folder` is absent; None when it is there."""
    marker = folder / MARKER
    return str(read_json(marker)["reason"]) if marker.exists() else None
