"""What schemathesis does not try, or each time: bodies of other kinds, methods, keys, the document."""

import asyncio
import json
from pathlib import Path

import pytest

from serving.app import create_app
from serving.openapi import written
from serving.settings import Settings
from tests.asgi_calls import call
from tests.conftest import _serving_folder, stores_in

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
CALLS = [
    (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
WITH_BODY = [each for each in CALLS if "requestBody" in each[2]]
PROBLEM = "application/problem+json"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW")


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
            serving_dir=_serving_folder(root / "serving"),
            **stores_in(root / "stores"),
            log_requests=False,
        )
    )
    running = made.router.lifespan_context(made)
    loop.run(running.__aenter__())
    yield made
    loop.run(running.__aexit__(None, None, None))


def filled(path):
    return path.replace("{customer_id}", "C000002")


def methods_at(path):
    """The methods of a path, and those of a path whose last part may hold it, slashes and all."""
    fitting = [one for one in DOCUMENT["paths"] if one == path or (one[-1] == "}" and path.startswith(one))]
    return {method for one in fitting for method in DOCUMENT["paths"][one]}


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
    told = loop.run(call(app, method, filled(path)))
    assert (told.status, told.kind) == (405, PROBLEM)
    allowed = {one.strip().lower() for one in told.headers["allow"].split(",")}
    assert set(DOCUMENT["paths"][path]) <= allowed


@each_call([each for each in CALLS if each[2]["security"]])
@pytest.mark.parametrize("key", ["Bearer hf_x_y", "Basic eDp5", "Bearer "])
def test_a_key_that_does_not_count_opens_nothing(app, loop, each, key):
    told = loop.run(call(app, each[0], filled(each[1]), headers={"authorization": key}))
    assert (told.status, "www-authenticate" in told.headers) == (401, True)


def test_every_call_of_the_document_says_which_key_it_asks_for():
    assert {named(each) for each in CALLS if not each[2]["security"]} == {"GET /healthz", "GET /readyz"}


def test_the_document_is_the_application_s_own(app):
    assert written(app) == (Path(__file__).parents[2] / "docs" / "openapi.json").read_text()
