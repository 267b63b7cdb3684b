"""What was told of a customer after the end of the orders' feed, as if it had become known by that end.

Silence is told from orders, and so it is measured where their feed ends; a consent or a complaint that was
told later counts all the same.
"""

from collections.abc import Iterator, Mapping

from models.contract.columns import Kind
from models.contract.tables import table
from models.contract.told_rows import Row, Rows
from models.contract.validation import MAY_LIE_AHEAD


def known_by(rows: Rows, told: Rows, until: int) -> Rows:
    """Rows whose told instants all lie by `until` (microseconds); later ones keep their order, 1 µs apart.

    rows: what the batch knows together with `told`. Promises may lie ahead, and stay where they are.
    """
    late = sorted({at for at in _instants(told) if at > until}, reverse=True)
    if not late:
        return rows
    moved: dict[object, int] = {at: until - place for place, at in enumerate(late)}
    return {name: [_moved(row, _dated(name), moved) for row in of_table] for name, of_table in rows.items()}


def _moved(row: Row, dated: frozenset[str], moved: Mapping[object, int]) -> Row:
    return {column: moved.get(value, value) if column in dated else value for column, value in row.items()}


def _instants(rows: Rows) -> Iterator[int]:
    for name, of_table in rows.items():
        for column in _dated(name):
            for row in of_table:
                if isinstance(at := row.get(column), int):
                    yield at


def _dated(name: str) -> frozenset[str]:
    """The columns of a table that say when something happened or became known."""
    columns = (column.name for column in table(name).columns if column.kind is Kind.INSTANT)
    return frozenset(each for each in columns if (name, each) not in MAY_LIE_AHEAD)
