"""Many clients at once: how many calls a second, and how long the unluckiest waited."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

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

    def one(number: int) -> float:
        begun = time.perf_counter()
        work(number)
        return time.perf_counter() - begun

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(lambda _: time.sleep(0.01), range(clients)))
        cpu, begun = time.process_time(), time.perf_counter()
        waits = list(pool.map(one, calls))
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
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
