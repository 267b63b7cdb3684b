"""A warehouse: a folder of queries, one a table, whose results are read as files are.

`orders.sql` is required; the columns carry the contract's names, or `source.tables` maps them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from models.domain.errors import BadSource
from pipelines.sources.files import TableFile, read_tables, table_files
from pipelines.sources.source import Reading, SourceSettings
from pipelines.sources.warehouse_queries import opened
from pipelines.sources.warehouse_url import warehouse_url

ENDINGS = (".sql",)


def read(settings: SourceSettings, environment: Mapping[str, str], room: Path) -> Reading:
    """Ask every query of the folder `source.path`, read-only and at one moment of the warehouse.

    `environment` may hold the warehouse's URL, and the secret that hides keys where the mapping has any;
    `room` on disk is for tables too long for the memory. Raises `BadSource` as `files.read` does, without
    `source.extracted_at`, and where nobody answers.
    """
    _require_extracted_at(settings)
    found = table_files(settings, ENDINGS)
    with opened(warehouse_url(settings.url, environment)) as ask:

        def rows_of(file: TableFile) -> Iterator[pa.RecordBatch]:
            return ask(file.path)

        return read_tables(found, rows_of, settings, environment, room=room)


def _require_extracted_at(settings: SourceSettings) -> None:
    if settings.extracted_at is None:
        raise BadSource(
            "a warehouse needs `source.extracted_at`: that it has changed cannot be seen from here, so this "
            "alone makes the next run read it again",
            allowed="the instant up to which the queries speak, such as 2024-07-01 or 2024-07-01T00:00:00Z",
            remedy="Set source.extracted_at in params.yaml, and raise it whenever you want news.",
        )
