"""CPU time of several ways to do the same, taken in turn."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Taken:
    """CPU seconds by round, and how many customers one round was for."""

    rounds: tuple[float, ...]
    customers: int

    @property
    def micros(self) -> float:
        """Microseconds a customer, the median of the rounds."""
        return 1e6 * statistics.median(self.rounds) / self.customers

    @property
    def cells(self) -> str:
        """Median, and least to most of the rounds."""
        least, most = (1e6 * taken / self.customers for taken in (min(self.rounds), max(self.rounds)))
        return f"{self.micros:,.1f} | {least:,.1f}–{most:,.1f}"

    def times(self, peer: "Taken") -> float:
        """How often the peer's time, the median over rounds that ran side by side."""
        return statistics.median(
            ours / theirs for ours, theirs in zip(self.rounds, peer.rounds, strict=True)
        ) * (peer.customers / self.customers)


def in_turn(calls: Mapping[str, tuple[Callable[[], object], int]], rounds: int) -> dict[str, Taken]:
    """Call everything in turn, round after round; each call is named with how many customers it is for."""
    for call, _ in calls.values():
        call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, (call, _) in calls.items():
            taken[name].append(spent_by(call))
    return {name: Taken(tuple(taken[name]), customers) for name, (_, customers) in calls.items()}


def spent_by(call: Callable[[], object]) -> float:
    """CPU seconds of this process for one call."""
    began = time.process_time()
    call()
    return time.process_time() - began
