"""What fits an OpenAPI document, and what does not: strategies read from its schemas."""

import math
from datetime import UTC, datetime

from hypothesis import strategies as st

MOST_ITEMS = 4

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def resolved(document, schema):
    """A schema with its reference, if it is one, looked up."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def fitting(document, schema):
    """A strategy for values that fit a schema."""
    schema = resolved(document, schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([fitting(document, each) for each in schema[several]])
    return _BY_TYPE[schema.get("type", "anything")](document, schema)


def _text(_, schema):
    if schema.get("format") == "date-time":
        moments = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
        return moments.map(datetime.isoformat)
    return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 20), 20))


def _whole(_, schema):
    least = schema.get("minimum", schema.get("exclusiveMinimum", -(2**63) - 1) + 1)
    most = schema.get("maximum", schema.get("exclusiveMaximum", 2**63) - 1)
    return st.integers(math.ceil(least), math.floor(most))


def _number(_, schema):
    return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)


def _list(document, schema):
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", MOST_ITEMS), max(MOST_ITEMS, least))
    return st.lists(fitting(document, schema.get("items", {})), min_size=least, max_size=most)


def _object(document, schema):
    properties = {name: fitting(document, each) for name, each in schema.get("properties", {}).items()}
    required = {name: properties.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=properties)


_BY_TYPE = {
    "string": _text,
    "integer": _whole,
    "number": _number,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
    "array": _list,
    "object": _object,
    "anything": lambda *_: anything,
}


def calls(document):
    """Every operation as (method, path, operation)."""
    return [
        (method.upper(), path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]
