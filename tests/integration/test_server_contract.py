"""Every call of the OpenAPI document, with what fits it and what does not: answers keep to the document.

Over a small folder; HOLDFAST_CONTRACT_OF=data/serving tries the same on a real one.
"""

import asyncio
import json
import os
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from serving.app import create_app
from serving.openapi import written
from serving.settings import Settings
from tests.asgi_calls import call
from tests.conftest import _serving_folder
from tests.openapi_examples import anything, calls, fitting, resolved

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
CALLS = calls(DOCUMENT)
WITH_BODY = [each for each in CALLS if "requestBody" in each[2]]
JSON = {"content-type": "application/json"}
PROBLEM = "application/problem+json"
NOT_ITS_FAULT = {"invalid-request", "not-json", "bad-request"}
# The small folder has no histories to judge anew from; over a real one nothing may be missing.
REAL = os.environ.get("HOLDFAST_CONTRACT_OF")
WITHOUT_HISTORY = "never" if REAL else "missing-release"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW")

searching = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)


def named(each):
    return f"{each[0]} {each[1]}"


def each_call(several=CALLS):
    return pytest.mark.parametrize("each", several, ids=named)


@pytest.fixture(scope="module")
def loop():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def app(tmp_path_factory, loop):
    """The application with its release loaded."""
    root = tmp_path_factory.mktemp("contract")
    made = create_app(
        Settings(
            serving_dir=Path(REAL) if REAL else _serving_folder(root / "serving"),
            keys_url=f"sqlite:///{root / 'keys.db'}",
            store_url=f"sqlite:///{root / 'events.db'}",
            audit_dir=root / "audit",
            log_requests=False,
        )
    )
    running = made.router.lifespan_context(made)
    loop.run(running.__aenter__())
    yield made
    loop.run(running.__aexit__(None, None, None))


def asked(parameter_strategy, operation, data):
    """Path and query parameters of a call: (path values by name, pairs of the query)."""
    inside, pairs = {}, []
    for parameter in operation.get("parameters", ()):
        value = data.draw(parameter_strategy(parameter))
        if parameter["in"] == "path":
            inside[parameter["name"]] = value
        elif parameter["in"] == "query" and (parameter.get("required") or data.draw(st.booleans())):
            values = value if isinstance(value, list) else [value]
            pairs += [(parameter["name"], spelt(one)) for one in values if one is not None]
    return inside, pairs


def spelt(value):
    return value if isinstance(value, str) else json.dumps(value)


def filled(path, inside):
    for name, value in inside.items():
        path = path.replace(f"{{{name}}}", quote(spelt(value), safe="", errors="replace"))
    return path


def encoded(pairs):
    return urlencode(pairs, errors="replace").encode()


def checked(each, told):
    """The answer, if it keeps to the document: a status and a type that it names, a body that fits."""
    responses = each[2]["responses"]
    assert str(told.status) in responses, (told.status, told.body)
    assert told.status != 500, told.body
    assert told.status != 503 or kind_of(told) == WITHOUT_HISTORY, told.body
    content = responses[str(told.status)].get("content", {})
    assert told.kind in content or not content, (told.status, told.kind)
    if told.kind in ("application/json", PROBLEM):
        schema = {**content[told.kind]["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(schema).validate(told.json())
    return told


def kind_of(told):
    return told.json()["type"].rpartition(":")[2] if told.kind == PROBLEM else ""


def beyond_a_schema(told):
    """Whether all that is wrong are rules over several fields, which a schema has no words for."""
    return all(
        one["message"].startswith("Value error") for one in told.json().get("errors", [{"message": ""}])
    )


def methods_at(path):
    """The methods of a path, and those of a path whose last part may hold it, slashes and all."""
    fitting = [one for one in DOCUMENT["paths"] if one == path or (one[-1] == "}" and path.startswith(one))]
    return {method for one in fitting for method in DOCUMENT["paths"][one]}


@each_call()
@given(data=st.data())
@searching
def test_what_fits_the_document_is_understood(app, loop, each, data):
    method, path, operation = each
    inside, pairs = asked(lambda parameter: fitting(DOCUMENT, parameter["schema"]), operation, data)
    body, headers = b"", {}
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body, headers = json.dumps(data.draw(fitting(DOCUMENT, schema))).encode(), JSON
    told = loop.run(call(app, method, filled(path, inside), query=encoded(pairs), headers=headers, body=body))
    checked(each, told)
    assert kind_of(told) not in NOT_ITS_FAULT or beyond_a_schema(told), told.body


@each_call()
@given(data=st.data())
@searching
def test_parameters_that_may_be_anything_get_an_answer_of_the_document(app, loop, each, data):
    method, path, operation = each
    inside, pairs = asked(lambda _: anything, operation, data)
    pairs += data.draw(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=2))
    body, headers = (b"{}", JSON) if "requestBody" in operation else (b"", {})
    checked(
        each,
        loop.run(call(app, method, filled(path, inside), query=encoded(pairs), headers=headers, body=body)),
    )


def objects_of(schema):
    """The objects with named properties that a body may be."""
    if "oneOf" in schema:
        return [one for each in schema["oneOf"] for one in objects_of(resolved(DOCUMENT, each))]
    return [schema] if "properties" in schema else []


@each_call(WITH_BODY)
@given(data=st.data())
@searching
def test_a_body_with_one_thing_wrong_is_refused_by_the_document(app, loop, each, data):
    method, path, operation = each
    schema = resolved(DOCUMENT, operation["requestBody"]["content"]["application/json"]["schema"])
    one = data.draw(st.sampled_from(objects_of(schema)))
    good = data.draw(fitting(DOCUMENT, one))
    place = data.draw(st.sampled_from(sorted(one["properties"])))
    spoilt = {**good, place: data.draw(anything)}
    fits = Draft202012Validator({**schema, "components": DOCUMENT["components"]}).is_valid(spoilt)
    told = loop.run(call(app, method, path, headers=JSON, body=json.dumps(spoilt).encode()))
    checked(each, told)
    assert fits or 400 <= told.status < 500


@each_call(WITH_BODY)
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_a_body_of_another_kind_is_refused(app, loop, each, kind):
    told = loop.run(call(app, each[0], each[1], headers={"content-type": kind}, body=b"{}"))
    assert (told.status, told.kind) == (415, PROBLEM)


@pytest.mark.parametrize("path", sorted(DOCUMENT["paths"]))
@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_a_path_has_not_is_refused_with_those_it_has(app, loop, path, method):
    if method.lower() in methods_at(path):
        return
    told = loop.run(call(app, method, path.replace("{customer_id}", "C000002")))
    assert (told.status, told.kind) == (405, PROBLEM)
    allowed = {one.strip().lower() for one in told.headers["allow"].split(",")}
    assert set(DOCUMENT["paths"][path]) <= allowed


@each_call([each for each in CALLS if each[2]["security"]])
@pytest.mark.parametrize("key", ["Bearer hf_x_y", "Basic eDp5", "Bearer "])
def test_a_key_that_does_not_count_opens_nothing(app, loop, each, key):
    told = loop.run(
        call(app, each[0], filled(each[1], {"customer_id": "C000002"}), headers={"authorization": key})
    )
    checked(each, told)
    assert (told.status, "www-authenticate" in told.headers) == (401, True)


def test_every_call_of_the_document_says_which_key_it_asks_for():
    assert {named(each) for each in CALLS if not each[2]["security"]} == {"GET /healthz", "GET /readyz"}


def test_the_document_is_the_application_s_own(app):
    assert written(app) == (Path(__file__).parents[2] / "docs" / "openapi.json").read_text()
