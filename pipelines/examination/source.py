"""The source: are its files there, do they read as the mapping says, and how old is what they know."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import pyarrow as pa

from models.contract.storage import SUMMARY, read_summary
from models.domain.errors import HoldfastError
from models.domain.findings import Finding, note, of_error, well, wrong
from models.domain.instants import DAY, iso
from pipelines.sources.concealing import concealment
from pipelines.sources.files import TableFile, opened, table_files
from pipelines.sources.hiding import uses_keys
from pipelines.sources.reading import format_of, read_file
from pipelines.sources.source import SourceKind, SourceSettings

OLD_DAYS = 3
TOO_OLD_DAYS = 14


def files_and_mapping(settings: SourceSettings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether each file is there, and its first rows read as the mapping says. Reads no further."""
    if settings.kind is not SourceKind.FILES:
        exists = Path(settings.path).exists()
        yield (
            well("source", f"{settings.kind}, {settings.path}")
            if exists
            else wrong("source", f"there is no {settings.path}", "Correct source.path in params.yaml.")
        )
        return
    try:
        found = table_files(settings)
        how = (
            concealment(environment, settings.phone_country_code)
            if any(uses_keys(file.mapping) for file in found)
            else None
        )
    except HoldfastError as error:
        yield of_error("source", error)
        return
    for file in found:
        try:
            plan, _ = opened(file, partial(_rows, settings.decimal_mark), settings, how)
        except HoldfastError as error:
            yield of_error(f"mapping of {file.table}", error)
        else:
            yield well(f"mapping of {file.table}", f"{file.path.name} reads as it says")
            yield from (note(f"mapping of {file.table}", said, "See docs/mapping.md.") for said in plan.notes)


def age(tables: Path, now: int, *, invented: bool) -> Finding:
    """How long ago the newest known fact of the last run was. invented: a simulated shop's books just end."""
    if not (tables / SUMMARY).is_file():
        return note("data", "nothing was read yet", "Run `make`.")
    as_of = read_summary(tables).as_of
    days = (now - as_of) / DAY
    words = f"known until {iso(as_of)}, {days:.1f} days ago"
    if invented or days <= OLD_DAYS:
        return well("data", words)
    if days <= TOO_OLD_DAYS:
        return note("data", words, "Bring newer files and run `make nightly`.")
    return wrong(
        "data", f"{words}: who left since then is not seen", "Bring newer files, then `make nightly`."
    )


def _rows(decimal_mark: str, file: TableFile) -> Iterator[pa.RecordBatch]:
    return read_file(file.path, format_of(file.mapping, decimal_mark))
