"""One seed decides everything: who asks what, in which order, the clock, lost answers and crashes."""

import os
import random
import sqlite3
import sys
import time
from contextlib import closing

import pytest

from models.domain.instants import DAY, HOUR, SECOND
from models.domain.ledger.commands import Write
from models.domain.ledger.refusals import KeyReused
from serving.ledger.migrate import migrate
from serving.ledger.sqlite import apply, transaction
from serving.ledger.verification import verify
from tests.ledger_race import command_of
from tests.ledger_stores import NOON

SEEDS = int(os.environ.get("HOLDFAST_SEEDS", "30"))
STEPS = 16
TIMED, SEEDS_A_MINUTE = 20, 1_000
BUDGETS = ("campaign:campaign-0", "campaign:campaign-1", "segment:silent")


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    path = tmp_path_factory.mktemp("simulated") / "empty.db"
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        yield connection


class World:
    """A ledger in memory, its clock, and what its clients were told."""

    def __init__(self, seed, empty):
        self.seed = seed
        self.luck = random.Random(seed)
        self.kind = self.luck.choice(["mix", "hot customer"])
        self.now = NOON
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        empty.backup(self.connection)
        self.told = {}
        self.asked = 0
        self.last_at = 0

    def step(self):
        """Something happens, and everything that must hold is looked at."""
        self.luck.choice([self.serve, self.serve, self.serve, self.tick, self.sweep, self.limit])()
        findings = verify(lambda sql, values: iter(self.connection.execute(sql, values))).findings
        assert findings == (), f"seed {self.seed}: {findings}"
        _, last_at = transaction.last_of(self.connection)
        assert last_at >= self.last_at, f"seed {self.seed}: the ledger's time went back"
        self.last_at = last_at

    def serve(self):
        """A batch of new and repeated commands, after which all, or nobody, is answered."""
        numbers = [self.some_command() for _ in range(self.luck.randrange(1, 5))]
        batch = transaction.begin(self.connection, lambda: self.now, "EUR")
        answers = [(number, apply.write(batch, self.write(number))[0]) for number in numbers]
        fate = self.luck.random()
        if fate < 0.2:
            self.connection.execute("ROLLBACK")
        else:
            transaction.commit(batch)
        if fate >= 0.4:  # else the server crashed, before or after the commit
            for number, told in answers:
                before = self.told.setdefault(number, told)
                assert before == told, f"seed {self.seed}: command {number} was answered in two ways"

    def some_command(self):
        if self.asked and self.luck.random() < 0.3:
            return self.luck.randrange(self.asked)
        self.asked += 1
        return self.asked - 1

    def write(self, number):
        return Write(
            client="race", key=f"{self.seed}-{number}", command=command_of(self.kind, self.seed, number)
        )

    def tick(self):
        self.now += self.luck.choice([SECOND, 2 * HOUR, -HOUR, HOUR, DAY])

    def sweep(self):
        self.alone(lambda batch: apply.expire_due(batch, 3))

    def limit(self):
        name, limit = self.luck.choice(BUDGETS), self.luck.choice([None, 0, 100, 300])
        self.alone(lambda batch: apply.set_limit(batch, name, limit, "", ""))

    def alone(self, job):
        batch = transaction.begin(self.connection, lambda: self.now, "EUR")
        job(batch)
        transaction.commit(batch)

    def end(self):
        """Whatever was answered is answered so again, and another payload under its key is refused."""
        batch = transaction.begin(self.connection, lambda: self.now, "EUR")
        for number, told in self.told.items():
            assert apply.write(batch, self.write(number)) == (told, True), f"seed {self.seed}: lost {number}"
            other = Write(**{**vars(self.write(number)), "payload": "another"})
            with pytest.raises(KeyReused):
                apply.write(batch, other)
        self.connection.execute("ROLLBACK")
        self.connection.close()


@pytest.mark.parametrize("part", range(4))
def test_whatever_happens_the_ledger_keeps_its_promises(empty, part):
    for seed in range(part, SEEDS, 4):
        world = World(seed, empty)
        for _ in range(STEPS):
            world.step()
        world.end()


def test_a_thousand_seeds_take_less_than_a_minute_of_cpu(empty):
    begun = time.process_time()
    for seed in range(SEEDS, SEEDS + TIMED):
        world = World(seed, empty)
        for _ in range(STEPS):
            world.step()
        world.end()
    a_minute = TIMED / (time.process_time() - begun) * 60
    sys.stdout.write(f"{a_minute:,.0f} seeds a minute\n")
    assert a_minute >= SEEDS_A_MINUTE


def test_a_seed_says_the_whole_story(empty):
    def story(seed):
        world = World(seed, empty)
        for _ in range(STEPS):
            world.step()
        return world.connection.execute("SELECT hash FROM entry ORDER BY seq").fetchall()

    assert story(7) == story(7) != story(8)
