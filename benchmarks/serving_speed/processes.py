"""Servers as processes: started, waited for, and what they have cost, their children included."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A server that answers; started_cpu: CPU seconds until its first answer."""

    pid: int
    port: int
    started_cpu: float

    @property
    def cpu(self) -> float:
        """CPU seconds so far, of the process and all below it."""
        return sum(_cpu(pid) for pid in _tree(self.pid))

    @property
    def megabytes(self) -> float:
        """Memory in use, MB; pages that several processes share count once."""
        return sum(_kilobytes(pid) for pid in _tree(self.pid)) / 1024


@contextmanager
def running(
    command: Sequence[str], port: int, ready: bytes, folder: Path, environment: Mapping[str, str]
) -> Iterator[Server]:
    """A server until the end of the block. ready: a request that it answers as soon as it can."""
    with (
        (folder / f"{port}.log").open("wb") as log,
        subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            _wait(port, ready)
            cpu = sum(_cpu(pid) for pid in _tree(process.pid))
            yield Server(process.pid, port, cpu)
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait(port: int, ready: bytes) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as channel:
                channel.sendall(ready)
                if b" 200 " in channel.recv(64):
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"nobody answers on port {port}")


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(each) for each in below.read_text().split()] if below.exists() else []
    return [pid, *(each for child in children for each in _tree(child))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kilobytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
