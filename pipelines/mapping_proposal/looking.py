"""A first look at a file: how it is written, and what its columns hold."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.domain.errors import BadSource, one_of
from pipelines.mapping_proposal.contents import Contents, contents_of
from pipelines.mapping_proposal.delimiters import delimiter_of, heading_row, rows_of
from pipelines.mapping_proposal.encodings import encoding_of
from pipelines.mapping_proposal.samples import WHOLE_BYTES, pieces_of, whole_lines, write_sample
from pipelines.mapping_proposal.tallies import Tallies, is_status, tallied
from pipelines.sources.csv_text import LINE
from pipelines.sources.mapping import Encoding
from pipelines.sources.reading import ENDINGS, SHEET_ENDINGS, FileFormat, read_file

# Rows that are looked at: the first, and as many from the middle and from the end.
FIRST_ROWS = 5_000
OTHER_ROWS = 500
# Text files of up to so many bytes are read through for the values of their status columns.
TALLIED_BYTES = 500_000_000
# Characters enough to tell how lines are parted.
TELLING_CHARACTERS = 500_000


@dataclass(frozen=True)
class Looked:
    """One file (or one sheet of it) as it presents itself.

    name: relative to the folder of the source. columns: of the rows looked at. rows: how many there are,
    about so many unless `exact`. ragged: lines that do not part into as many values as there are headings.
    tallies: the status columns' values over all rows, of files short enough to read for that. others: names
    of files with the same headings, which are looked at as one with it.
    """

    name: str
    columns: tuple[Contents, ...]
    rows: int
    exact: bool = True
    ragged: int = 0
    encoding: Encoding | None = None
    delimiter: str | None = None
    sheet: str | None = None
    tallies: Tallies = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The file, the sheet where it has several, and how many files are one with it."""
        if self.others:
            return f"{self.name} and {len(self.others)} like it"
        return f"{self.name} (sheet {self.sheet})" if self.sheet else self.name

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings in order."""
        return tuple(contents.heading for contents in self.columns)

    def column(self, heading: str) -> Contents:
        """The column with that heading. Raises `KeyError`."""
        return {contents.heading: contents for contents in self.columns}[heading]


def files_among(given: Sequence[Path]) -> tuple[Path, ...]:
    """Every file given, and every file that can be read in the folders given. Raises `BadSource` for none."""
    found = [file for path in given for file in ([path] if path.is_file() else _readable(path))]
    if not found:
        raise BadSource(
            "there is no file to look at",
            allowed=f"files that end in {one_of(ENDINGS)}, or folders of them",
            given=", ".join(map(str, given)) or "nothing",
            remedy='For example: make map FILES="sales.csv tickets.csv"',
        )
    return tuple(dict.fromkeys(found))


def look_at(path: Path, name: str, rehearsal: Path) -> tuple[Looked, ...]:
    """Look at one file, and put it (or a sample of a long one) into the folder `rehearsal` as `name`.

    A spreadsheet is looked at sheet by sheet. Raises `BadSource` for a file that cannot be read.
    """
    target = rehearsal / name
    target.parent.mkdir(parents=True, exist_ok=True)
    ending = path.name.lower()
    if not ending.endswith(ENDINGS):
        raise BadSource(f"{path.name} is not read", allowed=one_of(ENDINGS), remedy="Export it as CSV UTF-8.")
    if ending.endswith(".parquet"):
        return (_parquet(path, name, target),)
    if not ending.endswith(SHEET_ENDINGS):
        return (_text(path, name, target),)
    target.symlink_to(path.resolve())
    return tuple(_looked(name, target, FileFormat(sheet=sheet)) for sheet in sheet_titles(path))


def _readable(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise BadSource("there is no such file or folder", given=str(folder), remedy="Correct FILES=…")
    yield from sorted(path for path in folder.iterdir() if path.name.lower().endswith(ENDINGS))


def _text(path: Path, name: str, target: Path) -> Looked:
    pieces = pieces_of(path)
    encoding = encoding_of(pieces.every, path)
    text = whole_lines(pieces.head.decode(encoding, errors="ignore")[:TELLING_CHARACTERS])
    delimiter = delimiter_of(text.removeprefix("\ufeff")).delimiter
    _require_headings(path, rows_of(text, delimiter))
    if pieces.whole:
        target.symlink_to(path.resolve())
    else:
        write_sample(pieces, encoding, delimiter, target)
    written = FileFormat(delimiter, encoding)
    looked = _looked(name, target, written)
    if pieces.whole:
        return looked
    short = pieces.size <= TALLIED_BYTES and any(is_status(heading) for heading in looked.headings)
    tallies = tallied(read_file(path, written)) if short else {}
    return replace(looked, rows=pieces.rows, exact=False, tallies=tallies)


def _parquet(path: Path, name: str, target: Path) -> Looked:
    if path.stat().st_size <= WHOLE_BYTES:
        target.symlink_to(path.resolve())
        return _looked(name, target, FileFormat())
    try:
        with pq.ParquetFile(path) as file:
            rows = file.metadata.num_rows
            pq.write_table(_some_groups(file), target)
    except (OSError, pa.ArrowException) as error:
        raise BadSource(
            f"{path.name} cannot be read as Parquet: {str(error).splitlines()[0]}",
            remedy="Export the file again.",
        ) from error
    return replace(_looked(name, target, FileFormat()), rows=rows, exact=False, tallies={})


def _some_groups(file: pq.ParquetFile) -> pa.Table:
    """Some rows of a long file: of its first, its middle and its last row group."""
    wanted = sorted({0, file.num_row_groups // 2, file.num_row_groups - 1})
    groups = [file.read_row_group(group, use_threads=False) for group in wanted]
    return pa.concat_tables(
        [groups[0].slice(0, FIRST_ROWS), *(one.slice(0, OTHER_ROWS) for one in groups[1:])]
    )


def sheet_titles(path: Path) -> tuple[str | None, ...]:
    """The titles of a spreadsheet's sheets that hold anything; None where there is just one sheet."""
    from openpyxl import load_workbook  # noqa: PLC0415  # only spreadsheets need it
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        workbook = load_workbook(path, read_only=True)
        sheets = workbook.worksheets
        titles = [
            sheet.title for sheet in sheets if any(any(row) for row in sheet.iter_rows(values_only=True))
        ]
        workbook.close()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as error:
        raise BadSource(
            f"{path.name} cannot be read as XLSX: {str(error).splitlines()[0]}", remedy="Download it again."
        ) from error
    return tuple(titles) if len(sheets) > 1 else (None,)


def _looked(name: str, target: Path, written: FileFormat) -> Looked:
    """What the readers of `ingest` make of the file."""
    read = pa.Table.from_batches(read_file(target, written))
    ragged = read.num_rows - read[LINE].null_count if LINE in read.column_names else 0
    whole = read.filter(read[LINE].is_null()).drop_columns(LINE) if LINE in read.column_names else read
    delimited = None if written.delimiter is None else written.encoding
    return Looked(
        name,
        _columns(whole),
        read.num_rows,
        True,
        ragged,
        delimited,
        written.delimiter,
        written.sheet,
        tallied(whole.to_batches()),
    )


def _columns(table: pa.Table) -> tuple[Contents, ...]:
    """The contents of every column, of rows from the beginning, the middle and the end."""
    starts = {0: FIRST_ROWS, max(FIRST_ROWS, table.num_rows // 2): OTHER_ROWS}
    starts[max(FIRST_ROWS + OTHER_ROWS, table.num_rows - OTHER_ROWS)] = OTHER_ROWS
    taken = pa.concat_tables([table.slice(start, rows) for start, rows in starts.items()])
    return tuple(
        contents_of(field.name, pc.cast(taken[field.name], pa.string()).to_pylist())
        for field in taken.schema
        if not pa.types.is_nested(field.type)
    )


def _require_headings(path: Path, rows: Sequence[Sequence[str]]) -> None:
    place = heading_row(rows)
    if place == 0:
        return
    problem = (
        "does not begin with a row of headings" if place is None else f"has {place} lines above its headings"
    )
    raise BadSource(
        f"{path.name} {problem}",
        allowed="the names of the columns in the first line",
        given="; ".join(",".join(row)[:60] for row in rows[: (place or 0) + 1]),
        remedy="Name every column in the first line, and remove what stands above the headings.",
    )
