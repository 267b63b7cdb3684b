"""A race as a whole: servers and clients at once, and whoever kills them in between."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from serving.ledger.opening import open_ledger, reading_ledger
from tests.money_race.checker import Judgement, judge
from tests.money_race.clients import Doors, Story, run_clients
from tests.money_race.commands import CAMPAIGN, Race, race_on
from tests.money_race.processes import Database, Server, keys_url, make_keys, server_on

LIMIT = 30_000  # of the campaign, minor units
BETWEEN = (40, 160)  # answers between two kills

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Where a race is run: a served folder, a new folder for stores, and the URL of an empty ledger.

    servers: how many share the ledger. database: that of the URL, where it is to be killed.
    """

    serving: Path
    stores: Path
    ledger_url: str
    servers: int = 1
    database: Database | None = None


@dataclass(frozen=True)
class Size:
    """How much is sent at least, by how many clients, and how often servers and database are killed."""

    operations: int
    clients: int = 64
    server_kills: int = 0
    database_kills: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a race did, and what came of it. undeserved: answers that no request deserves, by text."""

    name: str
    operations: int
    attempts: int
    server_kills: int
    database_kills: int
    seconds: float
    undeserved: Mapping[str, int]
    judgement: Judgement

    @property
    def faults(self) -> tuple[str, ...]:
        """All that is wrong."""
        return (*self.judgement.faults, *(f"{text} ({times})" for text, times in self.undeserved.items()))


@dataclass
class _Course:
    """A race under way."""

    race: Race
    servers: Sequence[Server]
    database: Database | None
    size: Size
    tell: Tell
    story: Story
    luck: random.Random


def run_race(place: Place, kind: str, size: Size, tell: Tell = lambda _: None) -> Outcome:
    """Race, stop the servers, and judge what the ledger holds."""
    place.stores.mkdir(parents=True)
    keys = make_keys(keys_url(place.stores))
    race = replace(race_on(place.serving, kind, place.stores.name), agent=keys.agent, head=keys.head)
    ledger = open_ledger(place.ledger_url, race.currency)
    ledger.set_limit(f"campaign:{CAMPAIGN}", LIMIT, actor="race", reason="")
    ledger.close()
    names = [f"server-{number}" for number in range(place.servers)]
    servers = [server_on(place.serving, place.stores, place.ledger_url, name) for name in names]
    doors = Doors([one.port for one in servers], keys.agent_secret, keys.head_secret)
    course = _Course(race, servers, place.database, size, tell, Story(), random.Random(kind))
    begun = time.monotonic()
    asyncio.run(_run(course, doors))
    took = time.monotonic() - begun
    with reading_ledger(place.ledger_url) as rows:
        judgement = judge(race, course.story.answers, rows)
    several = f"{len(servers)} servers" if len(servers) > 1 else "one server"
    return Outcome(
        name=f"HTTP, {kind}, {place.ledger_url.partition(':')[0]}, {several}",
        operations=len(course.story.answers),
        attempts=course.story.attempts,
        server_kills=sum(one.kills for one in servers),
        database_kills=size.database_kills if place.database else 0,
        seconds=took,
        undeserved=dict(course.story.undeserved),
        judgement=judgement,
    )


async def _run(course: _Course, doors: Doors) -> None:
    killers: list[asyncio.Task[None]] = []

    def more() -> bool:
        for one in killers:
            if one.done():
                one.result()  # a server that does not come back ends the race
        return course.story.taken < course.size.operations or not all(one.done() for one in killers)

    try:
        await asyncio.gather(*(one.start() for one in course.servers))
        killers += [asyncio.create_task(_kill_servers(course)), asyncio.create_task(_kill_database(course))]
        await run_clients(course.race, doors, course.story, more, course.size.clients)
    finally:
        for one in killers:
            one.cancel()
        for server in course.servers:
            server.stop()


async def _kill_servers(course: _Course) -> None:
    """One after the other, under load; another one answers meanwhile, where there is one."""
    for number in range(course.size.server_kills):
        await _some_answers(course)
        one = course.servers[number % len(course.servers)]
        one.kill()
        await one.start()
        _tell(course, "server", number + 1, course.size.server_kills)


async def _kill_database(course: _Course) -> None:
    database = course.database
    for number in range(course.size.database_kills if database else 0):
        await _some_answers(course)
        if database is not None:
            await asyncio.to_thread(database.kill)
            await database.start()
        _tell(course, "database", number + 1, course.size.database_kills)


async def _some_answers(course: _Course) -> None:
    """Wait for so many more answers, and then until the middle of something."""
    wanted = len(course.story.answers) + course.luck.randrange(*BETWEEN)
    while len(course.story.answers) < wanted:
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.02 * course.luck.random())


def _tell(course: _Course, what: str, number: int, of: int) -> None:
    course.tell(f"  {what} killed {number} of {of} times, {len(course.story.answers):,} answers")
