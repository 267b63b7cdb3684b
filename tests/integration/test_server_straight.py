"""Routes that are reached without the framework's layers answer as they would behind them."""

import json

import pytest
from fastapi import Response

from serving import app as application
from serving.routes import customers

ASKED = [
    ("GET", "/v1/customers/C000004"),
    ("HEAD", "/v1/customers/C000004"),
    ("GET", "/v1/customers/C000004/incentive-cap"),
    ("GET", "/v1/customers/C000004/incentive-cap?purpose=nonsense"),
    ("GET", "/v1/customers/nobody"),
    ("GET", "/v1/customers/a%2Fb"),
    ("GET", "/v1/customers/" + "x" * 201),
    ("GET", "/v1/customers/"),
    ("GET", "/v1/customers/C000004?as_of=yesterday"),
    ("GET", "/v1/customers/C000004?as_of=2020-01-01T00:00:00Z"),
    ("PUT", "/v1/customers/C000004"),
    ("POST", "/v1/customers/C000004/incentive-cap"),
    ("GET", "/v1/customer/C000004"),
    ("GET", "/healthz"),
]


RESERVATIONS = "/v1/incentives/reservations"
BODY = {"customer_id": "C000004", "action": "coupon", "requested_minor": 100, "currency": "EUR"}
KEY = "idempotency-key"
SENT = [
    ("/v1/scores", {"json": {"customers": [{"customer_id": "C000004"}, {"customer_id": "nobody"}]}}),
    ("/v1/scores", {"content": b"{", "headers": {"content-type": "application/json"}}),
    ("/v1/scores", {"content": b"{}"}),
    (RESERVATIONS, {"json": BODY, "headers": {KEY: "k1"}}),
    (RESERVATIONS, {"json": {**BODY, "dry_run": True}}),
    (RESERVATIONS, {"json": BODY}),
    (RESERVATIONS, {"json": BODY, "headers": {KEY: "k" * 201}}),
    (RESERVATIONS, {"json": {**BODY, "requested_minor": "1"}, "headers": {KEY: "k2"}}),
    (RESERVATIONS, {"json": {**BODY, "more": 1}, "headers": {KEY: "k3"}}),
    (RESERVATIONS, {"content": b"[", "headers": {"content-type": "application/json", KEY: "k4"}}),
    (RESERVATIONS, {"content": b"{}", "headers": {KEY: "k5"}}),
    (RESERVATIONS, {"content": b"{}", "headers": {"content-type": "text/x+json", KEY: "k5"}}),
    (f"{RESERVATIONS}/{'r' * 201}/commit", {"json": {"amount_minor": 1}, "headers": {KEY: "k6"}}),
    (f"{RESERVATIONS}/none/release", {"json": {}, "headers": {KEY: "k7"}}),
    (f"{RESERVATIONS}/none/approve", {"json": {}, "headers": {KEY: "k8"}}),
    ("/v1/incentives/commits/none/reverse", {"json": {"amount_minor": 1}, "headers": {KEY: "k9"}}),
]


def told(client):
    """What is answered to each request, but for what differs from moment to moment."""
    read = [client.request(method, path) for method, path in ASKED]
    sent = [client.post(path, **told_with) for path, told_with in SENT]
    return [
        (one.request.url.path, one.status_code, _lasting(one.headers), one.content) for one in read + sent
    ]


def _lasting(headers):
    return {name: value for name, value in headers.items() if name != "request-id"}


def test_an_answer_is_the_same_straight_and_through_every_layer(make_serving_folder, client_for, monkeypatch):
    folder = make_serving_folder()
    with client_for(folder) as client:
        straight = told(client)
    monkeypatch.setattr(application, "straight", lambda _, around: around)
    with client_for(folder) as client:
        assert told(client) == straight


def test_the_most_asked_routes_are_reached_straight(make_serving_folder, client_for, monkeypatch):
    seen = []
    monkeypatch.setattr(application, "straight", _noting(application.straight, seen))
    with client_for(make_serving_folder()) as ask:
        ask.get("/v1/customers/C000004")
        ask.get("/v1/customers/C000004/incentive-cap")
        ask.post("/v1/scores", json={"customers": [{"customer_id": "C000004"}]})
        ask.post(RESERVATIONS, json=BODY, headers={KEY: "k"})
        ask.post(f"{RESERVATIONS}/none/commit", json={"amount_minor": 1}, headers={KEY: "k"})
        assert seen == []
        ask.get("/healthz")
    assert seen == ["/healthz"]


def _noting(straight, seen):
    def noting(app, around):
        async def noted(scope, receive, send):
            if scope["type"] == "http":
                seen.append(scope["path"])
            await around(scope, receive, send)

        return straight(app, noted)

    return noting


def test_a_mistake_of_ours_is_a_problem_and_is_logged(make_serving_folder, client_for, monkeypatch, caplog):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(customers, "_looked_up", broken)
    with client_for(make_serving_folder()) as ask:
        answer = ask.get("/v1/customers/C000004")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:holdfast:problem:internal-server-error")
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]


def test_an_error_after_the_answer_has_begun_is_not_answered_again(
    make_serving_folder, client_for, monkeypatch
):
    class Breaks(Response):
        async def __call__(self, _, __, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise ZeroDivisionError

    monkeypatch.setattr(customers, "_looked_up", lambda *_: Breaks())
    with client_for(make_serving_folder()) as ask:
        ask._transport.raise_server_exceptions = True
        with pytest.raises(ZeroDivisionError):
            ask.get("/v1/customers/C000004")


@pytest.mark.parametrize("path", ["/v1/scores", RESERVATIONS, "/v1/events"])
def test_whoever_goes_away_before_the_end_of_a_body_is_no_mistake_of_ours(
    make_serving_folder, client_for, path, caplog
):
    told = iter(
        [
            {"type": "http.request", "body": b"{", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    answers = []

    async def receive():
        return next(told)

    async def send(message):
        answers.append(message)

    headers = {b"host": b"127.0.0.1", b"content-type": b"application/json", b"content-length": b"10"}
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": [*headers.items()], "root_path": "", "client": ("127.0.0.1", 50_000), "state": {}}
    with client_for(make_serving_folder()) as ask:
        ask.portal.call(ask.app, scope, receive, send)
    assert (answers[0]["status"], json.loads(answers[1]["body"])["type"]) == (
        400,
        "urn:holdfast:problem:unreadable-body",
    )
    assert not [record for record in caplog.records if record.exc_info]
