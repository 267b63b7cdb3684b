"""Settings: frozen dataclasses built from plain mappings, refused with a sentence when they do not fit."""

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from models.domain.errors import InvalidSetting, one_of

T = TypeVar("T")

_KEY = "key"
_SHORT = "short form"


def settings_from(cls: type[T], values: object, *, where: str) -> T:
    """Build the frozen dataclass `cls` from a mapping read out of a parameter file.

    `where` is the dotted path to show in messages ("churn", "policy.actions[2]"). Nested dataclasses,
    enums, optionals, tuples (from lists) and string-keyed dicts are built too; whole numbers are accepted
    for floats. Raises `InvalidSetting` for an unknown key, a missing one, or a value of the wrong type;
    range checks belong in the dataclass's own `__post_init__`.
    """
    if not isinstance(values, Mapping):
        raise InvalidSetting(
            f"`{where}` must be a section with named settings", given=values, remedy=_remedy(where)
        )
    hints = get_type_hints(cls)
    fields = {_key(field): field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]  # T is a dataclass
    for key in values:
        if key not in fields:
            raise InvalidSetting(
                f"`{where}` has no setting of this name",
                allowed=one_of(fields),
                given=key,
                remedy=_remedy(where),
            )
    arguments = {}
    for key, field in fields.items():
        if key in values:
            arguments[field.name] = _convert(hints[field.name], values[key], f"{where}.{key}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise InvalidSetting(f"`{where}.{key}` is missing", remedy=_remedy(f"{where}.{key}"))
    return _built(cls, arguments, where)


def written_as(key: str, default: Any) -> Any:
    """A field whose setting has a name that Python keeps for itself, such as `in`."""
    return dataclasses.field(default=default, metadata={_KEY: key})


def short_form(default: Any) -> Any:
    """A field that may stand for its whole section: `tea` for `{column: tea}`."""
    return dataclasses.field(default=default, metadata={_SHORT: True})


def plain(value: Any) -> Any:
    """The inverse: dataclasses, enums and tuples as plain JSON-ready values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {_key(field): plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return value


def in_range(where: str, value: float, low: float, high: float) -> None:
    """Raise `InvalidSetting` unless low <= value <= high."""
    if not low <= value <= high:
        raise InvalidSetting(
            f"`{where}` is out of range", allowed=f"{low} to {high}", given=value, remedy=_remedy(where)
        )


def _remedy(where: str) -> str:
    return f"Correct {where} in params.yaml."


def _key(field: dataclasses.Field[Any]) -> str:
    return str(field.metadata.get(_KEY, field.name))


def _built(cls: type[T], arguments: Mapping[str, Any], where: str) -> T:
    """The dataclass; an error of its own that knows no remedy learns where it stands."""
    try:
        return cls(**arguments)
    except InvalidSetting as error:
        if error.remedy:
            raise
        raise InvalidSetting(
            error.problem, allowed=error.allowed, given=error.given, remedy=_remedy(where)
        ) from None


def _long_form(cls: type, value: object) -> object:
    """A plain text where a section is due, as the section that it is short for."""
    short = [_key(field) for field in dataclasses.fields(cls) if _SHORT in field.metadata]
    return {short[0]: value} if short and isinstance(value, str) else value


def _convert(hint: Any, value: Any, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _convert_optional(hint, value, where)
    if origin is tuple:
        return _convert_items(hint, value, where)
    if origin in (dict, Mapping):
        return _convert_entries(hint, value, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _convert_enum(hint, value, where)
    if dataclasses.is_dataclass(hint):
        section = typing.cast(type, hint)
        return settings_from(section, _long_form(section, value), where=where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint is not Any and (not isinstance(value, hint) or (hint is not bool and isinstance(value, bool))):
        raise InvalidSetting(
            f"`{where}` has the wrong type", allowed=hint.__name__, given=value, remedy=_remedy(where)
        )
    if hint is float and not math.isfinite(value):
        raise InvalidSetting(f"`{where}` must be a finite number", given=value, remedy=_remedy(where))
    return value


def _convert_optional(hint: Any, value: Any, where: str) -> Any:
    if value is None and type(None) in get_args(hint):
        return None
    (inner,) = [arg for arg in get_args(hint) if arg is not type(None)]
    return _convert(inner, value, where)


def _convert_items(hint: Any, value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise InvalidSetting(f"`{where}` must be a list", given=value, remedy=_remedy(where))
    item_hint = get_args(hint)[0]
    return tuple(_convert(item_hint, item, f"{where}[{number}]") for number, item in enumerate(value))


def _convert_entries(hint: Any, value: Any, where: str) -> dict[Any, Any]:
    if not isinstance(value, Mapping):
        raise InvalidSetting(f"`{where}` must be a section", given=value, remedy=_remedy(where))
    key_hint, item_hint = get_args(hint)
    return {
        _convert(key_hint, key, where): _convert(item_hint, item, f"{where}.{key}")
        for key, item in value.items()
    }


def _convert_enum(hint: type[Enum], value: Any, where: str) -> Enum:
    try:
        return hint(value)
    except ValueError:
        allowed = one_of(member.value for member in hint)
        raise InvalidSetting(
            f"`{where}` is not a known word", allowed=allowed, given=value, remedy=_remedy(where)
        ) from None
