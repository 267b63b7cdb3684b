import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.access.limits import LARGEST_BODY

JSON = {"content-type": "application/json"}
PROBLEM = "application/problem+json"

_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_bad_customer = st.fixed_dictionaries({"customer_id": _anything, "extra": _anything})
_malformed = st.one_of(
    st.binary(max_size=200),
    _anything.map(json.dumps).map(str.encode),
    st.fixed_dictionaries({"customers": _anything, "unknown": _anything}).map(json.dumps).map(str.encode),
    st.lists(_bad_customer, min_size=1, max_size=3).map(
        lambda customers: json.dumps({"customers": customers}).encode()
    ),
)


@settings(max_examples=300, deadline=None)
@given(body=_malformed)
def test_a_malformed_body_is_a_problem_and_never_the_server_s(ask, body):
    answer = ask.post("/v1/scores", content=body, headers=JSON)
    assert answer.headers["content-type"] == PROBLEM
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[" * 50_000,
        b"1" * 5_000,
        b'{"customers": [{"customer_id": "\\ud800"}]}',
        b'{"customers": [{"customer_id": NaN}]}',
        b'{"customers": [{"customer_id": "x"}], "as_of": 1e400}',
        b'{"customers": [{"customer_id": "x"}], "\\ud800": 1}',
    ],
)
def test_a_nasty_body_is_a_problem_too(ask, body):
    answer = ask.post("/v1/scores", content=body, headers=JSON)
    assert (answer.status_code in (400, 422), answer.headers["content-type"]) == (True, PROBLEM)


def test_a_body_that_does_not_say_it_is_json_is_told_to(ask):
    answer = ask.post("/v1/scores", content=b'{"customers": []}', headers={"content-type": "text/plain"})
    assert (answer.status_code, "Content-Type: application/json" in answer.json()["remedy"]) == (415, True)


def test_a_body_beyond_the_limit_is_too_large(ask):
    answer = ask.post("/v1/scores", content=b" " * (LARGEST_BODY + 1), headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:holdfast:problem:body-too-large")


def test_a_body_that_hides_its_length_is_too_large_all_the_same(ask):
    pieces = (b" " * 65_536 for _ in range(LARGEST_BODY // 65_536 + 1))
    answer = ask.post("/v1/scores", content=pieces, headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:holdfast:problem:body-too-large")


def test_an_unknown_path_is_a_problem(ask):
    answer = ask.get("/v2/scores")
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)


def test_a_wrong_method_is_a_problem_that_names_the_right_one(ask):
    answer = ask.get("/v1/scores")
    assert (answer.status_code, answer.headers["allow"], answer.headers["content-type"]) == (
        405,
        "POST",
        PROBLEM,
    )


def test_a_foreign_host_is_refused(ask):
    answer = ask.get("/healthz", headers={"host": "evil.example:8000"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:holdfast:problem:foreign-host")


def test_answers_are_not_kept_by_anyone(ask):
    assert ask.get("/healthz").headers["cache-control"] == "no-store"


def test_the_pages_that_load_scripts_from_elsewhere_are_off(ask):
    assert (ask.get("/docs").status_code, ask.get("/redoc").status_code) == (404, 404)


def test_the_openapi_document_names_every_route(ask):
    paths = ask.get("/openapi.json").json()["paths"]
    assert sorted(paths) == [
        "/healthz",
        "/metrics",
        "/readyz",
        "/v1/at-risk",
        "/v1/campaigns/{campaign}/budget",
        "/v1/complaints",
        "/v1/contact-calendar",
        "/v1/customers/{customer_id}",
        "/v1/customers/{customer_id}/incentive-cap",
        "/v1/events",
        "/v1/incentives/commits/{reservation_id}/reverse",
        "/v1/incentives/ledger",
        "/v1/incentives/reservations",
        "/v1/incentives/reservations/{reservation_id}",
        "/v1/incentives/reservations/{reservation_id}/approve",
        "/v1/incentives/reservations/{reservation_id}/commit",
        "/v1/incentives/reservations/{reservation_id}/release",
        "/v1/scores",
    ]


def test_every_reference_in_the_openapi_document_leads_somewhere(ask):
    document = ask.get("/openapi.json").json()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


def references(value):
    """Every `$ref` in a document."""
    if isinstance(value, list):
        return [each for part in value for each in references(part)]
    if not isinstance(value, dict):
        return []
    here = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return here + [each for part in value.values() for each in references(part)]


def test_every_error_in_the_openapi_document_is_a_problem(ask):
    paths = ask.get("/openapi.json").json()["paths"]
    kinds = {
        kind
        for path in paths.values()
        for operation in path.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for kind in response["content"]
    }
    assert kinds == {PROBLEM}


def test_the_openapi_document_stays_the_same_when_asked_twice(ask):
    assert ask.get("/openapi.json").json() == ask.get("/openapi.json").json()
