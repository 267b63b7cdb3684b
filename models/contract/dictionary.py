"""The data dictionary, written from the declarations: `python -m models.contract.dictionary`."""

from pathlib import Path

from models.contract.columns import Column, Kind, Table
from models.contract.tables import IDENTITY, PRICE_INDEX, TABLES

PAGE = Path("docs") / "data-dictionary.md"

_INTRODUCTION = """\
# Data dictionary

Written by `python -m models.contract.dictionary` from `models/contract/tables.py`; do not edit it by hand.

Only `orders` is required. Money is whole minor units of `source.currency`; instants are UTC. A column that
the source lacks is absent from the file. A fact without a known-at became known when it happened.
"""

_UNITS = {
    Kind.ID: "text, opaque",
    Kind.INSTANT: "instant, UTC",
    Kind.MONEY: "minor units",
    Kind.INTEGER: "whole number",
    Kind.NUMBER: "number",
    Kind.CATEGORY: "word",
    Kind.BOOLEAN: "true or false",
}


def render() -> str:
    """The whole page as Markdown."""
    return "\n".join([_INTRODUCTION, *(_table(declared) for declared in (*TABLES, IDENTITY, PRICE_INDEX))])


def main() -> None:
    """Write the page, relative to the project's folder."""
    PAGE.write_text(render())


def unit_of(column: Column) -> str:
    """What a column holds, in words."""
    return _UNITS[column.kind]


def allowed_of(column: Column) -> str:
    """The values that a column may hold, in words; nothing where it may hold any."""
    if column.values:
        return _names(column.values)
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}"
    if column.high is not None:
        return f"at most {column.high:g}"
    return f"at least {column.low:g}" if column.low is not None else ""


def _table(declared: Table) -> str:
    need = "required" if declared.required else "optional"
    grain = declared.grain[0].upper() + declared.grain[1:]
    head = [
        f"## {declared.name}",
        "",
        f"{grain}; {need}. Key: {_names(declared.key)}. {_time(declared)}",
        "",
        *_known(declared),
        "| column | holds | needed | allowed | meaning |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(_column(column) for column in declared.columns), ""])


def _time(declared: Table) -> str:
    return f"Event time: `{declared.event}`." if declared.event else "No time: it holds for good."


def _known(declared: Table) -> list[str]:
    dated = [f"`{fact}` with `{known}`" for fact, known in declared.known_at if fact != known]
    if not dated:
        return []
    undated = declared.undated_known_with
    undated_sentence = f" Undated columns become known with `{undated}`" if undated else ""
    undated_sentence += "".join(f", `{value}` not before `{known}`" for value, known in declared.known_apart)
    return [f"Known: {', '.join(dated)}.{undated_sentence}{'.' * bool(undated_sentence)}", ""]


def _column(column: Column) -> str:
    need = "yes" if column.required else ""
    cells = (f"`{column.name}`", unit_of(column), need, allowed_of(column), column.meaning)
    return "| " + " | ".join(cells) + " |"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    main()
