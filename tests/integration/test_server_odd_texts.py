"""Texts that a database cannot hold are the caller's mistake in every call, whichever database it is."""

import json

import pytest
from starlette.testclient import TestClient

from serving.app import create_app
from serving.settings import Settings
from tests.conftest import _serving_folder, stores_in
from tests.judging_worlds import served

ODD = ("\0", "C0\0", "\ud800", "a\udfffb")
EVENT = {"event_id": "e", "type": "consent.changed", "customer_id": "C000001", "may_contact_email": False}
ORDER = {"type": "order", "order_id": "1", "ordered_at": "2024-06-02T10:00:00Z"}
MONEY = {"customer_id": "C000001", "requested_minor": 10, "currency": "EUR", "purpose": "recovery"}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def client(request, tmp_path_factory):
    room = tmp_path_factory.mktemp("odd")
    stores = stores_in(room / "stores")
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_server")
        stores |= {"store_url": url, "ledger_url": url}
    folder = served(lambda **more: _serving_folder(room / "serving", **more), room / "elsewhere")
    settings = Settings(
        serving_dir=folder, id_key="a secret of sixteen letters", log_requests=False, **stores
    )
    here = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 50000)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serving.releases.check_golden", lambda _: None)
        with TestClient(create_app(settings), **here, raise_server_exceptions=False) as opened:
            # So that every call asks the store.
            assert opened.post("/v1/events", json=EVENT).status_code == 200
            yield opened


def post(client, path, body, **headers):
    text = json.dumps(body).encode()  # writes halves of characters as \ud800, which httpx would refuse
    return client.post(path, content=text, headers={"content-type": "application/json", **headers})


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_scores_by_such_an_id_are_no_mistake_of_the_server(client, odd):
    told = post(client, "/v1/scores", {"customers": [{"customer_id": odd}, {"customer_id": "C000002"}]})
    assert told.status_code in (200, 400, 422), told.text


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_a_key_of_another_system_may_be_anything(client, odd):
    told = post(client, "/v1/scores", {"customers": [{"system": "text", "external_id": odd}]})
    assert told.status_code in (200, 400, 422), told.text


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("field", ["event_id", "customer_id", "order_id", "category"])
def test_an_event_that_says_so_is_refused(client, odd, field):
    lines = [{"amount_minor": 1, **({"category": odd} if field == "category" else {})}]
    event = {**EVENT, **ORDER, "lines": lines, **({} if field == "category" else {field: odd})}
    del event["may_contact_email"]
    told = post(client, "/v1/events", event)
    assert told.status_code in (400, 422), told.text


@pytest.mark.parametrize("odd", ODD, ids=ascii)
@pytest.mark.parametrize("field", ["customer_id", "action", "campaign", "actor", "reason", "currency"])
def test_money_for_such_a_word_is_refused(client, odd, field):
    told = post(
        client, "/v1/incentives/reservations", {**MONEY, field: odd}, **{"idempotency-key": f"{field}{odd!a}"}
    )
    assert told.status_code in (400, 422), told.text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers/C%00",
        "/v1/customers/%ED%A0%80",
        "/v1/customers/%FF/incentive-cap",
        "/v1/incentives/ledger?customer_id=%00",
        "/v1/incentives/ledger?customer_id=%ED%A0%80",
        "/v1/incentives/reservations/%00",
        "/v1/incentives/reservations/%ED%A0%80",
        "/v1/campaigns/%00/budget",
        "/v1/at-risk?recommended_action=%00&cursor=%00",
        "/v1/complaints?cursor=%00",
    ],
)
def test_a_path_or_a_query_with_such_a_word_is_no_mistake_of_the_server(client, path):
    assert client.get(path).status_code < 500


@pytest.mark.parametrize("odd", ["%00", "%ED%A0%80", "%FF"])
def test_nobody_of_such_an_id_can_be_erased(client, odd):
    assert client.delete(f"/v1/customers/{odd}").status_code in (404, 422)


def test_a_limit_for_a_reason_that_cannot_be_kept_is_refused(client):
    body = json.dumps({"limit_minor": 5, "reason": "\0"}).encode()
    told = client.put(
        "/v1/campaigns/spring/budget", content=body, headers={"content-type": "application/json"}
    )
    assert told.status_code in (400, 422), told.text
