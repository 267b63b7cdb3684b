"""`make doctor`: whether this machine is fit for a run, files read as mapped, and data are of today.

Exit code 1 when something is wrong. `python -m serving doctor` looks at what a server needs.
"""

import locale
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from models.domain.errors import HoldfastError
from models.domain.findings import Finding, exit_code, of_error, told
from pipelines import paths
from pipelines.examination import locks, machine, source
from pipelines.params import section
from pipelines.sources.source import SourceKind, SourceSettings
from pipelines.stage import run


def main() -> None:
    """Print what was found; exit 1 when something is wrong."""
    findings = list(examined(time.time_ns() // 1_000))
    print("\n".join(told(findings)))
    sys.exit(exit_code(findings))


def examined(now: int) -> Iterator[Finding]:
    """Everything that the pipeline needs, one finding after the other. now: microseconds."""
    yield machine.disk(Path(), paths.DATA)
    yield from machine.encodings(
        {
            "names of files": sys.getfilesystemencoding(),
            "text of files": locale.getpreferredencoding(do_setlocale=False),
            "what is printed": sys.stdout.encoding,
        }
    )
    yield locks.nightly_lock(locks.NIGHTLY)
    yield locks.dvc_lock(locks.DVC)
    try:
        settings = section(SourceSettings, "source")
    except HoldfastError as error:
        yield of_error("settings", error)
        return
    yield machine.time_zone(settings.timezone)
    yield from source.files_and_mapping(settings, os.environ)
    yield source.age(paths.TABLES, now, invented=settings.kind is SourceKind.SIMULATOR)


if __name__ == "__main__":
    run(main)
