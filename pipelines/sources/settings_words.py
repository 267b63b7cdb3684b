"""Words in a parameter file that stand for words in a file, and settings that go together or do not."""

import dataclasses
from typing import Any

from models.domain.errors import InvalidSetting
from models.domain.settings import plain


def needed_text(value: object, where: str) -> str:
    """A word of the file as text. Raises `InvalidSetting` for what YAML took for a truth value or nothing."""
    if isinstance(value, bool) or value is None:
        raise InvalidSetting(
            f"a word in `{where}` is not text: YAML reads Yes, No, On, Off and null as something else",
            allowed="such words in quotes ('Yes'); is_null for empty cells",
            given=value,
        )
    return scalar_text(value, where)


def scalar_text(value: object, where: str) -> str:
    """One word, number or truth value as text. Raises `InvalidSetting` for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise InvalidSetting(
        f"a value in `{where}` must be one word or number", allowed="text, a day in quotes", given=value
    )


def require(holds: object, problem: str, allowed: str, given: object) -> None:
    """Raise `InvalidSetting` unless it holds; `given` may be a section of settings."""
    if not holds:
        raise InvalidSetting(problem, allowed=allowed, given=_as_written(given))


def require_with(settings: Any, needed: str, *dependent: str) -> None:
    """Raise `InvalidSetting` where one of the settings `dependent` is given without `needed`."""
    for name in dependent:
        if getattr(settings, name) and not getattr(settings, needed):
            require(False, f"`{name}` needs `{needed}` beside it", f"{needed} and {name}", settings)


def _as_written(given: object) -> object:
    """A section of settings as somebody wrote it, without what was left out."""
    if not dataclasses.is_dataclass(given) or isinstance(given, type):
        return given
    return {key: value for key, value in plain(given).items() if value}
