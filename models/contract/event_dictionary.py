"""The types of events in words: `python -m models.contract.event_dictionary` writes them down."""

from pathlib import Path

from models.contract.columns import Column
from models.contract.dictionary import allowed_of, unit_of
from models.contract.told_event_types import COMMON, EventType, event_types

PAGE = Path("docs") / "event-types.md"

_INTRODUCTION = """\
# Types of events

Written by `python -m models.contract.event_dictionary` from `models/contract/told_event_types.py`; do not
edit it by hand. [events.md](events.md) shows how events are told.

An instant has a date and a time, `2026-03-01T14:05:00+01:00`; without an offset it is the shop's local time.
Money is whole minor units. A field that is `null` is absent; a field that is not listed is refused.
Attributes that your business keeps of customers are fields `attribute_<name>` of `customer.upserted`.
"""


def render() -> str:
    """The whole page as Markdown."""
    common = _table(COMMON)
    return "\n".join([_INTRODUCTION, "## Every event", "", *common, *map(_type, event_types().values()), ""])


def main() -> None:
    """Write the page, relative to the project's folder."""
    PAGE.write_text(render())


def _type(declared: EventType) -> str:
    head = ["", f"## {declared.name}", "", f"{declared.meaning} Table: `{declared.table.name}`.", ""]
    lines = ["", "`lines`, 1 or more, each with", "", *_table(declared.lines)] if declared.lines else []
    return "\n".join([*head, *_table(declared.fields), *lines])


def _table(columns: tuple[Column, ...]) -> list[str]:
    return ["| field | holds | needed | allowed | meaning |", "|---|---|---|---|---|", *map(_row, columns)]


def _row(column: Column) -> str:
    need = "yes" if column.required else ""
    cells = (f"`{column.name}`", unit_of(column), need, allowed_of(column), column.meaning)
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
