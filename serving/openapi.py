"""The OpenAPI document: FastAPI's, with the key each call needs, and every error as the problem it is."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from serving.access.scopes import Asks, Need, need_of
from serving.problem_schemas import Problem
from serving.problems import MEDIA_TYPE

SCHEMAS = "#/components/schemas/"
PROBLEM = {"schema": {"$ref": f"{SCHEMAS}Problem"}}

ANYWHERE: Mapping[int, str] = {
    400: "The path or the cursor is not one that this server has, or the body cannot be read.",
    401: "There is no key, or it does not count.",
    403: "The key may not do this, or the request names a host or comes from a site that it may not.",
    404: "There is no such customer or path.",
    406: "The answer does not exist in a format that is accepted.",
    414: "The address is too long.",
    422: "The request is not what the schema says.",
    429: "More requests than the key may send; `Retry-After` says when to go on.",
    431: "The headers are too large.",
    500: "The server failed; its log says how.",
    503: "There is no release to answer from, or too much to do; `Retry-After` says when to ask again.",
}
WITH_BODY: Mapping[int, str] = {
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body does not say that it is JSON.",
}
KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer hf_…`"},
    "basic": {"type": "http", "scheme": "basic", "description": "Any name, and the key as password."},
}


def describe(app: FastAPI) -> None:
    """Make the application's OpenAPI document say what a call asks for and how it may be refused."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document = original()
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _share_definitions(operation, document["components"])
                _name_refusals(operation)
                _name_key(operation, need_of(method.upper(), path))
        _name_schemas(document["components"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents


def written(app: FastAPI) -> str:
    """The document as the file that is kept beside the code: `make docs` writes it."""
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _share_definitions(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Put what a body declares by itself among the schemas of all, where references look for it."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        components["schemas"] |= content.get("schema", {}).pop("$defs", {})


def _name_refusals(operation: dict[str, Any]) -> None:
    """The refusals that any call knows, and those that a route declares of its own."""
    own = {int(status): one["description"] for status, one in operation["responses"].items()}
    told = {**own, **ANYWHERE, **(WITH_BODY if "requestBody" in operation else {})}
    refusals = {
        str(status): {"description": words, "content": {MEDIA_TYPE: PROBLEM}}
        for status, words in told.items()
        if status >= 400
    }
    good = {status: one for status, one in operation["responses"].items() if int(status) < 400}
    operation["responses"] = {**good, **dict(sorted(refusals.items()))}


def _name_key(operation: dict[str, Any], need: Need) -> None:
    if need is Asks.NOTHING:
        operation["security"] = []
        return
    scopes = [] if isinstance(need, Asks) else [str(need)]
    operation["security"] = [{name: scopes} for name in KEYS]


def _name_schemas(components: dict[str, Any]) -> None:
    problem = Problem.model_json_schema(ref_template=SCHEMAS + "{model}")
    schemas = {**components["schemas"], **problem.pop("$defs"), "Problem": problem}
    unused = {"HTTPValidationError", "ValidationError"}
    components["schemas"] = {name: schemas[name] for name in sorted(schemas.keys() - unused)}
    components["securitySchemes"] = KEYS
