"""Several files that grow together and stand whole in a folder, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

UNFINISHED = ".unfinished"


@contextmanager
def finished_together(folder: Path) -> Iterator[Callable[[str], Path]]:
    """Give the path to write for each name; the files get their names when all are written.

    Where something fails nothing is named, and what stood in the folder stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    begun: dict[str, Path] = {}

    def path_of(name: str) -> Path:
        return begun.setdefault(name, folder / f"{name}{UNFINISHED}")

    try:
        yield path_of
    except BaseException:
        for path in begun.values():
            path.unlink(missing_ok=True)
        raise
    for name, path in begun.items():
        path.replace(folder / name)
