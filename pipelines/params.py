"""`params.yaml` is the interface: one frozen dataclass a section, read by the stages that list it."""

from typing import Any, TypeVar

import yaml

from models.domain.errors import InvalidSetting
from models.domain.settings import settings_from
from pipelines import paths

T = TypeVar("T")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the compiled one is ten times as fast, where it is


def section(cls: type[T], name: str) -> T:
    """Read one section of params.yaml as the frozen dataclass `cls`. Raises `InvalidSetting`."""
    return settings_from(cls, raw_section(name), where=name)


def raw_section(name: str) -> Any:
    """One section as plain values. Raises `InvalidSetting` when the file or the section is missing."""
    if not paths.PARAMS.exists():
        raise InvalidSetting(
            "there is no params.yaml here",
            remedy="Run from the project's folder, or restore the file with git.",
        )
    values = _read()
    if not isinstance(values, dict) or name not in values:
        raise InvalidSetting(
            f"params.yaml has no section `{name}`", remedy="Restore it from the shipped params.yaml."
        )
    return values[name]


def _read() -> Any:
    try:
        return yaml.load(paths.PARAMS.read_text(), Loader=_LOADER)  # noqa: S506  # both are safe
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise InvalidSetting(
            f"params.yaml is not valid YAML: {where}", remedy="Correct that line."
        ) from error
