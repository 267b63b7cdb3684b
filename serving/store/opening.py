"""Which store a URL means."""

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TextIO
from weakref import finalize

from models.domain.errors import BadSource, InvalidSetting
from serving.store.kept import EventStore, Kept
from serving.store.sqlite import open_sqlite, read_sqlite

FILE = "sqlite:///"
SERVER = "postgresql://"
TRIAL = "sqlite://"  # a file that goes when the server stops


def open_store(url: str) -> EventStore:
    """Open the store at `sqlite:///path` or `postgresql://…`; `sqlite://` keeps nothing beyond this process.

    Raises `InvalidSetting` for another URL, `StoreInUse`, `StoreUnavailable` and `DamagedStore`.
    """
    if url.startswith(FILE):
        return open_sqlite(Path(url.removeprefix(FILE)))
    if url == TRIAL:
        room = Path(mkdtemp(prefix="holdfast-events-"))
        store = open_sqlite(room / "events.db")
        store.forgotten = finalize(store, _forget, store.lock, room)
        return store
    if url.startswith(SERVER):
        from serving.store.postgres import open_postgres  # noqa: PLC0415 # needs libpq, which few have

        return open_postgres(url)
    raise _no_store(url)


def read_store(url: str) -> Iterator[Kept]:
    """All events of the store at a URL, beside the server that writes to it.

    Raises `InvalidSetting` for a URL that means no store, `BadSource` for a file that there is not.
    """
    if url.startswith(FILE):
        path = Path(url.removeprefix(FILE))
        if not path.is_file():
            remedy = "Start the server and post events, or correct HOLDFAST_STORE_URL."
            raise BadSource("there is no store of events yet", given=str(path), remedy=remedy)
        return read_sqlite(path)
    return _all_of(open_store(url))


def _forget(lock: TextIO, room: Path) -> None:
    lock.close()
    rmtree(room, ignore_errors=True)


def _all_of(store: EventStore) -> Iterator[Kept]:
    try:
        yield from store.everything()
    finally:
        store.close()


def _no_store(url: str) -> InvalidSetting:
    return InvalidSetting(
        "the URL of the store of events means no store",
        allowed="sqlite:///path/to/file or postgresql://…",
        given=url.partition("@")[2] or url,  # what stands before an @ may be a password
        remedy="Correct HOLDFAST_STORE_URL.",
    )
