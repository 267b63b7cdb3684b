import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path
from select import select
from tempfile import TemporaryFile

import pytest

from tests.conftest import stores_in

pytestmark = pytest.mark.slow

READY_WITHIN_SECONDS = 60


def _environment(**values):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    return {**kept, **values}


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def _wait_until_ready(url):
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            return _get(f"{url}/readyz")
        except urllib.error.URLError:
            time.sleep(0.1)
    pytest.fail(f"not ready within {READY_WITHIN_SECONDS} s")


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """What a server of this file keeps, apart from any other's."""
    folder = tmp_path_factory.mktemp("stores")
    return {f"HOLDFAST_{name.upper()}": str(value) for name, value in stores_in(folder).items()}


@contextmanager
def _server(folder, stores, **settings):
    """A running server's port and process; its log is read when it has ended."""
    port = _free_port()
    environment = _environment(
        **stores, HOLDFAST_SERVING_DIR=str(folder), HOLDFAST_PORT=str(port), **settings
    )
    command = [sys.executable, "-m", "serving"]
    with TemporaryFile("w+") as log, subprocess.Popen(command, env=environment, stderr=log) as server:
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}")
            yield port, server, log
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)


def _status(connection):
    """The status of the next answer, which is read whole."""
    answer = HTTPResponse(connection)
    answer.begin()
    answer.read()
    return answer.status


ALIVE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def _said(port, text):
    """Everything a server answers to a few bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text)
        told = b""
        while piece := connection.recv(65_536):
            told += piece
    return told.decode()


def test_a_real_server_starts_answers_and_stops(make_serving_folder, stores):
    with _server(make_serving_folder(), stores) as (port, *_):
        answer = _get(f"http://127.0.0.1:{port}/v1/customers/C000002")
    assert answer["value_at_stake_minor"] == 500_000


def test_a_head_that_trickles_in_is_not_waited_for(make_serving_folder, stores):
    with _server(make_serving_folder(), stores, HOLDFAST_HEADER_SECONDS="0.5") as (port, *_):
        assert _said(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-") == ""


@pytest.mark.parametrize(
    "text", [b"nonsense\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 100_000]
)
def test_what_is_no_http_is_told_so_as_a_problem(make_serving_folder, stores, text):
    with _server(make_serving_folder(), stores) as (port, *_):
        told = _said(port, text)
    assert (told.split()[1], "application/problem+json" in told) == ("400", True)


def test_blank_lines_after_an_answer_do_not_hold_a_connection(make_serving_folder, stores):
    with (
        _server(make_serving_folder(), stores, HOLDFAST_HEADER_SECONDS="0.5") as (port, *_),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(ALIVE)
        assert _status(connection) == 200
        begun = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() < begun + 8 and not select([connection], [], [], 0.1)[0]:
                connection.sendall(b"\r\n")
        assert 0.4 < time.monotonic() - begun < 4


def test_the_rest_of_a_refused_body_is_not_read_as_a_head(make_serving_folder, stores):
    head = b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200000\r\n\r\n"
    with (
        _server(make_serving_folder(), stores) as (port, *_),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(head)
        assert _status(connection) == 404
        for _ in range(4):
            connection.sendall(b"a" * 50_000)
        connection.sendall(ALIVE)
        assert _status(connection) == 200


@pytest.mark.parametrize("size", [57_000, 64_000])
def test_a_body_that_comes_after_its_answer_spoils_no_other_answer(make_serving_folder, stores, size):
    head = f"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {size}\r\n\r\n".encode()
    with (
        _server(make_serving_folder(), stores) as (port, *_),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(head)
        assert _status(connection) == 404
        connection.sendall(b"a" * size)
        connection.sendall(ALIVE)
        assert _status(connection) == 200


def test_a_request_that_begins_behind_a_large_body_is_answered(make_serving_folder, stores):
    head = b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n"
    with (
        _server(make_serving_folder(), stores) as (port, *_),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(head + b"a" * 60_000 + ALIVE[:9])
        assert _status(connection) == 404
        connection.sendall(ALIVE[9:])
        assert _status(connection) == 200


CHUNKED = b"POST /v1/scores HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
BODY = b'{"customers": [{"customer_id": "C000002"}]}'


def test_what_trails_a_body_is_no_header(make_serving_folder, stores):
    trailed = b"%x\r\n%s\r\n0\r\nContent-Type: application/json\r\n\r\n" % (len(BODY), BODY)
    with (
        _server(make_serving_folder(), stores) as (port, *_),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(CHUNKED + trailed)
        assert _status(connection) == 415


@pytest.mark.parametrize("line", [b"X: " + b"a" * 1_000 + b"\r\n", b"a" * 1_000])
def test_what_trails_a_body_without_end_is_not_kept(make_serving_folder, stores, line):
    with (
        _server(make_serving_folder(), stores) as (port, *_),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(CHUNKED + b"1\r\n{\r\n0\r\n" + (b"X: " if line.startswith(b"a") else b""))
        sent = 0
        with suppress(ConnectionError):
            while sent < 20_000_000:
                connection.sendall(line)
                sent += len(line)
    assert sent < 20_000_000


def test_a_broken_chunk_is_refused_at_once(make_serving_folder, stores):
    begun = time.monotonic()
    with _server(make_serving_folder(), stores) as (port, *_):
        begun = time.monotonic()
        told = _said(port, CHUNKED + b"ZZ\r\n")
        assert time.monotonic() - begun < 5
    assert told.split()[1] == "400"


def test_nonsense_after_a_request_does_not_cost_its_answer(make_serving_folder, stores):
    with _server(make_serving_folder(), stores) as (port, *_):
        told = _said(port, ALIVE + b"nonsense\r\n\r\n")
    assert [line for line in told.splitlines() if line.startswith("HTTP/")] == ["HTTP/1.1 200 OK"]


def test_a_stopping_server_answers_what_is_under_way_and_takes_nothing_new(make_serving_folder, stores):
    body = b'{"customers": [{"customer_id": "C000002"}]}'
    head = (
        b"POST /v1/scores HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    with (
        _server(make_serving_folder(), stores) as (port, server, _),
        socket.create_connection(("127.0.0.1", port), timeout=10) as connection,
    ):
        connection.sendall(head + body[:10])
        time.sleep(0.3)
        server.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
        connection.sendall(body[10:])
        assert b" 200 " in connection.recv(65_536)[:20]


def test_a_log_is_lines_of_json_that_name_no_customer_and_no_key(make_serving_folder, stores):
    with _server(make_serving_folder(), stores) as (port, _, log):
        address = f"http://127.0.0.1:{port}"
        _get(f"{address}/v1/customers/C000002")
        for path, key in (("/v1/customers/C999999/%2e%2e", None), ("/healthz", "Bearer telltale")):
            asked = urllib.request.Request(address + path, headers={"Authorization": key} if key else {})
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(asked, timeout=10)
        time.sleep(0.2)
        log.seek(0)
        text = log.read()
    told = [json.loads(line) for line in text.splitlines()]
    assert [line["status"] for line in told if line["event"] == "answered"][-3:] == [200, 404, 401]
    assert [word for word in ("C000002", "C999999", "telltale") if word in text] == []


def test_a_second_server_on_the_same_stores_is_refused_by_name(make_serving_folder, stores):
    folder = make_serving_folder()
    with _server(folder, stores):
        environment = _environment(
            **stores, HOLDFAST_SERVING_DIR=str(folder), HOLDFAST_PORT=str(_free_port())
        )
        command = [sys.executable, "-m", "serving"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert (done.returncode, done.stderr.splitlines()[-1].partition(":")[0]) == (2, "StoreInUse")


def test_a_server_for_the_world_is_refused(tmp_path):
    command = [sys.executable, "-m", "serving"]
    environment = _environment(HOLDFAST_HOST="0.0.0.0", HOLDFAST_KEYS_URL=f"sqlite:///{tmp_path}/keys.db")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "keys create" in done.stderr) == (2, True)


def test_the_server_loads_nothing_that_trains_models():
    heavy = {"pandas", "sklearn", "lightgbm", "mlflow", "scipy", "shap", "duckdb", "numba"}
    code = f"import sys, serving.app; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="arenas are counted in /proc")
def test_threads_of_the_server_share_two_arenas():
    code = """
import re, threading
from pathlib import Path
from serving.operation.memory import keep_little
keep_little()
barrier = threading.Barrier(13)
def use():
    kept = [bytearray(20_000) for _ in range(50)]
    barrier.wait(10)
    barrier.wait(10)
    return kept
threads = [threading.Thread(target=use) for _ in range(12)]
[each.start() for each in threads]
barrier.wait(10)
# An arena beyond the first begins at a multiple of 64 MB.
begins = re.findall(r"^([0-9a-f]+)-[0-9a-f]+ rw-p 0{8} 00:00 0 *$", Path("/proc/self/maps").read_text(), re.M)
print(sum(int(one, 16) % 2**26 == 0 for one in begins))
barrier.wait(10)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(done.stdout) <= 1
