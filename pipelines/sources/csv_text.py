"""Delimited files as tables of text: nothing is guessed here, and nothing is lost."""

import csv
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from models.domain.errors import BadSource

# Ways in which exports write that there is no value.
NOTHING = ("", "NULL", "null", "NaN", "nan", "None")


def read_text(path: Path) -> pa.Table:
    """All columns of a CSV or CSV.gz as text, nulls where there is nothing.

    UTF-8 with or without a byte order mark; quoted values may hold newlines. Raises `BadSource` for a file
    that is missing, cut short, of another encoding, or whose lines differ in length.
    """
    try:
        names = _header(path)
        return pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(use_threads=False),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=list(NOTHING),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        ).combine_chunks()
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, pa.ArrowInvalid) as error:
        raise BadSource(
            f"{path} cannot be read as CSV: {str(error).splitlines()[0]}",
            allowed="UTF-8, commas, one heading line, as many values on every line; plain or .gz",
            remedy="Export the file again, or mend the line that the message names.",
        ) from error


def _header(path: Path) -> list[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
        names = next(csv.reader(lines), [])
    if not names:
        raise BadSource(f"{path} is empty", remedy="Export the file again.")
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise BadSource(
            f"{path} has several columns of one name",
            given=", ".join(repeated),
            remedy="Rename or drop all but one.",
        )
    return names
