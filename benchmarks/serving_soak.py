"""A server under steady load for ten minutes, while what it serves is exchanged and nonsense comes in.

    make soak-server      or      PYTHONPATH=. .venv/bin/python benchmarks/serving_soak.py

First the peak: 32 connections that send as fast as they are answered. Then 70 % of it, paced, with one bad
request in a hundred and another copy of data/serving put in place every 20 seconds. Most ask for a customer;
among them are batches, caps, the list, events told, and money reserved and then committed or released. Half
of the orders told are made at the data's end, half at instants that move on from there over most of a day:
the feed moves with them, and of whom anything was told is judged anew at later and later instants. Every
answer must be the one that its request deserves, every copy must be taken up, and memory must not grow; else
the exit code is 1.

Memory counts from the end of a warm-up: the same load while eight copies are put in place. Two runs lie in
memory while they are exchanged, and the allocator keeps what it took for the second; it takes a few exchanges
until its pieces fit.

SECONDS=600, PEAK_SECONDS=10, SHARE=0.7, RELOAD_SECONDS=20 and SERVING=data/serving can be set; the result
goes to benchmarks/results/serving_soak.md.
"""

import asyncio
import json
import math
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen
from uuid import uuid4

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
WARM_RELOADS, WARM_RELOAD_SECONDS = 8, 5.0
WARM_SECONDS = (WARM_RELOADS + 0.5) * WARM_RELOAD_SECONDS
LIVE = 0.5  # of the orders told: made while the server runs, the others at the data's end
LIVE_HOURS = 20.0  # after the data's end until the load ends: within the day for which the run stands
LOOKS = 5.0  # seconds in which a server surely looks for what is new, and reads it


@dataclass(frozen=True)
class Asked:
    """A request as it goes over the wire, and the statuses that it deserves."""

    name: str
    text: bytes
    deserves: frozenset[int]
    then: Callable[[bytes], "Asked | None"] | None = None  # what its answer makes the client ask next


@dataclass(frozen=True)
class Target:
    """The server: its port, its process, a key for it, what it serves, of whom it knows, whom it would give.

    given: customer, action and cap of those for whom the plan has money. end: the data's end. began: when the
    load did (`time.perf_counter`).
    """

    port: int
    process: int
    key: str
    served: Path
    customers: Sequence[str]
    given: Sequence[tuple[str, str, int]]
    currency: str
    end: datetime
    began: float

    @property
    def now(self) -> datetime:
        """How far a shop's day after the data's end has come: `LIVE_HOURS` of it while the load lasts."""
        gone = (time.perf_counter() - self.began) / (PEAK_SECONDS + WARM_SECONDS + SECONDS + 2 * LOOKS)
        return self.end + timedelta(hours=LIVE_HOURS * min(gone, 1))


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
        f"Idempotency-Key: {uuid4().hex}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Asked(name, head.encode() + body, frozenset(deserves or (200,)))


def good(random_: random.Random, target: Target) -> Asked:
    """A request as applications send them: mostly one customer, sometimes a batch or a page of the list."""
    draw, key, customers = random_.random(), target.key, target.customers
    if draw < 0.92:
        return request("one customer", "GET", f"/v1/customers/{random_.choice(customers)}", key)
    if draw < 0.94:
        body = {"customers": [{"customer_id": one} for one in random_.choices(customers, k=20)]}
        return request("20 scores", "POST", "/v1/scores", key, json.dumps(body).encode())
    if draw < 0.95:
        return request("a page of the list", "GET", "/v1/at-risk?limit=20", key)
    if draw < 0.96:
        return request("a cap", "GET", f"/v1/customers/{random_.choice(customers)}/incentive-cap", key)
    if draw < 0.98:
        return request("an event", "POST", "/v1/events", key, json.dumps(event(random_, target)).encode())
    return reservation(random_, target)


def event(random_: random.Random, target: Target) -> dict[str, object]:
    """An order of somebody, told late or as it is made, or now and then a complaint at the data's end."""
    name = uuid4().hex
    common = {"event_id": name, "customer_id": random_.choice(target.customers)}
    if random_.random() < 0.1:
        return {
            **common,
            "type": "complaint.opened",
            "complaint_id": name,
            "opened_at": target.end.isoformat(),
        }
    lines = [{"item_id": f"A{random_.randrange(50)}", "amount_minor": random_.randrange(100, 9_000)}]
    made = (target.now if random_.random() < LIVE else target.end).isoformat()
    known = {"ordered_at": made, "known_at": made}
    return {**common, "type": "order", "order_id": name, "lines": lines, **known}


def reservation(random_: random.Random, target: Target) -> Asked:
    """Money for somebody to whom the plan gives some, then committed or released; refused beyond the cap."""
    customer, action, cap = random_.choice(target.given)
    body = {
        "customer_id": customer, "action": action, "requested_minor": random_.randint(1, cap),
        "currency": target.currency, "partial": True,
    }  # fmt: skip

    def then(answer: bytes) -> Asked | None:
        told = json.loads(answer)
        if told["state"] != "reserved":
            return None
        path, granted = f"/v1/incentives/reservations/{told['reservation_id']}", told["granted_minor"]
        if random_.random() < 0.5:
            return request("a release", "POST", f"{path}/release", target.key, b"{}")
        commit = json.dumps({"amount_minor": granted}).encode()
        return request("a commit", "POST", f"{path}/commit", target.key, commit)

    asked = request(
        "a reservation", "POST", "/v1/incentives/reservations", target.key, json.dumps(body).encode(),
        200, 201, 202,
    )  # fmt: skip
    return replace(asked, then=then)


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


async def answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Asked
) -> tuple[int, bytes]:
    """Send a request and read its answer whole; its status and body."""
    writer.write(asked.text)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    return int(head.split(maxsplit=2)[1]), body


async def connection(target: Target, number: int, found: Found, until: float, pause: float) -> None:
    """One client: sends, waits for the answer, and not before `pause` has passed sends again."""
    random_ = random.Random(SEED + number)
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    due = time.perf_counter() + random_.random() * pause
    following = None
    while (now := time.perf_counter()) < until:
        if due > now:
            await asyncio.sleep(due - now)
        asked = following or (bad(random_, target.key) if random_.random() < 0.01 else good(random_, target))
        following = None
        began = time.perf_counter()
        try:
            status, body = await answered(reader, writer, asked)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            found.undeserved[f"{asked.name}: {type(error).__name__}"] += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
            continue
        found.seconds.setdefault(asked.name, []).append(time.perf_counter() - began)
        if status not in asked.deserves:
            found.undeserved[f"{asked.name}: {status}"] += 1
        elif asked.then is not None:
            following = asked.then(body)
        due = max(due + pause, began)
    writer.close()


async def phase(target: Target, seconds: float, rate: float | None, every: float | None = None) -> Found:
    """Everybody sends for so long; rate: requests a second of all together, None as fast as they can.

    every: seconds between two exchanges of what is served, None for none.
    """
    found = Found()
    until = time.perf_counter() + seconds
    pause = CONNECTIONS / rate if rate else 0.0
    watching = asyncio.create_task(watch(target, found, every, seconds))
    await asyncio.gather(*(connection(target, each, found, until, pause) for each in range(CONNECTIONS)))
    watching.cancel()
    return found


async def watch(target: Target, found: Found, every: float | None, seconds: float) -> None:
    """Note the server's memory every second, and put the other copy in place every so often.

    seconds: of the phase; near its end nothing is exchanged, which might not be counted or taken up in time.
    """
    began = time.perf_counter()
    while True:
        found.resident.append(int(Path(f"/proc/{target.process}/statm").read_text().split()[1]) * 4096)
        due = (found.swaps + 1) * every if every else math.inf
        if due <= seconds - (every or 0) / 2 and time.perf_counter() - began > due:
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
    """How often the server says that it took up what was put in place, once it had time to look."""
    await asyncio.sleep(LOOKS)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = request("metrics", "GET", "/metrics", key).text
    writer.write(asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    text = (await reader.read()).decode()
    writer.close()
    lines = [line for line in text.splitlines() if line.startswith('holdfast_reloads_total{result="loaded"}')]
    return int(float(lines[0].split()[-1])) if lines else 0


def feed_moved(target: Target) -> float:
    """Hours by which the server's answers speak for a later instant than the data's end."""
    asked = Request(
        f"http://127.0.0.1:{target.port}/v1/customers/{target.customers[0]}",
        headers={"Authorization": f"Bearer {target.key}"},
    )
    with urlopen(asked) as answer:
        as_of = datetime.fromisoformat(json.load(answer)["as_of"])
    return (as_of - target.end) / timedelta(hours=1)


def growth(resident: Sequence[int]) -> float:
    """How much larger the last fifth is than the second, as a share."""
    fifth = max(len(resident) // 5, 1)
    before = statistics.median(resident[fifth : 2 * fifth] or resident)
    return statistics.median(resident[-fifth:]) / before - 1


PAGE = """# A server under steady load

{machine}; Python {python}; {versions}. Written by `make soak-server`; the client runs on the same machine.

Peak {peak:,.0f} requests a second over {connections} connections; then {share:.0%} of it for {seconds:.0f}
seconds: {total:,} answers, {rate:,.0f} a second, one in a hundred to a bad request.

Of the orders told, {live:.0%} are made at instants that move on from the data's end, over {hours:g} hours
until the load ends; the others, and complaints, at the data's end.

- undeserved answers: {undeserved}
- memory after a warm-up of {warm} exchanges: {first:.0f} MB at first, {most:.0f} MB at most,
  {growth:+.1%} from the second fifth to the last
- the end of the orders' feed lay {moved:.1f} hours after the data's end at last
- what is served was exchanged {swaps} times and taken up {taken} times

| request | answers | median ms | 99 % ms |
|---|--:|--:|--:|
{rows}
"""


def report(peak: float, found: Found, taken: int, moved: float) -> str:
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
        warm=WARM_RELOADS,
        live=LIVE,
        moved=moved,
        hours=LIVE_HOURS,
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


def known(served: Path) -> tuple[list[str], list[tuple[str, str, int]], str, datetime]:
    """What the load is drawn from: customers, those with an action and a cap, currency, the data's end."""
    told = json.loads((served / "serving.json").read_text())
    customers = pq.read_table(served / "scores.parquet", columns=["customer_id"])["customer_id"].to_pylist()
    columns = ["customer_id", "recommended_action", "incentive_cap_minor"]
    plan = pq.read_table(served / "plan.parquet", columns=columns).to_pylist()
    given = [tuple(row.values()) for row in plan if row["incentive_cap_minor"] > 0]
    return customers, given, told["currency"], datetime.fromisoformat(told["as_of"])


def main() -> None:
    """Find the peak, hold the load, write the result; exit 1 where something is not as it should be."""
    with TemporaryDirectory(prefix="holdfast-soak-") as folder:
        room = Path(folder)
        served = room / "served"
        shutil.copytree(SERVING, served)
        with server(room, served) as (port, process, key):
            target = Target(port, process, key, served, *known(served), began=time.perf_counter())
            fast = asyncio.run(phase(target, PEAK_SECONDS, None))
            peak = sum(len(times) for times in fast.seconds.values()) / PEAK_SECONDS
            warm = asyncio.run(phase(target, WARM_SECONDS, SHARE * peak, WARM_RELOAD_SECONDS))
            before = asyncio.run(reloads(port, key))
            found = asyncio.run(phase(target, SECONDS, SHARE * peak, RELOAD_SECONDS))
            taken = asyncio.run(reloads(port, key)) - before
            moved = feed_moved(target)
    found.undeserved += fast.undeserved + warm.undeserved
    text = report(peak, found, taken, moved)
    RESULT.write_text(text)
    print(text)
    sys.exit(bool(found.undeserved) or growth(found.resident) > MOST_GROWTH or found.swaps != taken)


if __name__ == "__main__":
    main()
