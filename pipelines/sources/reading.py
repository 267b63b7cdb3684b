"""A file of any kind that Holdfast reads, as a stream of batches of one schema.

Text files and spreadsheets give every value as text, and a line whose values cannot be told apart in the
column `_line`; Parquet gives the plain types it has. Nothing here holds more than a batch.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.domain.errors import BadSource, one_of
from pipelines.sources.csv_text import LINE, read_batches
from pipelines.sources.headings import named
from pipelines.sources.mapping import Encoding, TableMapping
from pipelines.sources.plain_columns import plain_column, plain_type
from pipelines.sources.xlsx_text import read_sheet_batches

__all__ = ["LINE", "FileFormat", "format_of", "read_file"]

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
SHEET_ENDINGS = (".xlsx", ".xlsm")
ENDINGS = (*TEXT_ENDINGS, *SHEET_ENDINGS, ".parquet")

BATCH_ROWS = 1 << 17

ARM = "arm"  # the column of offers whose control rows say `none`


@dataclass(frozen=True)
class FileFormat:
    """How a file is written: a text file's delimiter and encoding, the sheet of a spreadsheet.

    Without a delimiter, values are parted by tabs where the file's name ends in .tsv, else by commas.
    decimal_mark: what stands before the fraction of a number; other_marks: the same by heading, where a
    column differs. Cells of a spreadsheet that are numbers, and so have no mark, are written with it.
    worded: headings of columns in which `none` is a word, and not nothing: the arm that got nothing.
    """

    delimiter: str | None = None
    encoding: Encoding = Encoding.UTF_8
    sheet: str | None = None
    decimal_mark: str = "."
    other_marks: Mapping[str, str] = field(default_factory=dict)
    worded: tuple[str, ...] = (ARM,)


def format_of(mapping: TableMapping, decimal_mark: str = ".") -> FileFormat:
    """What a mapping says of how its file is written; `decimal_mark` is what its source says."""
    columns = [source for source in mapping.columns.values() if source is not None]
    marks = {name: each.decimal_mark for each in columns if each.decimal_mark for name in each.headings}
    mark = mapping.decimal_mark or decimal_mark
    arm = mapping.columns.get(ARM)
    worded = (ARM,) if arm is None else arm.headings
    return FileFormat(mapping.delimiter, mapping.encoding, mapping.sheet, mark, marks, worded)


def read_file(path: Path, written: FileFormat) -> Iterator[pa.RecordBatch]:
    """The rows of a file in order, in batches of one schema; at least one batch, however empty.

    Raises `BadSource` for an ending that is not known, and for a file that is missing, damaged, of another
    encoding or without clear headings.
    """
    name = path.name.lower()
    if not path.is_file():
        raise BadSource(
            f"there is no file {path}",
            given=", ".join(sorted(other.name for other in path.parent.glob("*"))) or "an empty folder",
            remedy="Correct `file` in source.tables, or source.path.",
        )
    if name.endswith(".parquet"):
        return _parquet(path)
    if name.endswith(SHEET_ENDINGS):
        marks = (written.decimal_mark, written.other_marks)
        return read_sheet_batches(path, written.sheet, *marks, worded=written.worded)
    if name.endswith(TEXT_ENDINGS):
        comma = "\t" if ".tsv" in Path(name).suffixes else ","
        return read_batches(path, written.delimiter or comma, written.encoding, written.worded)
    raise BadSource(
        f"{path} is of no kind that can be read",
        allowed=one_of(ENDINGS),
        given=path.name,
        remedy="Export it as CSV or XLSX.",
    )


def _parquet(path: Path) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path) as file:
            schema = _plain(path, file.schema_arrow)
            yield pa.RecordBatch.from_pylist([], schema)
            for batch in file.iter_batches(BATCH_ROWS, use_threads=False):
                yield pa.RecordBatch.from_arrays([*map(plain_column, batch.columns)], schema=schema)
    except (OSError, UnicodeError, pa.ArrowException) as error:
        raise BadSource(
            f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}",
            allowed="a whole Parquet file",
            remedy="Export or copy the file again.",
        ) from error


def _plain(path: Path, schema: pa.Schema) -> pa.Schema:
    kinds = zip(named(path, schema.names), schema.types, strict=True)
    return pa.schema([(name, plain_type(kind)) for name, kind in kinds])
