"""Delimited files as batches of text: nothing is guessed here, and nothing is lost.

A line with more or fewer values than the heading is kept as it stands, in the column `_line`, between the
rows among which it was found; whoever takes the rows refuses it.
"""

import csv
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from models.domain.errors import BadSource
from pipelines.sources.headings import columns_called, named, require_several
from pipelines.sources.mapping import Encoding
from pipelines.sources.text_stream import SHOWN_CHARACTERS, Utf8Stream

# Ways in which exports write that there is no value.
NOTHING = (
    "", "NULL", "Null", "null", "NaN", "nan", "None", "none", "N/A", "n/a", "#N/A", "-",
    "\N{EN DASH}", "\N{EM DASH}",
)  # fmt: skip
# The contract's word for the arm that got nothing, and what says that there is nothing where it is a word.
NONE = "none"
NOTHING_ELSE = tuple(word for word in NOTHING if word != NONE)

# The column that holds a line whose values could not be told apart.
LINE = "_line"

# A value that is longer than this is taken for a quotation mark that nobody closed.
BLOCK_BYTES = 1 << 23

_FILE_ERRORS = (OSError, EOFError, zlib.error, csv.Error, pa.ArrowInvalid)


def read_batches(
    path: Path, delimiter: str = ",", encoding: Encoding = Encoding.UTF_8, worded: Iterable[str] = ()
) -> Iterator[pa.RecordBatch]:
    """All columns of a delimited file (plain or .gz) as text and `_line`; at least one batch, however empty.

    Nulls where there is nothing; in the columns that somebody calls `worded`, `none` is a word. Quoted values
    may hold delimiters and newlines; empty lines are skipped.
    Raises `BadSource` for a file that is missing, cut short, of another encoding, or without clear headings.
    """
    try:
        names, lines = _heading(path, delimiter, encoding)
        with Utf8Stream(path, encoding) as stream:
            yield from _batches(path, stream, names, lines, delimiter, worded=columns_called(worded, names))
    except _FILE_ERRORS as error:
        raise _unreadable(path, error) from error


def read_text(path: Path) -> pa.Table:
    """A whole CSV in UTF-8 with commas, as `read_batches` gives it, without `_line`.

    Raises `BadSource` for a line that is not as long as the heading.
    """
    table = pa.Table.from_batches(read_batches(path)).combine_chunks()
    ragged = table[LINE].drop_null()
    if len(ragged):
        raise BadSource(
            f"{path} cannot be read as CSV: {len(ragged):,} lines have more or fewer values than the heading",
            allowed=f"{table.num_columns - 1} values on every line",
            given=ragged[0].as_py(),
            remedy="Export the file again, or mend these lines.",
        )
    return table.drop_columns(LINE)


def _heading(path: Path, delimiter: str, encoding: Encoding) -> tuple[tuple[str, ...], int]:
    """The names of the columns, and how many lines of the file they take."""
    with Utf8Stream(path, encoding) as stream:
        text = io.TextIOWrapper(io.BufferedReader(stream), encoding="utf-8-sig", newline="")
        rows = csv.reader(text, delimiter=delimiter)
        names = next((tuple(row) for row in rows if row), ())
    if not names:
        raise BadSource(
            f"{path} is empty", allowed="a line of headings, then rows", remedy="Export the file again."
        )
    require_several(path, names, delimiter)
    return named(path, names), rows.line_num


def _batches(
    path: Path,
    stream: Utf8Stream,
    names: tuple[str, ...],
    skipped: int,
    delimiter: str,
    *,
    worded: frozenset[str],
) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([(name, pa.string()) for name in (*names, LINE)])
    waiting: list[pacsv.InvalidRow] = []  # filled while the reader parses, ahead of what it hands over
    before, whole_rows, last = skipped, 0, pa.RecordBatch.from_pylist([], schema)
    nothing = NOTHING_ELSE if worded else NOTHING
    for read in _open(stream, names, skipped, delimiter, waiting, nothing=nothing):
        whole = _none_is_nothing(read, worded) if worded else read
        due = _due(waiting, before + whole.num_rows)
        last = _in_order(whole, due, before, schema)
        before, whole_rows = before + last.num_rows, whole_rows + whole.num_rows
        yield last
    if waiting and not whole_rows:
        raise _no_line_fits(path, names, waiting)
    _refuse_open_quote(path, stream.quotes, last, waiting)
    if waiting or not whole_rows:
        yield _in_order(_empty(names), waiting, before, schema)


def _open(
    stream: Utf8Stream,
    names: tuple[str, ...],
    skipped: int,
    delimiter: str,
    ragged: list[pacsv.InvalidRow],
    *,
    nothing: Sequence[str],
) -> pacsv.CSVStreamingReader:
    def keep(row: pacsv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    return pacsv.open_csv(
        io.BufferedReader(stream),
        read_options=pacsv.ReadOptions(
            use_threads=False, block_size=BLOCK_BYTES, column_names=names, skip_rows=skipped
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=keep
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=list(nothing),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )


def _none_is_nothing(rows: pa.RecordBatch, worded: frozenset[str]) -> pa.RecordBatch:
    """The rows with null for `none` in all columns but the worded."""
    columns = [
        rows[name] if name in worded else pc.if_else(pc.equal(rows[name], NONE), None, rows[name])
        for name in rows.schema.names
    ]
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)


def _due(waiting: list[pacsv.InvalidRow], until: int) -> list[pacsv.InvalidRow]:
    """Take the rows that stand before or right behind those handed over, the last of which is `until`."""
    due: list[pacsv.InvalidRow] = []
    while waiting and waiting[0].number <= until + len(due) + 1:
        due.append(waiting.pop(0))
    return due


def _in_order(
    whole: pa.RecordBatch, ragged: list[pacsv.InvalidRow], before: int, schema: pa.Schema
) -> pa.RecordBatch:
    """Whole rows and ragged ones as they stand in the file, behind the row of number `before`."""
    nothing = pa.nulls(whole.num_rows, pa.string())
    rows = pa.RecordBatch.from_arrays([*whole.columns, nothing], schema=schema)
    if not ragged:
        return rows
    lines = [{LINE: row.text} for row in ragged]
    both = pa.concat_batches([rows, pa.RecordBatch.from_pylist(lines, schema)])
    places = [row.number - before - 1 - earlier for earlier, row in enumerate(ragged)]
    order = np.insert(np.arange(whole.num_rows), places, np.arange(whole.num_rows, both.num_rows))
    return both.take(pa.array(order))


def _empty(names: tuple[str, ...]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], pa.schema([(name, pa.string()) for name in names]))


def _no_line_fits(path: Path, names: tuple[str, ...], ragged: list[pacsv.InvalidRow]) -> BadSource:
    return BadSource(
        f"{path}: the heading names {len(names)} columns, and no line has as many values",
        allowed="as many values on a line as the heading names",
        given=f"{ragged[0].actual_columns} values in line {ragged[0].number:,}: {ragged[0].text:.80}",
        remedy="Give every column a heading, or set the `delimiter` of this file in source.tables.",
    )


def _refuse_open_quote(
    path: Path, quotes: int, last: pa.RecordBatch, waiting: list[pacsv.InvalidRow]
) -> None:
    """A mark that opens and never closes swallows all lines behind it: the last row then spans lines."""
    rows = last.slice(max(0, last.num_rows - 1)).to_pylist()
    values = [waiting[-1].text] if waiting else [value for row in rows for value in row.values() if value]
    if quotes % 2 and any("\n" in value for value in values):
        raise _open_quote(path, max(values, key=len))


def _open_quote(path: Path, given: str | None = None) -> BadSource:
    return BadSource(
        f"{path}: a quotation mark opens a value and never closes it, so nobody can tell the lines behind it",
        allowed=f'quotes in pairs, doubled ("") within a value, and values of up to {BLOCK_BYTES >> 20} MB',
        given=given and given[:SHOWN_CHARACTERS],
        remedy="Mend that line, or export the file again.",
    )


def _unreadable(path: Path, error: Exception) -> BadSource:
    if "straddl" in str(error):
        return _open_quote(path)
    return BadSource(
        f"{path} cannot be read as CSV: {str(error).splitlines()[0]}",
        allowed="text with one heading line, plain or .gz",
        remedy="Export or copy the file again.",
    )
