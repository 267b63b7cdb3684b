"""The client against a small server that loses connections and is busy at times."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from serving.client import Client, Refused, Unreachable

LOST, BUSY, DOWN, IN_FLIGHT, GOOD, WRONG = "lost", 429, 503, 409, 200, 422


class Handler(BaseHTTPRequestHandler):
    """Answers by the server's script, one word or status a call, and remembers what it was asked."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = (self.path, self.headers.get("idempotency-key"), self.headers.get("authorization"), body)
        self.server.asked.append(asked)
        step = self.server.script.pop(0)
        if step == LOST:
            self.close_connection = True
            self.connection.close()
            return
        kinds = {IN_FLIGHT: "key-in-flight", WRONG: "too-much"}
        told = {"type": f"urn:holdfast:problem:{kinds.get(step, 'x')}", "detail": "no"}
        content = json.dumps({"granted_minor": 510} if step == GOOD else told).encode()
        self.send_response(step)
        self.send_header("content-length", str(len(content)))
        self.send_header("retry-after", "7")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.script = [], []
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def client(server, waits):
    return Client(f"http://127.0.0.1:{server.server_port}", "hf_a_b", attempts=4, sleep=waits.append)


def test_a_lost_connection_is_tried_again_with_the_same_key(client, server):
    server.script = [LOST, LOST, GOOD]
    assert client.reserve("C1", 510, "EUR", action="coupon") == {"granted_minor": 510}
    assert (len({key for _, key, _, _ in server.asked}), len(server.asked)) == (1, 3)


def test_each_call_has_a_key_of_its_own(client, server):
    server.script = [GOOD, GOOD]
    client.commit("r", 1), client.commit("r", 1)
    assert len({key for _, key, _, _ in server.asked}) == 2


@pytest.mark.parametrize("busy", [BUSY, DOWN, IN_FLIGHT])
def test_a_busy_server_says_how_long_to_wait(client, server, waits, busy):
    server.script = [busy, GOOD]
    client.release("r")
    assert waits == [7.0]


def test_a_refusal_is_not_sent_again(client, server):
    server.script = [WRONG]
    with pytest.raises(Refused, match="no") as found:
        client.reverse("r", 5)
    assert (found.value.status, len(server.asked)) == (422, 1)


def test_who_never_got_an_answer_is_told_the_key_to_repeat_it_with(client, server):
    server.script = [LOST] * 4
    with pytest.raises(Unreachable) as found:
        client.reserve("C1", 510, "EUR", key="mine")
    assert found.value.key == "mine"


def test_the_key_travels_as_a_bearer(client, server):
    server.script = [GOOD]
    client.score(["C1", "C2"])
    assert server.asked[0][2:] == (
        "Bearer hf_a_b",
        {"customers": [{"customer_id": "C1"}, {"customer_id": "C2"}]},
    )


def test_events_are_sent_as_the_server_reads_them(client, server):
    server.script = [GOOD]
    client.tell([{"event_id": "e"}])
    assert (server.asked[0][0], server.asked[0][3]) == ("/v1/events", [{"event_id": "e"}])


def test_ids_with_slashes_stay_one_part_of_the_path(client, server):
    server.script = [GOOD]
    client.approve("a/b?c")
    assert server.asked[0][0] == "/v1/incentives/reservations/a%2Fb%3Fc/approve"
