"""A server under steady load for ten minutes, while what it serves is exchanged and nonsense comes in.

    make soak-server      or      PYTHONPATH=. .venv/bin/python benchmarks/serving_soak.py

First the peak: 32 connections that send as fast as they are answered. Then 70 % of it, paced, with one bad
request in a hundred and another copy of data/serving put in place every 20 seconds. Every answer must be the
one that its request deserves, every copy must be taken up, and memory must not grow; else the exit code is
1. SECONDS=600, PEAK_SECONDS=10, SHARE=0.7, RELOAD_SECONDS=20 and SERVING=data/serving can be set; the result
goes to benchmarks/results/serving_soak.md.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from benchmarks.commands.machine import measured_on

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "serving_soak.md"
SECONDS = float(os.environ.get("SECONDS", "600"))
PEAK_SECONDS = float(os.environ.get("PEAK_SECONDS", "10"))
SHARE = float(os.environ.get("SHARE", "0.7"))
RELOAD_SECONDS = float(os.environ.get("RELOAD_SECONDS", "20"))
SERVING = Path(os.environ.get("SERVING", "data/serving"))
CONNECTIONS = 32
SEED = 7
MOST_GROWTH = 0.05  # of the memory after the first fifth


@dataclass(frozen=True)
class Asked:
    """A request as it goes over the wire, and the statuses that it deserves."""

    name: str
    text: bytes
    deserves: frozenset[int]


@dataclass(frozen=True)
class Target:
    """The server: its port, its process, a key for it, what it serves, and of whom it knows."""

    port: int
    process: int
    key: str
    served: Path
    customers: Sequence[str]


@dataclass
class Found:
    """What came of a phase: seconds of each answer by name, what was undeserved, memory in time."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    undeserved: Counter[str] = field(default_factory=Counter)
    resident: list[int] = field(default_factory=list)
    swaps: int = 0


def request(name: str, method: str, path: str, key: str, body: bytes = b"", *deserves: int) -> Asked:
    """A request with a key, which deserves 200 unless something else is said."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Asked(name, head.encode() + body, frozenset(deserves or (200,)))


def good(random_: random.Random, target: Target) -> Asked:
    """A request as applications send them: mostly one customer, sometimes a batch or a page of the list."""
    draw, key, customers = random_.random(), target.key, target.customers
    if draw < 0.97:
        return request("one customer", "GET", f"/v1/customers/{random_.choice(customers)}", key)
    if draw < 0.99:
        body = {"customers": [{"customer_id": one} for one in random_.choices(customers, k=20)]}
        return request("20 scores", "POST", "/v1/scores", key, json.dumps(body).encode())
    return request("a page of the list", "GET", "/v1/at-risk?limit=20", key)


def bad(random_: random.Random, key: str) -> Asked:
    """A request that deserves to be refused."""
    return random_.choice(
        [
            request("malformed", "POST", "/v1/scores", key, random_.randbytes(50), 400, 422),
            request("wrong shape", "POST", "/v1/scores", key, b'{"customers": [{}]}', 422),
            request("no such path", "GET", "/v2/customers", key, b"", 404),
            request("nobody", "GET", "/v1/customers/nobody-at-all", key, b"", 200, 404),
            request("wrong key", "GET", "/v1/at-risk", "hf_no_body", b"", 401),
            request("path trick", "GET", "/static/%2e%2e/app.py", key, b"", 404),
            request("wrong method", "PUT", "/v1/scores", key, b"{}", 405),
        ]
    )


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Asked) -> int:
    """Send a request and read its answer whole; its status."""
    writer.write(asked.text)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(maxsplit=2)[1])


async def connection(target: Target, number: int, found: Found, until: float, pause: float) -> None:
    """One client: sends, waits for the answer, and not before `pause` has passed sends again."""
    random_ = random.Random(SEED + number)
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    due = time.perf_counter() + random_.random() * pause
    while (now := time.perf_counter()) < until:
        if due > now:
            await asyncio.sleep(due - now)
        asked = bad(random_, target.key) if random_.random() < 0.01 else good(random_, target)
        began = time.perf_counter()
        try:
            status = await answered(reader, writer, asked)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            found.undeserved[f"{asked.name}: {type(error).__name__}"] += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
            continue
        found.seconds.setdefault(asked.name, []).append(time.perf_counter() - began)
        if status not in asked.deserves:
            found.undeserved[f"{asked.name}: {status}"] += 1
        due = max(due + pause, began)
    writer.close()


async def phase(target: Target, seconds: float, rate: float | None) -> Found:
    """Everybody sends for so long; rate: requests a second of all together, None as fast as they can."""
    found = Found()
    until = time.perf_counter() + seconds
    pause = CONNECTIONS / rate if rate else 0.0
    watching = asyncio.create_task(watch(target, found, swap=rate is not None))
    await asyncio.gather(*(connection(target, each, found, until, pause) for each in range(CONNECTIONS)))
    watching.cancel()
    return found


async def watch(target: Target, found: Found, *, swap: bool) -> None:
    """Note the server's memory every second, and put the other copy in place every so often."""
    began = time.perf_counter()
    while True:
        found.resident.append(int(Path(f"/proc/{target.process}/statm").read_text().split()[1]) * 4096)
        if swap and time.perf_counter() - began > (found.swaps + 1) * RELOAD_SECONDS:
            await asyncio.to_thread(exchange, target.served)
            found.swaps += 1
        await asyncio.sleep(1)


def exchange(served: Path) -> None:
    """Put a fresh copy in the place of what is served."""
    fresh, old = served.with_name("fresh"), served.with_name("old")
    shutil.copytree(served, fresh)
    served.rename(old)
    fresh.rename(served)
    shutil.rmtree(old)


@contextmanager
def server(room: Path, served: Path) -> Iterator[tuple[int, int, str]]:
    """A running server with a key: its port, its process and the key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = ("KEYS_URL", "LEDGER_URL", "STORE_URL")
    stores = {f"HOLDFAST_{name}": f"sqlite:///{room / name.lower()}.db" for name in names}
    environment = {
        **os.environ, **stores, "HOLDFAST_SERVING_DIR": str(served), "HOLDFAST_PORT": str(port),
        "HOLDFAST_AUDIT_DIR": str(room / "audit"),
    }  # fmt: skip
    command = [sys.executable, "-m", "serving"]
    create = [*command, "keys", "create", "soak", "admin", "rate=1000000"]
    made = subprocess.run(create, env=environment, check=True, capture_output=True, text=True)
    with (room / "log").open("w") as log, subprocess.Popen(command, env=environment, stderr=log) as running:
        try:
            wait_for(port)
            yield port, running.pid, made.stdout.split()[0]
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


def wait_for(port: int) -> None:
    """Wait until something listens on a port."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


async def reloads(port: int, key: str) -> int:
    """How often the server says that it took up what was put in place."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = request("metrics", "GET", "/metrics", key).text
    writer.write(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    text = (await reader.read()).decode()
    writer.close()
    lines = [line for line in text.splitlines() if line.startswith('holdfast_reloads_total{result="loaded"}')]
    return int(float(lines[0].split()[-1])) if lines else 0


def growth(resident: Sequence[int]) -> float:
    """How much larger the last fifth is than the second, as a share."""
    fifth = max(len(resident) // 5, 1)
    before = statistics.median(resident[fifth : 2 * fifth] or resident)
    return statistics.median(resident[-fifth:]) / before - 1


PAGE = """# A server under steady load

{machine}; Python {python}; {versions}. Written by `make soak-server`; the client runs on the same machine.

Peak {peak:,.0f} requests a second over {connections} connections; then {share:.0%} of it for {seconds:.0f}
seconds: {total:,} answers, {rate:,.0f} a second, one in a hundred to a bad request.

- undeserved answers: {undeserved}
- memory: {first:.0f} MB at first, {most:.0f} MB at most, {growth:+.1%} from the second fifth to the last
- what is served was exchanged {swaps} times and taken up {taken} times

| request | answers | median ms | 99 % ms |
|---|--:|--:|--:|
{rows}
"""


def report(peak: float, found: Found, taken: int) -> str:
    """The page of results."""
    total = sum(len(times) for times in found.seconds.values())
    return PAGE.format(
        **measured_on(("fastapi", "starlette", "uvicorn")),
        peak=peak,
        connections=CONNECTIONS,
        share=SHARE,
        seconds=SECONDS,
        total=total,
        rate=total / SECONDS,
        undeserved="; ".join(f"{name} × {count}" for name, count in found.undeserved.items()) or "none",
        first=found.resident[0] / 1e6,
        most=max(found.resident) / 1e6,
        growth=growth(found.resident),
        swaps=found.swaps,
        taken=taken,
        rows="\n".join(row(name, times) for name, times in by_number(found.seconds)),
    )


def by_number(seconds: Mapping[str, list[float]]) -> list[tuple[str, list[float]]]:
    """Kinds of requests, the commonest first."""
    return sorted(seconds.items(), key=lambda item: -len(item[1]))


def row(name: str, times: Sequence[float]) -> str:
    """A line of the table."""
    late = sorted(times)[int(0.99 * len(times))]
    return f"| {name} | {len(times):,} | {1e3 * statistics.median(times):.2f} | {1e3 * late:.2f} |"


def main() -> None:
    """Find the peak, hold the load, write the result; exit 1 where something is not as it should be."""
    customers = pq.read_table(SERVING / "scores.parquet", columns=["customer_id"])["customer_id"].to_pylist()
    with TemporaryDirectory(prefix="holdfast-soak-") as folder:
        room = Path(folder)
        served = room / "served"
        shutil.copytree(SERVING, served)
        with server(room, served) as (port, process, key):
            target = Target(port, process, key, served, customers)
            warm = asyncio.run(phase(target, PEAK_SECONDS, None))
            peak = sum(len(times) for times in warm.seconds.values()) / PEAK_SECONDS
            found = asyncio.run(phase(target, SECONDS, SHARE * peak))
            taken = asyncio.run(reloads(port, key))
    found.undeserved += warm.undeserved
    text = report(peak, found, taken)
    RESULT.write_text(text)
    print(text)
    missed = found.swaps - taken > 1  # the last one may come after the last look
    sys.exit(bool(found.undeserved) or growth(found.resident) > MOST_GROWTH or missed)


if __name__ == "__main__":
    main()
