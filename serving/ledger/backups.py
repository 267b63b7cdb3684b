"""A ledger in one file, whatever it is kept in: itself a ledger that can be verified, served and restored."""

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from models.domain.errors import BadSource
from serving.ledger.migrate import migrate
from serving.ledger.opening import FILE
from serving.ledger.sqlite import process_lock
from serving.ledger.sqlite.connections import reading
from serving.ledger.store import Snapshot

# Shards are PostgreSQL's own affair: in a file a budget is one row.
_TABLES = {
    "ledger_setting": "SELECT name, value FROM ledger_setting WHERE name <> 'shards'",
    "entry": "SELECT * FROM entry ORDER BY seq",
    "account": "SELECT customer_id, entries, head, last_at FROM account",
    "reservation": "SELECT * FROM reservation",
    "budget": (
        "SELECT name, 0, CAST(sum(allotted_minor) AS bigint), CAST(sum(held_minor) AS bigint), 0 "
        "FROM budget GROUP BY name"
    ),
    "budget_change": "SELECT * FROM budget_change",
    "idempotency": "SELECT * FROM idempotency",
    "anchor": "SELECT * FROM anchor",
    "redemption": "SELECT * FROM redemption",
}


def back_up(rows: Snapshot, path: Path) -> int:
    """Copy a ledger into a new file, as of one instant and while it is written to; the rows copied.

    Raises `BadSource` where the file is there already.
    """
    _check_new(path)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    migrate(f"sqlite:///{unfinished}")
    with closing(sqlite3.connect(unfinished)) as file, file:
        copied = sum(_copy(rows, sql, file, table) for table, sql in _TABLES.items())
    unfinished.replace(path)
    return copied


def restore(backup: Path, url: str) -> None:
    """Make the empty ledger at a URL that of a backup. Raises `BadSource` where it is not empty."""
    if url.startswith(FILE):
        restore_file(backup, Path(url.removeprefix(FILE)))
        return
    _check_there(backup)
    from serving.ledger.postgres.restore import restore_tables  # noqa: PLC0415 # needs libpq, which few have

    with TemporaryDirectory(prefix="holdfast-restore-") as folder:
        # A backup may be older than this code's tables, and stays as it is.
        current = Path(folder) / "current.db"
        restore_file(backup, current)
        with reading(current) as rows:
            restore_tables(rows, url)


def restore_file(backup: Path, path: Path) -> None:
    """Make the ledger file `path` out of a backup. Raises `BadSource` where there is one already."""
    _check_there(backup)
    _check_new(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        process_lock.hold(path),
        closing(sqlite3.connect(backup)) as source,
        closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target)
        target.close()
        migrate(f"sqlite:///{path}")


def _check_new(path: Path) -> None:
    if path.exists():
        raise BadSource("this file is there already", given=str(path), remedy="Name a new file.")


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise BadSource("there is no such backup", given=str(path), remedy="Name a file that `backup` wrote.")


def _copy(rows: Snapshot, sql: str, file: sqlite3.Connection, table: str) -> int:
    (width,) = file.execute("SELECT count(*) FROM pragma_table_info(?)", (table,)).fetchone()
    places = ", ".join("?" for _ in range(width))
    insert = f"INSERT INTO {table} VALUES ({places})"  # noqa: S608 # our own words
    return file.executemany(insert, rows(sql, ())).rowcount
