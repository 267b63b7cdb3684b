import asyncio
import json
from base64 import b64encode
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from models.domain.instants import DAY
from serving.access.api_keys import ApiKey, Secret, digest_of, written
from serving.access.callers import WithoutKey
from serving.access.key_store import keep_key, read_keys
from serving.access.scopes import NEEDS, OF_CUSTOMERS, Scope, call_name
from serving.app import create_app, system_clock
from serving.settings import Settings
from tests.conftest import _serving_folder, stores_in

PROBLEM = "application/problem+json"
SECRETS = {
    "reader": "r" * 52,
    "lister": "l" * 52,
    "admin": "a" * 52,
    "expired": "e" * 52,
    "slow": "s" * 52,
    "leaver": "v" * 52,
}
SCOPES = {
    "reader": {Scope.READ_CUSTOMERS, Scope.READ_SCORES},
    "lister": {Scope.READ_LISTS},
    "admin": {Scope.ADMIN},
    "expired": {Scope.ADMIN},
    "slow": {Scope.READ_SCORES},
    "leaver": {Scope.READ_LISTS},
}


def key_named(name):
    now = system_clock()
    return ApiKey(
        key_id=name,
        name=f"the {name}",
        scopes=frozenset(SCOPES[name]),
        created_at=now - 2 * DAY,
        expires_at=now - DAY if name == "expired" else now + DAY,
        secrets=(Secret(digest_of(SECRETS[name]), now - 2 * DAY),),
        requests_per_second=1 if name == "slow" else None,
    )


def bearer(name):
    return {"authorization": f"Bearer {written(name, SECRETS[name])}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Settings of a server with keys, over a small folder."""

    root = tmp_path_factory.mktemp("keyed")
    url = f"sqlite:///{root / 'keys.db'}"
    for name in SCOPES.keys() - {"leaver"}:
        keep_key(url, key_named(name))
    return Settings(
        serving_dir=_serving_folder(root / "serving", features=()),
        **{**stores_in(root / "stores"), "keys_url": url, "audit_dir": root / "audit"},
        host="0.0.0.0",
        largest_body=4_096,
        body_seconds=0.2,
    )


@pytest.fixture(scope="module")
def keyed(served):
    """A client from another machine, which sends no key of its own."""
    client = TestClient(create_app(served), client=("203.0.113.9", 4711), raise_server_exceptions=False)
    with client:
        yield client


def lines_of(served):
    return [json.loads(line) for file in served.audit_dir.iterdir() for line in file.read_text().splitlines()]


def kind(answer):
    assert answer.headers["content-type"] == PROBLEM
    return answer.status_code, answer.json()["type"].removeprefix("urn:holdfast:problem:")


def test_every_route_declares_what_it_asks_for(served):
    calls = {
        call_name(method, route.path_format)
        for route in create_app(served).routes
        for method in (getattr(route, "methods", None) or {"GET"})
    }
    assert calls - NEEDS.keys() == set()


def test_nothing_but_whether_it_is_up_is_told_without_a_key(served, keyed):
    open_calls = set()
    for route in create_app(served).routes:
        for method in getattr(route, "methods", None) or {"GET"}:
            path = route.path_format.replace("{customer_id}", "C000002")
            if keyed.request(method, path, follow_redirects=False).status_code != 401:
                open_calls.add(call_name(method, path))
    assert open_calls == {"GET /healthz", "GET /readyz", "GET /static/{}"}


def test_a_stranger_learns_whether_it_is_ready_and_nothing_of_what(keyed):
    assert keyed.get("/readyz").json() == {"status": "ready"}


def test_a_key_learns_what_is_ready(keyed):
    assert keyed.get("/readyz", headers=bearer("reader")).json()["customers"] == 253


def test_a_call_without_a_key_is_told_how_to_bring_one(keyed):
    answer = keyed.get("/v1/customers/C000002")
    assert (kind(answer), answer.headers["www-authenticate"]) == (
        (401, "unauthenticated"),
        'Bearer realm="Holdfast"',
    )


def test_a_browser_asks_its_person_for_the_key(keyed):
    answer = keyed.get("/", headers={"accept": "text/html"})
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_a_key_opens_what_its_scope_says(keyed):
    assert keyed.get("/v1/customers/C000002", headers=bearer("reader")).status_code == 200


def test_the_page_opens_with_the_key_as_password(keyed):
    password = b64encode(f"anybody:{written('lister', SECRETS['lister'])}".encode()).decode()
    answer = keyed.get("/", headers={"authorization": f"Basic {password}", "accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/v1/customers/C000002", "lister"), ("/v1/at-risk", "reader"), ("/metrics", "reader")],
)
def test_a_key_of_another_scope_is_refused(keyed, path, name):
    assert kind(keyed.get(path, headers=bearer(name))) == (403, "forbidden")


def test_an_admin_may_read_the_metrics(keyed):
    assert keyed.get("/metrics", headers=bearer("admin")).status_code == 200


def test_an_expired_key_is_refused(keyed):
    assert kind(keyed.get("/v1/customers/C000002", headers=bearer("expired"))) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer hf_reader_wrong",
        "Basic !!!",
        "Basic eA==",
        "Digest x",
        "\xff",
        "Bearer " + "x" * 5_000,
    ],
)
def test_a_strange_authorization_is_refused_and_not_repeated(keyed, header):
    answer = keyed.get("/healthz", headers={"authorization": header.encode("latin-1")})
    assert (kind(answer), "wrong" in answer.text) == ((401, "unauthenticated"), False)


def test_two_authorizations_are_refused(keyed):
    pair = [("authorization", bearer("reader")["authorization"]), ("authorization", "Bearer x")]
    assert kind(keyed.get("/v1/customers/C000002", headers=pair)) == (401, "unauthenticated")


def test_a_key_that_asks_too_often_is_told_when_to_go_on(keyed):
    answers = [keyed.get("/openapi.json", headers=bearer("slow")) for _ in range(5)]
    assert kind(answers[-1]) == (429, "too-many-requests")
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_a_cursor_of_another_list_is_refused(keyed):
    answer = keyed.get("/v1/at-risk", params={"cursor": "b3RoZXIuMQ"}, headers=bearer("lister"))
    assert kind(answer) == (400, "foreign-cursor")


def test_a_body_beyond_the_limit_is_refused_and_its_connection_closed(keyed):
    answer = keyed.post("/v1/scores", content=b" " * 4_097, headers=bearer("reader"))
    assert (kind(answer), answer.headers["connection"]) == ((413, "body-too-large"), "close")


@pytest.mark.parametrize(
    "path", ["/static/%2e%2e/%2e%2e/app.py", "/v1/customers/%2e%2e%2f%2e%2e%2fx", "//evil.example", "/v1/%00"]
)
def test_a_path_trick_is_refused(keyed, path):
    assert kind(keyed.get(f"http://testserver{path}", headers=bearer("admin"))) == (404, "bad-path")


def test_a_trailing_slash_is_not_redirected_to_whatever_host_was_named(keyed):
    answer = keyed.get("/v1/at-risk/", headers={**bearer("lister"), "host": "evil.example"})
    assert "location" not in answer.headers


def test_a_page_of_another_site_may_not_write_with_the_browser_s_password(keyed):
    headers = {**bearer("reader"), "origin": "https://evil.example"}
    answer = keyed.post("/v1/scores", json={"customers": [{"customer_id": "x"}]}, headers=headers)
    assert kind(answer) == (403, "foreign-origin")


async def _post_slowly(app):
    """What a client gets whose body never ends."""
    sent = []
    headers = {
        "host": "127.0.0.1",
        "content-type": "application/json",
        "content-length": "100",
        **bearer("reader"),
    }
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/scores",
        "raw_path": b"/v1/scores",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.9", 1),
        "server": ("127.0.0.1", 80),
    }
    started = False

    async def receive():
        nonlocal started
        if started:
            await asyncio.sleep(60)
        started = True
        return {"type": "http.request", "body": b"{", "more_body": True}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])["type"]


def test_a_body_that_trickles_in_is_given_up(keyed):
    assert asyncio.run(_post_slowly(keyed.app)) == (408, "urn:holdfast:problem:body-too-slow")


def test_a_revoked_key_stops_within_two_seconds(keyed, served):
    leaver = key_named("leaver")
    keep_key(served.keys_url, leaver)
    _wait_for(lambda: _status(keyed, "leaver") == 200)
    keep_key(served.keys_url, replace(leaver, revoked_at=system_clock()))
    _wait_for(lambda: _status(keyed, "leaver") == 401)


def test_the_day_of_a_key_s_last_use_is_kept(keyed, served):
    keyed.get("/v1/customers/C000002", headers=bearer("reader"))
    _wait_for(lambda: read_keys(served.keys_url)["reader"].last_used_on is not None)


def test_a_read_of_a_customer_leaves_a_line_with_ids_alone(keyed, served):
    keyed.get("/v1/customers/C000007", headers={**bearer("reader"), "request-id": "told-1"})
    (line,) = [line for line in lines_of(served) if line["request_id"] == "told-1"]
    assert line.pop("at")
    assert line == {
        "request_id": "told-1",
        "key": "reader",
        "call": "GET /v1/customers/{}",
        "customer": "C000007",
    }


def test_a_batch_names_everybody_whom_it_was_about(keyed, served):
    ids = ["C000007", "somebody-new"]
    keyed.post(
        "/v1/scores",
        json={"customers": [{"customer_id": one} for one in ids]},
        headers={**bearer("reader"), "request-id": "told-3"},
    )
    (line,) = [line for line in lines_of(served) if line["request_id"] == "told-3"]
    assert (line["call"], line["customers"]) == ("POST /v1/scores", ids)


def test_a_list_is_told_by_its_filters(keyed, served):
    keyed.get("/v1/at-risk?limit=3", headers={**bearer("lister"), "request-id": "told-4"})
    (line,) = [line for line in lines_of(served) if line["request_id"] == "told-4"]
    assert (line["call"], line["query"]) == ("GET /v1/at-risk", "limit=3")


def order(number):
    said = {"order_id": "O", "ordered_at": "2024-01-01T00:00:00Z", "lines": [{"amount_minor": 7}]}
    return {"event_id": f"told of {number}", "type": "order", "customer_id": f"C{number:06}", **said}


def test_whoever_tells_of_customers_leaves_a_line_that_names_them(keyed, served):
    told = [order(number) for number in (1, 2, 2)]
    keyed.post("/v1/events", json=told, headers={**bearer("admin"), "request-id": "told-5"})
    (line,) = [line for line in lines_of(served) if line["request_id"] == "told-5"]
    assert (line["call"], line["customers"]) == ("POST /v1/events", ["C000001", "C000002"])


def test_what_was_refused_leaves_no_line(keyed, served):
    keyed.get("/v1/customers/C000002", headers={**bearer("lister"), "request-id": "told-2"})
    assert [line for line in lines_of(served) if line["request_id"] == "told-2"] == []


@pytest.fixture
def another(served, tmp_path):
    """Open a client of a server with other settings: `with another(local=True, without_key=…) as client:`."""

    def _another(*, local, **changed):
        own = stores_in(tmp_path)
        apart = {name: own[name] for name in ("store_url", "ledger_url")}
        told = {**apart, **changed}
        return TestClient(
            create_app(served.model_copy(update=told)),
            base_url="http://127.0.0.1",
            client=("127.0.0.1" if local else "203.0.113.9", 1),
            raise_server_exceptions=False,
        )

    return _another


def test_a_line_of_many_events_names_a_hundred_customers_and_counts_the_rest(another, tmp_path):
    with another(local=False, audit_dir=tmp_path / "audit", largest_body=10**6) as client:
        client.post("/v1/events", json=[order(number) for number in range(130)], headers=bearer("admin"))
    (line,) = [json.loads(each.read_text()) for each in (tmp_path / "audit").iterdir()]
    assert (len(line["customers"]), line["more_customers"]) == (100, 30)


def test_a_line_about_a_campaign_names_it(another, tmp_path):
    with another(local=False, audit_dir=tmp_path / "audit") as client:
        client.get("/v1/campaigns/spring/budget", headers=bearer("admin"))
    (line,) = [json.loads(each.read_text()) for each in (tmp_path / "audit").iterdir()]
    assert (line["call"], line["campaign"]) == ("GET /v1/campaigns/{}/budget", "spring")


@pytest.mark.parametrize("call", sorted(call for call in NEEDS if call.startswith("POST /v1/")))
def test_every_call_that_changes_what_is_known_of_customers_leaves_a_line(call):
    assert NEEDS[call] in OF_CUSTOMERS


def test_what_cannot_be_written_down_is_not_told(another, tmp_path):
    (tmp_path / "audit").write_text("a file where the folder should be")
    with another(local=False, audit_dir=tmp_path / "audit") as client:
        answer = client.get("/v1/customers/C000002", headers=bearer("reader"))
    assert (kind(answer), "value_at_stake_minor" in answer.text) == ((503, "audit-unavailable"), False)


def test_programs_on_this_machine_need_a_key_once_there_is_one(another):
    with another(local=True) as client:
        assert client.get("/v1/customers/C000002").status_code == 401


def test_an_operator_may_leave_this_machine_open(another):
    with another(local=True, without_key=WithoutKey.ALWAYS) as client:
        assert client.get("/v1/customers/C000002").status_code == 200


def test_an_operator_may_close_this_machine_before_there_is_a_key(another, tmp_path):
    changed = {"host": "127.0.0.1", "keys_url": f"sqlite:///{tmp_path / 'none.db'}"}
    with another(local=True, without_key=WithoutKey.NEVER, **changed) as client:
        assert client.get("/v1/customers/C000002").status_code == 401


def test_more_requests_at_once_than_fit_are_told_to_come_again(served):
    app = create_app(served.model_copy(update={"most_at_once": 1}))

    async def both():
        waiting = asyncio.create_task(_post_slowly(app))
        await asyncio.sleep(0.05)
        refused = await _post_slowly(app)
        return refused, await waiting

    assert asyncio.run(both()) == (
        (503, "urn:holdfast:problem:overloaded"),
        (408, "urn:holdfast:problem:body-too-slow"),
    )


def test_an_answer_carries_the_request_s_id(keyed):
    assert keyed.get("/healthz", headers={"request-id": "mine-1"}).headers["request-id"] == "mine-1"


@pytest.mark.parametrize("sent", ["a b", "x" * 65, "", "é", '"', "-x"])
def test_an_id_that_does_not_fit_is_replaced(keyed, sent):
    answer = keyed.get("/healthz", headers={"request-id": sent.encode("latin-1")})
    assert len(answer.headers["request-id"]) == 16


def _status(client, name):
    return client.get("/v1/at-risk?limit=1", headers=bearer(name)).status_code


def _wait_for(holds, seconds=5):
    import time

    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
