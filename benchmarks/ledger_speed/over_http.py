"""Reservations through our own server, 32 connections: what a shop sees of the ledger."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.ledger_speed.timing import Round
from benchmarks.serving_speed.load import load, request
from benchmarks.serving_speed.processes import Server, free_port, running
from models.domain.instants import iso

STORES = ("KEYS", "STORE")
ACTION = "coupon"
AMOUNT = 1
AT_ONCE = 500  # events in a request
TURNS = 40


@dataclass(frozen=True)
class Http:
    """Requests a second over HTTP, each one answered when it is on the disk; CPU is the server's.

    looked_up: nothing was told of the customers, so that the run's caps hold. anew: each for the first time
    after an event of theirs was told, so that they are judged anew. again: each once more after that.
    """

    looked_up: Round
    anew: Round
    again: Round


def over_http(serving: Path, folder: Path, ledger_url: str, connections: int, seconds: float) -> Http:
    """Reserve for one customer after another, again and again: before anything is told of them, and after."""
    customers = _customers(serving)
    with _server(serving, folder, ledger_url) as server:
        load(server.port, _requests(customers, serving, "warm"), connections, 0, least=connections)
        looked_up = _round(server, _turns(customers, serving, "looked-up"), connections, seconds)
        events = [_told(customers[at : at + AT_ONCE]) for at in range(0, len(customers), AT_ONCE)]
        load(server.port, events, 1, 0, least=len(events))
        anew = _round(server, _requests(customers, serving, "anew"), connections, 0)
        again = _turns(customers, serving, "again")
        return Http(looked_up, anew, _round(server, again, connections, seconds))


def _turns(customers: Sequence[str], serving: Path, name: str) -> list[bytes]:
    """More requests than are sent: a key is never sent twice."""
    return [one for turn in range(TURNS) for one in _requests(customers, serving, f"{name}-{turn}")]


def _told(customers: Sequence[str]) -> bytes:
    """A contact with each of them, now."""
    at = iso(time.time_ns() // 1_000)
    events = [
        {"event_id": f"told-{customer}", "type": "contact", "customer_id": customer, "direction": "inbound"}
        | {"contact_id": f"told-{customer}", "contacted_at": at}
        for customer in customers
    ]
    return request("/v1/events", json.dumps(events).encode(), [("Content-Type", "application/json")])


def _round(server: Server, requests: Sequence[bytes], connections: int, seconds: float) -> Round:
    cpu = server.cpu
    found = load(
        server.port, requests, connections, seconds, least=0 if seconds else len(requests) - connections
    )
    count = len(found.latencies)
    return Round(found.per_second, max(found.latencies), (server.cpu - cpu) / count)


def _customers(serving: Path) -> list[str]:
    """Those whom the plan gives a coupon."""
    names = ["customer_id", "recommended_action", "recommended_offer"]
    rows = pq.read_table(serving / "plan.parquet", columns=names).to_pylist()
    return [
        row["customer_id"] for row in rows if row["recommended_offer"] and row["recommended_action"] == ACTION
    ]


def _requests(customers: Sequence[str], serving: Path, turn: str) -> list[bytes]:
    currency = json.loads((serving / "serving.json").read_text())["currency"]
    said = {"requested_minor": AMOUNT, "currency": currency, "action": ACTION}
    return [
        request(
            "/v1/incentives/reservations",
            json.dumps({"customer_id": customer, **said}).encode(),
            [("Content-Type", "application/json"), ("Idempotency-Key", f"{turn}-{customer}")],
        )
        for customer in customers
    ]


@contextmanager
def _server(serving: Path, folder: Path, ledger_url: str) -> Iterator[Server]:
    folder.mkdir()
    port = free_port()
    settings = {
        "HOLDFAST_SERVING_DIR": str(serving),
        "HOLDFAST_PORT": str(port),
        "HOLDFAST_AUDIT_DIR": str(folder / "audit"),
        "HOLDFAST_LEDGER_URL": ledger_url,
        "HOLDFAST_REQUESTS_PER_SECOND": "1000000",  # what is measured is the server, not its limit
        "HOLDFAST_LOG_REQUESTS": "false",
        **{f"HOLDFAST_{name}_URL": f"sqlite:///{folder / name.lower()}.db" for name in STORES},
    }
    command = [sys.executable, "-m", "serving"]
    with running(command, port, request("/readyz"), folder, {**settings, "OMP_NUM_THREADS": "1"}) as server:
        yield server
