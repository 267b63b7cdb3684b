"""Several files that hold one table, such as a month each, read one after another as if they were one."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from models.contract.file_counts import FileRows
from models.domain.errors import BadSource
from pipelines.sources.csv_text import LINE
from pipelines.sources.headings import find

_PATTERN = frozenset("*?[")


def matching(folder: Path, names: Sequence[str], where: str) -> tuple[Path, ...]:
    """The files that names or patterns (`sales-*.csv`) mean, each once; those of a pattern by name.

    Raises `BadSource` for a pattern that no file fits.
    """
    return tuple(dict.fromkeys(path for name in names for path in _meant(folder, name, where)))


def one_after_another(
    paths: Sequence[Path],
    read: Callable[[Path], Iterator[pa.RecordBatch]],
    folder: Path,
    counted: list[FileRows] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows of all files in order, in batches of one schema; `counted` learns how many each file holds.

    A single file is not counted. Raises `BadSource` for headings or types that differ from the first file's.
    """
    if len(paths) == 1:
        yield from read(paths[0])
        return
    schema = _agreed(paths, read)
    for path in paths:
        rows = 0
        for batch in read(path):
            rows += batch.num_rows
            names = [find(name, batch.schema.names) or name for name in schema.names]
            yield batch.select(names).rename_columns(schema.names).cast(schema)
        if counted is not None:
            counted.append(FileRows(_shown(path, folder), rows))


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _meant(folder: Path, name: str, where: str) -> Sequence[Path]:
    path = folder / name
    if path.exists() or Path(name).is_absolute() or not _PATTERN & set(name):
        return (path,)
    found = sorted(each for each in folder.glob(name) if each.is_file())
    if not found:
        raise BadSource(
            f"no file in {folder} fits `{name}`",
            allowed=f"names of files in it, or patterns such as {name} that some fit",
            given=", ".join(sorted(each.name for each in folder.iterdir())) or "an empty folder",
            remedy=f"Correct {where} in params.yaml, or source.path.",
        )
    return found


def _agreed(paths: Sequence[Path], read: Callable[[Path], Iterator[pa.RecordBatch]]) -> pa.Schema:
    """The first file's headings with the types that all share; a column without any value has every type."""
    first = next(read(paths[0])).schema
    kinds = {field.name: field.type for field in first}
    for path in paths[1:]:
        schema = next(read(path)).schema
        _require_same_headings(paths[0], first.names, path, schema.names)
        for name in first.names:
            kind = schema.field(find(name, schema.names) or name).type
            if pa.types.is_null(kinds[name]):
                kinds[name] = kind
            elif kind != kinds[name] and not pa.types.is_null(kind):
                raise BadSource(
                    f"{path} holds {name} as {kind}, and {paths[0]} as {kinds[name]}",
                    allowed="one type in all files of a table",
                    remedy="Export them alike, or as CSV.",
                )
    return pa.schema(list(kinds.items()))


def _require_same_headings(first: Path, names: Sequence[str], path: Path, others: Sequence[str]) -> None:
    if (LINE in names) != (LINE in others):
        raise BadSource(
            f"{path} and {first.name} are of different kinds",
            allowed="text files and spreadsheets, or Parquet alone",
            given=path.suffix,
            remedy="Export them alike.",
        )
    lacks = [name for name in names if find(name, others) is None]
    more = [name for name in others if find(name, names) is None]
    if lacks or more:
        said = [f"lacks {', '.join(lacks)}"] * bool(lacks) + [f"has {', '.join(more)}, too"] * bool(more)
        raise BadSource(
            f"{path} has other headings than {first.name}: it {' and '.join(said)}",
            allowed="the same headings in all files of a table, in any order",
            given=", ".join(name for name in others if name != LINE),
            remedy="Export it with the same columns, or leave it out of `files`.",
        )
