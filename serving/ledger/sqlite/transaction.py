"""A transaction under way in the file of a ledger: its time, its numbers, and what it took of budgets."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_LEFT = "SELECT allotted_minor - held_minor FROM budget WHERE name = ? AND shard = 0"
_TAKE = (
    "INSERT INTO budget VALUES (?, 0, NULL, ?, 0) "
    "ON CONFLICT DO UPDATE SET held_minor = held_minor + excluded.held_minor"
)

Clock = Callable[[], int]


@dataclass
class Budgets:
    """What a transaction knows of budgets, and took of them; amounts in minor units.

    taken: by budget, not written down yet: of a hot campaign every command of a batch would change the same
    row. free: what is left of those that were asked about, what was taken counted; None: no limit.
    """

    taken: dict[str, int] = field(default_factory=dict)
    free: dict[str, int | None] = field(default_factory=dict)

    def know(self, connection: sqlite3.Connection, names: tuple[str, ...]) -> Mapping[str, int | None]:
        """What is left of budgets, those of some names at least."""
        for name in names:
            if name not in self.free:
                (left,) = connection.execute(_LEFT, (name,)).fetchone() or (None,)
                self.free[name] = None if left is None else int(left) - self.taken.get(name, 0)
        return self.free

    def take(self, name: str, amount: int) -> None:
        """Take an amount, below 0: give it back."""
        self.taken[name] = self.taken.get(name, 0) + amount
        left = self.free.get(name)
        if left is not None:
            self.free[name] = left - amount


@dataclass
class Batch:
    """A transaction under way. The ledger's time never stands before the last entry."""

    connection: sqlite3.Connection
    clock: Clock
    currency: str
    last_at: int
    last_seq: int
    budgets: Budgets = field(default_factory=Budgets)

    def now(self) -> int:
        """The ledger's time now."""
        self.last_at = max(self.last_at, self.clock())
        return self.last_at

    def next_seq(self) -> int:
        """A number after all others."""
        self.last_seq += 1
        return self.last_seq


def begin(connection: sqlite3.Connection, clock: Clock, currency: str) -> Batch:
    """Begin a transaction that nobody else writes beside."""
    connection.execute("BEGIN IMMEDIATE")
    seq, at = last_of(connection)
    return Batch(connection, clock, currency, at, seq)


def commit(batch: Batch) -> None:
    """End a transaction: now all of it is on the disk."""
    write_down(batch)
    batch.connection.execute("COMMIT")


def write_down(batch: Batch) -> None:
    """Let the budgets' rows say what was taken of them."""
    batch.connection.executemany(_TAKE, batch.budgets.taken.items())
    batch.budgets = Budgets()


def last_of(connection: sqlite3.Connection) -> tuple[int, int]:
    """The greatest number given, and the time of the last entry; zeros where there is none."""
    sql = (
        "SELECT max(seq), max(at) FROM (SELECT * FROM (SELECT seq, at FROM entry ORDER BY seq DESC LIMIT 1) "
        "UNION ALL SELECT * FROM (SELECT seq, at FROM budget_change ORDER BY seq DESC LIMIT 1))"
    )
    seq, at = connection.execute(sql).fetchone()
    return seq or 0, at or 0
