"""Events over HTTP: what is accepted, known and refused, and the erasure of a customer."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

ORDER = {
    "event_id": "e1",
    "type": "order",
    "customer_id": "C000001",
    "order_id": "O1",
    "ordered_at": "2024-07-02T10:00:00",
    "lines": [{"amount_minor": 1250, "item_id": "A"}],
}
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture
def served(client_for, make_serving_folder):
    with client_for(make_serving_folder(customers=9)) as client:
        yield client


def numbered(number, **changed):
    return {**ORDER, "event_id": f"e{number}", "order_id": f"O{number}", **changed}


def statuses(answer):
    return [each["status"] for each in answer.json()["results"]]


def test_an_event_is_accepted(served):
    answer = served.post("/v1/events", json=ORDER)
    assert (answer.status_code, answer.json()["accepted"], statuses(answer)) == (200, 1, ["accepted"])


def test_the_same_event_again_gets_the_first_answer(served):
    first = served.post("/v1/events", json=ORDER).json()["results"][0]
    again = served.post("/v1/events", json=ORDER).json()["results"][0]
    assert (again["status"], again["known_at"]) == ("known", first["known_at"])


def test_another_event_of_the_same_name_is_a_conflict_that_names_both(served):
    served.post("/v1/events", json=ORDER)
    answer = served.post("/v1/events", json={**ORDER, "ordered_at": "2024-07-02T11:00:00"})
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["allowed"] != problem["given"]) == (
        409,
        "urn:holdfast:problem:event-reused",
        True,
    )


def test_a_bad_event_is_a_problem_with_a_remedy(served):
    answer = served.post("/v1/events", json={**ORDER, "lines": [{"amount_minor": 12.5}]})
    assert (answer.status_code, answer.headers["content-type"], answer.json()["remedy"]) == (
        422,
        "application/problem+json",
        "Correct `lines.0.amount_minor`.",
    )


def test_one_bad_event_spoils_no_other(served):
    answer = served.post("/v1/events", json=[numbered(1), {"type": "order"}, numbered(2)])
    assert (answer.status_code, statuses(answer)) == (200, ["accepted", "refused", "accepted"])


def test_a_refused_event_of_several_says_why(served):
    answer = served.post("/v1/events", json=[numbered(1, customer_id=7)])
    assert "`customer_id` is not a text" in answer.json()["results"][0]["problem"]["detail"]


def test_events_may_come_one_a_line(served):
    lines = "\n".join([json.dumps(numbered(1)), "", "{", json.dumps(numbered(2))])
    answer = served.post("/v1/events", content=lines, headers=LINES)
    assert statuses(answer) == ["accepted", "refused", "accepted"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":NaN}', b"9" * 5000, b"nonsense", b"[1,]"]
)
def test_a_body_that_is_not_json_is_told_so(served, body):
    answer = served.post("/v1/events", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (400, "Unreadable body")


@pytest.mark.parametrize("body", [b"null", b"3", b'"order"', b"[]", b"{}", b'{"type":"order"}'])
def test_a_body_without_an_event_is_told_so(served, body):
    answer = served.post("/v1/events", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["title"]) == (422, "Bad event")


def test_a_body_of_another_type_is_told_so(served):
    answer = served.post("/v1/events", content=b"a=1", headers={"content-type": "text/plain"})
    assert answer.status_code == 415


def test_more_events_than_allowed_are_refused_together(served):
    answer = served.post("/v1/events", content=b"{}\n" * 10_001, headers=LINES)
    assert (answer.status_code, answer.json()["allowed"]) == (422, "1 to 10,000")


def test_without_a_release_nobody_knows_the_shops_time(client_for, tmp_path):
    with client_for(tmp_path) as client:
        assert client.post("/v1/events", json=ORDER).status_code == 503


def test_events_outlive_the_server(client_for, make_serving_folder):
    folder = make_serving_folder(customers=3)
    with client_for(folder) as client:
        client.post("/v1/events", json=ORDER)
    with client_for(folder) as client:
        assert statuses(client.post("/v1/events", json=ORDER)) == ["known"]


def test_many_clients_tell_each_event_once(served):
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda number: served.post("/v1/events", json=numbered(number % 20)), range(60))
        )
    assert [each for answer in answers for each in statuses(answer)].count("accepted") == 20


def test_told_events_are_counted(served):
    served.post("/v1/events", json=ORDER)
    line = 'holdfast_events_total{type="order",result="accepted"} 1'
    assert line in served.get("/metrics").text


def test_an_erased_customer_is_unknown(served):
    served.delete("/v1/customers/C000001")
    assert served.get("/v1/customers/C000001").json()["known"] is False


def test_an_erased_customer_leaves_the_list(served):
    served.delete("/v1/customers/C000001")
    listed = [row["customer_id"] for row in served.get("/v1/at-risk").json()["items"]]
    assert (len(listed), "C000001" in listed) == (8, False)


def test_after_an_erasure_nobody_waits_for_rows_to_be_written_again(served):
    served.delete("/v1/customers/C000001")
    assert "written_scores" in vars(served.app.state.releases.current.snapshot)


def test_an_erasure_says_what_it_removed(served):
    served.post("/v1/events", json=ORDER)
    erased = served.delete("/v1/customers/C000001").json()
    assert {name: erased[name] for name in ("customer_id", "events", "scored", "amounts")} == {
        "customer_id": "C000001",
        "events": 1,
        "scored": True,
        "amounts": 1,
    }


def test_a_customer_may_be_erased_twice(served):
    served.delete("/v1/customers/C000001")
    again = served.delete("/v1/customers/C000001")
    assert (again.status_code, again.json()["scored"]) == (200, False)


def test_nobody_can_be_erased_who_is_not_there(served):
    assert served.delete("/v1/customers/nobody").status_code == 404


def test_events_of_an_erased_customer_are_refused(served):
    served.delete("/v1/customers/C000001")
    answer = served.post("/v1/events", json=ORDER)
    assert (answer.status_code, answer.json()["title"]) == (409, "Erased customer")


def test_an_erasure_outlives_the_server(client_for, make_serving_folder):
    folder = make_serving_folder(customers=3)
    with client_for(folder) as client:
        client.delete("/v1/customers/C000001")
    with client_for(folder) as client:
        assert client.get("/v1/customers/C000001").json()["known"] is False


def test_every_type_of_event_is_described(served):
    body = served.get("/openapi.json").json()["paths"]["/v1/events"]["post"]["requestBody"]
    described = body["content"]["application/json"]["schema"]["oneOf"][0]["oneOf"]
    assert {each["title"] for each in described} >= {"order", "return", "complaint.rated", "consent.changed"}


def test_the_described_example_is_accepted(served):
    body = served.get("/openapi.json").json()["paths"]["/v1/events"]["post"]["requestBody"]
    example = body["content"]["application/json"]["examples"]["order"]["value"]
    assert statuses(served.post("/v1/events", json=example)) == ["accepted"]
