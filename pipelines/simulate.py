"""`make simulate OUT=folder CUSTOMERS=2000000`: write a simulated world to files, block by block.

Beside OUT: CUSTOMERS and SEED instead of those in params.yaml, and FORMAT: `parquet` (the contract's tables,
which source.kind files reads) or `persian` (as a shop in Tehran would export it, for `make map`).
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from models.domain.errors import InvalidSetting, one_of
from pipelines.examples.contract_files import write_contract_files
from pipelines.examples.persian_books import ZONE, in_rials, write_persian_books
from pipelines.params import section
from pipelines.sources.simulator.blocks import blocks
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.source import SourceSettings
from pipelines.stage import run

ANSWERS = ("OUT", "CUSTOMERS", "SEED", "FORMAT")


class FileFormat(StrEnum):
    """How the world is written."""

    PARQUET = "parquet"
    PERSIAN = "persian"


def main() -> None:
    """Write the files and say how many rows each holds."""
    given = answers_of(sys.argv[1:])
    settings, folder = settings_of(given), Path(given["OUT"])
    match file_format(given):
        case FileFormat.PERSIAN:
            rows = write_persian_books(blocks(in_rials(settings), ZONE), folder)
        case FileFormat.PARQUET:
            zone = section(SourceSettings, "source").timezone
            rows = write_contract_files(blocks(settings, zone), folder)
    for name, count in rows.items():
        print(f"{name}: {count:,} rows")
    print(f"Wrote {folder}.")


def answers_of(arguments: Sequence[str]) -> Mapping[str, str]:
    """What was given as NAME=value, but for what was left empty. Raises `InvalidSetting`."""
    pairs = (text.partition("=") for text in arguments)
    given = {name: value for name, _, value in pairs if value}
    unknown = sorted(given.keys() - {*ANSWERS})
    if unknown or "OUT" not in given:
        raise InvalidSetting(
            f"{unknown[0]} is not asked for" if unknown else "OUT does not say where to write",
            allowed=one_of(f"{name}=…" for name in ANSWERS),
            given=" ".join(arguments) or None,
            remedy="For example: make simulate OUT=var/big CUSTOMERS=200000",
        )
    return given


def settings_of(given: Mapping[str, str]) -> SimulatorSettings:
    """The section `simulator` with what was given instead. Raises `InvalidSetting`."""
    settings = section(SimulatorSettings, "simulator")
    return replace(
        settings,
        customers=_whole(given, "CUSTOMERS", settings.customers),
        seed=_whole(given, "SEED", settings.seed),
    )


def file_format(given: Mapping[str, str]) -> FileFormat:
    """The format that was given, else Parquet. Raises `InvalidSetting`."""
    try:
        return FileFormat(given.get("FORMAT", FileFormat.PARQUET))
    except ValueError as error:
        raise InvalidSetting(
            "FORMAT is none that can be written",
            allowed=one_of(FileFormat),
            given=given["FORMAT"],
            remedy="For example: FORMAT=persian",
        ) from error


def _whole(given: Mapping[str, str], name: str, otherwise: int) -> int:
    text = given.get(name)
    if text is not None and not (text.isascii() and text.isdigit()):
        raise InvalidSetting(
            f"{name} is not a whole number", given=text, remedy=f"For example: {name}=200000"
        )
    return otherwise if text is None else int(text)


if __name__ == "__main__":
    run(main)
