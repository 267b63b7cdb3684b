"""Clients that send a race's commands over HTTP, each until it is answered, whatever happens."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.money_race.commands import Asked, Race, command_of

COPIES = 2
CUT = 0.02  # of the requests: hung up on before the answer was read
PATIENCE_SECONDS = 120.0  # for one answer, all attempts together
AGAIN = (429, 503)
IN_FLIGHT = "key-in-flight"
KEPT_REFUSALS = ("wrong-state", "too-much", "unknown-reservation")


@dataclass(frozen=True)
class Answered:
    """An answer: to which command, with which status and content; refused: by which problem, else ''."""

    number: int
    status: int
    told: dict[str, Any]
    refused: str = ""


@dataclass
class Story:
    """What happened: answers in the order in which they came, and what no request deserves."""

    answers: list[Answered] = field(default_factory=list)
    undeserved: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    taken: int = 0


@dataclass
class Line:
    """A connection of one client, opened when it is needed."""

    luck: random.Random
    port: int = 0
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def hang_up(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
        self.streams = None


@dataclass(frozen=True)
class Doors:
    """Where the servers listen, and the keys that clients present, as headers."""

    ports: Sequence[int]
    agent: str
    head: str


async def run_clients(race: Race, doors: Doors, story: Story, more: Callable[[], bool], clients: int) -> None:
    """Send command after command, each `COPIES` times, while `more` says so."""

    async def client(place: int) -> None:
        line = Line(random.Random(f"{race.seed}-{place}"))
        while more():
            turn, story.taken = story.taken, story.taken + 1
            # The first copy of each in order, so that none is missing; others a little later, or at once.
            late = 0 if turn % COPIES == 0 else line.luck.randrange(3)
            number = max(0, turn // COPIES - late)
            story.answers.append(await answered(command_of(race, number), number, doors, line, story))
        line.hang_up()

    await asyncio.gather(*(client(place) for place in range(clients)))


async def answered(asked: Asked, number: int, doors: Doors, line: Line, story: Story) -> Answered:
    """Send one command until it is answered. Raises `TimeoutError` where nobody answers for long."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            story.attempts += 1
            found = await attempt(asked, doors, line)
            if found is None:
                await asyncio.sleep(0.2 * line.luck.random())
                continue
            status, told = found
            problem = str(told.get("type", "")).rpartition(":")[2] if status >= 400 else ""
            if status in AGAIN or problem == IN_FLIGHT:
                await asyncio.sleep(0.02 * line.luck.random())
                continue
            if problem and problem not in KEPT_REFUSALS:
                story.undeserved[f"{asked.operation}: {status} {problem} {told.get('detail')}"] += 1
            return Answered(number, status, told, problem)


async def attempt(asked: Asked, doors: Doors, line: Line) -> tuple[int, dict[str, Any]] | None:
    """Status and content of one attempt; None where the connection broke, or was cut on purpose."""
    try:
        if line.streams is None or len(doors.ports) > 1:
            port = line.luck.choice(doors.ports)
            if line.streams is None or port != line.port:
                line.hang_up()
                line.port = port
                line.streams = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = line.streams
        writer.write(_message(asked, doors))
        if line.luck.random() < CUT:
            await asyncio.sleep(0.03 * line.luck.random())
            line.hang_up()
            return None
        return await _read(reader)
    except (OSError, asyncio.IncompleteReadError, ValueError):
        line.hang_up()
        return None


def _message(asked: Asked, doors: Doors) -> bytes:
    return (
        f"POST {asked.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {doors.head if asked.by_head else doors.agent}\r\n"
        f"Idempotency-Key: {asked.key}\r\nContent-Length: {len(asked.body)}\r\n\r\n{asked.body}"
    ).encode()


async def _read(reader: asyncio.StreamReader) -> tuple[int, dict[str, Any]]:
    """One answer with a length. Raises `ValueError` for half of one."""
    head = await reader.readuntil(b"\r\n\r\n")
    status, length = int(head.split(b" ", 2)[1]), 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, json.loads(await reader.readexactly(length))
