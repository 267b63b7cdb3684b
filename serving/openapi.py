"""The OpenAPI document: FastAPI's, with every error described as the problem document that it is."""

from typing import Any

from fastapi import FastAPI

from serving.problems import MEDIA_TYPE
from serving.schemas import Problem

# Every operation may be refused by the gate, by validation, or for want of a release.
RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"description": "The body cannot be read, or the cursor is not this list's.", "model": Problem},
    403: {"description": "The request does not come from this machine.", "model": Problem},
    404: {"description": "There is no such customer or path.", "model": Problem},
    405: {"description": "The path does not have this method.", "model": Problem},
    406: {"description": "The answer does not exist in a format that is accepted.", "model": Problem},
    413: {"description": "The body is larger than 2 MB.", "model": Problem},
    415: {"description": "The body does not say that it is JSON.", "model": Problem},
    422: {"description": "The request is not what the schema says.", "model": Problem},
    500: {"description": "The server failed; its log says how.", "model": Problem},
    503: {"description": "There is no release to answer from.", "model": Problem},
}


def describe(app: FastAPI) -> None:
    """Make the application's OpenAPI document say `application/problem+json` where errors are."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document = original()
        for path in document["paths"].values():
            for operation in path.values():
                _name_problems(operation["responses"])
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents


def _name_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        content = response.get("content", {})
        if int(status) >= 400 and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
