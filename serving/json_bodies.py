"""Bodies in JSON of plain routes: how they are read, and how they are described."""

from codecs import BOM_UTF8
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from serving.plain_routes import JSON
from serving.refusals import NotJson, UnreadableBody

SAY_JSON = f"Send the header `Content-Type: {JSON}`."
REF = "#/components/schemas/{model}"

Model = TypeVar("Model", bound=BaseModel)


async def body_of(request: Request, model: type[Model]) -> Model:
    """The body, checked. Raises `NotJson`, `UnreadableBody` and `RequestValidationError`."""
    given = request.headers.get("content-type", "")
    kind = given.partition(";")[0].strip().lower()
    if not is_json(kind):
        raise NotJson(
            "the body does not say that it is JSON", allowed=JSON, given=given or "none", remedy=SAY_JSON
        )
    return checked(model, await whole_body(request))


def is_json(kind: str) -> bool:
    """Whether a media type is JSON: 'application/json', 'application/vnd.shop+json'."""
    return kind == JSON or (kind.startswith("application/") and kind.endswith("+json"))


async def whole_body(request: Request) -> bytes:
    """The body. Raises `UnreadableBody` where whoever sends it goes away before its end."""
    try:
        return await request.body()
    except ClientDisconnect:
        remedy = "Send all of it."
        raise UnreadableBody("the connection ended before the body did", remedy=remedy) from None


def checked(model: type[Model], body: bytes) -> Model:
    """A model of a body in JSON. Raises `RequestValidationError`."""
    try:
        return model.model_validate_json(body.removeprefix(BOM_UTF8))
    except ValidationError as error:
        raise invalid(error, "body") from None


def invalid(error: ValidationError, where: str) -> RequestValidationError:
    """The refusal of a body or a query for what a model found in it."""
    found = error.errors(include_url=False, include_context=False)
    return RequestValidationError([{**each, "loc": (where, *each["loc"])} for each in found])


def described(model: type[BaseModel]) -> dict[str, Any]:
    """The body as OpenAPI describes it: a schema among those of all, which `serving.openapi` puts there."""
    schema = model.model_json_schema(ref_template=REF)
    shared = {**schema.pop("$defs", {}), model.__name__: schema}
    reference = {"$ref": REF.format(model=model.__name__), "$defs": shared}
    return {"required": True, "content": {JSON: {"schema": reference}}}
