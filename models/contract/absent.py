"""A declared output that has nothing to say says so: a marker with the reason, never an empty file."""

from pathlib import Path

from models.contract.storage import write_json

MARKER = "absent.json"


def write_absent(folder: Path, what: str, reason: str) -> None:
    """Leave a marker in `folder` that `what` is absent, and why."""
    write_json({"absent": what, "reason": reason}, folder / MARKER)
