"""Which store a URL means."""

from contextlib import AbstractContextManager
from pathlib import Path

from models.domain.errors import BadSource, InvalidSetting
from serving.ledger.sqlite.connections import reading
from serving.ledger.sqlite.ledger import open_sqlite
from serving.ledger.store import Ledger, Snapshot

FILE = "sqlite:///"
SERVER = "postgresql://"


def open_ledger(url: str, currency: str | None = None) -> Ledger:
    """Open the ledger at `sqlite:///path` or `postgresql://…`; a new one counts in `currency`.

    Raises `InvalidSetting` for another URL, `LedgerInUse`, `LedgerUnavailable` and `OtherCurrency`.
    """
    if url.startswith(FILE):
        return open_sqlite(Path(url.removeprefix(FILE)), currency)
    if url.startswith(SERVER):
        from serving.ledger.postgres.ledger import open_postgres  # noqa: PLC0415 # needs libpq, which few have

        return open_postgres(url, currency)
    raise _no_store(url)


def reading_ledger(url: str) -> AbstractContextManager[Snapshot]:
    """Read the ledger at a URL as of one instant, beside the server that writes to it.

    Raises `InvalidSetting` for a URL that means no store, `BadSource` for a file that there is not.
    """
    if url.startswith(FILE):
        path = Path(url.removeprefix(FILE))
        if not path.is_file():
            remedy = "Start the server, or correct HOLDFAST_LEDGER_URL."
            raise BadSource("there is no ledger yet", given=str(path), remedy=remedy)
        return reading(path)
    if url.startswith(SERVER):
        from serving.ledger.postgres.ledger import reading_server  # noqa: PLC0415 # as above

        return reading_server(url)
    raise _no_store(url)


def _no_store(url: str) -> InvalidSetting:
    return InvalidSetting(
        "the ledger's URL means no store",
        allowed="sqlite:///path/to/file or postgresql://…",
        given=url.partition("@")[2] or url,  # what stands before an @ may be a password
        remedy="Correct HOLDFAST_LEDGER_URL.",
    )
