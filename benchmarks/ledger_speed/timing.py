"""Many clients at once: how many calls a second, and how long the unluckiest waited."""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import uvloop

Work = Callable[[int], object]


@dataclass(frozen=True)
class Round:
    """One stretch: calls a second, the longest wait of one in seconds, CPU seconds a call in this process."""

    per_second: float
    longest: float
    cpu: float


@dataclass(frozen=True)
class Speed:
    """Several rounds of the same."""

    rounds: Sequence[Round]

    @property
    def per_second(self) -> float:
        """The median."""
        return statistics.median(one.per_second for one in self.rounds)

    @property
    def spread(self) -> str:
        """Slowest to fastest round."""
        each = [one.per_second for one in self.rounds]
        return f"{min(each):,.0f} to {max(each):,.0f}"

    @property
    def longest(self) -> float:
        """The longest that anybody waited in any round, seconds."""
        return max(one.longest for one in self.rounds)

    @property
    def cpu(self) -> float:
        """The median CPU of a call in this process, seconds."""
        return statistics.median(one.cpu for one in self.rounds)


def timed(calls: range, clients: int, work: Work) -> Round:
    """Call `work` with each number, so many at once. Clients are threads that are there already."""
    numbers, together = iter(calls), Barrier(clients + 1)

    def client(_: int) -> list[float]:
        waits = []
        together.wait()
        for number in numbers:  # each takes the next one that nobody has
            begun = time.perf_counter()
            work(number)
            waits.append(time.perf_counter() - begun)
        return waits

    with ThreadPoolExecutor(clients) as pool:
        each = pool.map(client, range(clients))
        cpu, begun = time.process_time(), time.perf_counter()
        together.wait()
        waits = [wait for some in each for wait in some]
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return Round(len(calls) / took, max(waits), cpu / len(calls))


def timed_in_loop(calls: range, clients: int, work: Callable[[int], Awaitable[object]]) -> Round:
    """The same of coroutines in one loop, of the kind that the server runs in."""
    numbers = iter(calls)
    waits: list[float] = []

    async def client() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await work(number)
            waits.append(time.perf_counter() - begun)

    async def every() -> tuple[float, float]:
        cpu, begun = time.process_time(), time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        return time.perf_counter() - begun, time.process_time() - cpu

    took, cpu = uvloop.run(every())
    return Round(len(calls) / took, max(waits), cpu / len(calls))


def sync_seconds(folder: Path, times: int = 200) -> float:
    """The median time until 4 KB at the end of a file are on the disk."""
    waits = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4_096)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            waits.append(time.perf_counter() - begun)
    return statistics.median(waits)
