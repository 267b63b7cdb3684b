"""A folder of files, one a table: with columns named as in the contract, or as a mapping says.

A table that `source.tables` names is read from the file, or the files, that its mapping names. Any other is
read where a file in the folder is called as the table (`orders.csv`, `orders.csv.gz`, `orders.parquet`, …).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa

from models.contract.columns import Table
from models.contract.conform import sentences
from models.contract.file_counts import FileRows
from models.contract.tables import TABLES
from models.contract.tables import table as declaration
from models.domain.errors import BadSource, one_of
from models.domain.identity import Concealment
from pipelines.sources.concealing import concealment
from pipelines.sources.directory import customers_of, directory_of, key_notes
from pipelines.sources.hiding import hidden, uses_keys
from pipelines.sources.long_tables import whole_or_long
from pipelines.sources.mapped import map_rows
from pipelines.sources.mapping import TableMapping
from pipelines.sources.reading import ENDINGS, LINE, format_of, read_file
from pipelines.sources.several_files import matching, one_after_another
from pipelines.sources.source import LongTable, Reading, SourceSettings
from pipelines.sources.table_plan import TablePlan, plan_of
from pipelines.sources.told_units import in_told_unit, unit_told


@dataclass(frozen=True)
class TableFile:
    """A file that holds a table, and how it is read; `others` follow it where a table lies in several."""

    table: str
    path: Path
    mapping: TableMapping
    others: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """All the files, in order."""
        return (self.path, *self.others)


# The rows of a table's first file as they stand in it: batches of one schema, at least one.
RowsOf = Callable[[TableFile], Iterator[pa.RecordBatch]]


def read(settings: SourceSettings, environment: Mapping[str, str], room: Path) -> Reading:
    """Read every table of the contract that the folder `source.path` holds.

    `environment` holds the secret that hides keys, where the mapping has any. `room` on disk is for tables
    too long for the memory. Raises `BadSource` when the folder or its orders are missing, a table is there
    twice, a column that the contract or the mapping names is missing, or a file cannot be read.
    """
    found = table_files(settings)
    notes = _unknown_files(settings, found)
    rows_of = partial(_rows_of, decimal_mark=settings.decimal_mark)
    return read_tables(found, rows_of, settings, environment, room=room, notes=notes)


def read_tables(
    found: Sequence[TableFile],
    rows_of: RowsOf,
    settings: SourceSettings,
    environment: Mapping[str, str],
    *,
    room: Path,
    notes: Sequence[str] = (),
) -> Reading:
    """Read tables by their mappings, those first that say whose a key is. Raises as `read`."""
    has_keys = any(uses_keys(file.mapping) for file in found)
    how = concealment(environment, settings.phone_country_code) if has_keys else None
    linking = (opened(file, rows_of, settings, how) for file in found if file.mapping.identities)
    directory = None if how is None else directory_of(linking, how)
    tables, long, findings, said = {}, {}, {}, [*notes]
    for file in found:
        counted: list[FileRows] = []
        plan, batches = opened(file, rows_of, settings, how, counted)
        said += plan.notes
        as_read = whole_or_long(plan, batches, directory, room)
        if isinstance(as_read, LongTable):
            long[file.table] = replace(as_read, files=tuple(counted))
            continue
        mapped = map_rows(as_read, plan, customers_of(as_read, plan, directory))
        tables[file.table] = replace(mapped.read, files=tuple(counted))
        findings[file.table] = [
            *sentences(mapped.findings), *key_notes(plan, mapped.unmatched, directory)
        ]  # fmt: skip
    return Reading(tables, tuple(said), directory=directory, long=long, findings=findings)


def table_files(settings: SourceSettings, endings: tuple[str, ...] = ENDINGS) -> list[TableFile]:
    """Which file holds which table, in the contract's order. Raises `BadSource`."""
    folder = Path(settings.path)
    if not folder.is_dir():
        raise BadSource(
            "`source.path` is not a folder",
            allowed="a folder that holds orders.csv, or the files that source.tables names",
            given=settings.path,
            remedy="Set source.path in params.yaml.",
        )
    found = (_file_of(folder, declared, settings, endings) for declared in TABLES)
    return [file for file in found if file is not None]


def opened(
    file: TableFile,
    rows_of: RowsOf,
    settings: SourceSettings,
    how: Concealment | None,
    counted: list[FileRows] | None = None,
) -> tuple[TablePlan, Iterator[pa.RecordBatch]]:
    """The plan for a table's rows and the rows as they stand in its files but for keys, which `how` hides.

    `how` may be missing where the mapping has no keys. `counted` learns, while they are read, how many rows
    each of several files holds. Raises `BadSource`, `InvalidSetting`.
    """

    def rows_in(path: Path) -> Iterator[pa.RecordBatch]:
        return rows_of(replace(file, path=path))

    rows = one_after_another(file.paths, rows_in, Path(settings.path), counted)
    told, batches = unit_told(rows, declaration(file.table), file.path)
    first = next(batches)
    headings = [name for name in first.schema.names if name != LINE]
    mapping = in_told_unit(file.mapping, told, file.table, file.path, settings.currency)
    plan = plan_of(file.table, mapping, headings, file.path, settings, tells_unit=told is not None)
    return plan, hidden(chain([first], batches), plan, how)


def _rows_of(file: TableFile, decimal_mark: str) -> Iterator[pa.RecordBatch]:
    return read_file(file.path, format_of(file.mapping, decimal_mark))


def _file_of(
    folder: Path, declared: Table, settings: SourceSettings, endings: tuple[str, ...]
) -> TableFile | None:
    mapping = settings.tables.get(declared.name, TableMapping())
    if mapping.file is not None:
        return TableFile(declared.name, folder / mapping.file, mapping)
    if mapping.files:
        first, *others = matching(folder, mapping.files, f"source.tables.{declared.name}.files")
        return TableFile(declared.name, first, mapping, tuple(others))
    path = _named_as(folder, declared, endings)
    if path is None and declared.name in settings.tables:
        raise BadSource(
            f"source.tables.{declared.name} names no file, and {folder} holds none of that name",
            allowed=one_of(f"{declared.name}{end}" for end in endings),
            given=_names(folder),
            remedy=f"Set source.tables.{declared.name}.file in params.yaml.",
        )
    return None if path is None else TableFile(declared.name, path, mapping)


def _named_as(folder: Path, declared: Table, endings: tuple[str, ...]) -> Path | None:
    there = [path for ending in endings if (path := folder / f"{declared.name}{ending}").exists()]
    if len(there) > 1:
        raise BadSource(
            f"{folder} holds {declared.name} more than once",
            allowed="one file a table",
            given=", ".join(path.name for path in there),
            remedy="Remove all but one.",
        )
    if not there and declared.required:
        raise BadSource(
            f"{folder} holds no {declared.name}",
            allowed=one_of(f"{declared.name}{end}" for end in endings),
            given=_names(folder),
            remedy="Put the order lines there, name their file in source.tables, or set source.path.",
        )
    return there[0] if there else None


def _names(folder: Path) -> str:
    return ", ".join(sorted(path.name for path in folder.iterdir())) or "an empty folder"


def _unknown_files(settings: SourceSettings, found: list[TableFile]) -> list[str]:
    folder = Path(settings.path)
    known = {path for file in found for path in file.paths} | {folder / (settings.price_index or "")}
    return [
        f"{path.name} is no table of the contract and was not read"
        for path in sorted(folder.iterdir())
        if path not in known and not path.name.startswith(".")
    ]
