"""kill -9 of a server while programs tell it events: what was acknowledged is there, whoever keeps it."""

import os
import random
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from serving.client import Client, Unreachable
from tests.conftest import stores_in

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("HOLDFAST_KILLS", "2"))
CLIENTS = 6
LEAST_BETWEEN_KILLS = 40
READY_SECONDS = 60


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'events.db'}"
    import psycopg

    server = request.getfixturevalue("postgres_server")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE told")
    return server.replace("/postgres?", "/told?", 1)


@contextmanager
def started(folder, stores):
    """The port of a running server and its process, which is killed in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    environment = {**kept, **stores, "HOLDFAST_SERVING_DIR": str(folder), "HOLDFAST_PORT": str(port)}
    command = [sys.executable, "-m", "serving"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port, server)
            yield port, server
        finally:
            server.kill()


def wait_for(port, server):
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not start")


def order(name):
    return {
        "event_id": name,
        "type": "order",
        "customer_id": f"C{1 + len(name) % 9:06d}",
        "order_id": name,
        "ordered_at": "2024-06-30T10:00:00Z",
        "lines": [{"amount_minor": 1_250}],
    }


def tell_until_killed(port, turn, teller, acknowledged):
    """Tell events, now one and now some, and note when each became known by the answer."""
    client, luck = Client(f"http://127.0.0.1:{port}", attempts=1), random.Random(f"{turn} {teller}")
    for number in range(10**6):
        names = [f"{turn}-{teller}-{number}-{place}" for place in range(luck.choice([1, 1, 5]))]
        try:
            told = client.tell([order(name) for name in names])["results"]
        except Unreachable:
            return
        acknowledged.update({one["event_id"]: one["known_at"] for one in told})


def told_again(client, names):
    """The answers to events that were told before, by name."""
    found = {}
    for begin in range(0, len(names), 1_000):
        told = client.tell([order(name) for name in names[begin : begin + 1_000]])["results"]
        found |= {one["event_id"]: (one["status"], one["known_at"]) for one in told}
    return found


def test_every_acknowledged_event_outlives_kill_9_of_the_server(make_serving_folder, store_url, tmp_path):
    folder = make_serving_folder(customers=9)
    urls = {**stores_in(tmp_path / "stores"), "store_url": store_url}
    stores = {f"HOLDFAST_{name.upper()}": str(value) for name, value in urls.items()}
    acknowledged = {}
    for turn in range(KILLS):
        before = len(acknowledged)
        with started(folder, stores) as (port, server):
            tellers = [
                threading.Thread(target=tell_until_killed, args=(port, turn, teller, acknowledged))
                for teller in range(CLIENTS)
            ]
            for each in tellers:
                each.start()
            while len(acknowledged) < before + LEAST_BETWEEN_KILLS and tellers[0].is_alive():
                time.sleep(0.001)
            time.sleep(random.Random(turn).random() / 10)
            server.kill()
            for each in tellers:
                each.join()
    assert len(acknowledged) >= KILLS * LEAST_BETWEEN_KILLS
    with started(folder, stores) as (port, _):
        found = told_again(Client(f"http://127.0.0.1:{port}"), list(acknowledged))
    assert found == {name: ("known", at) for name, at in acknowledged.items()}
