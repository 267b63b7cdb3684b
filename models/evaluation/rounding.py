"""Figures as they are published: six digits after the point, and null for what is not a number."""

import math
from typing import Any

DIGITS = 6


def rounded(value: Any) -> Any:
    """The same nested dicts and lists with every float rounded, NaN and infinities as None."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value


def shown(value: float | None, digits: int) -> str:
    """A figure for people; '–' where nothing could be measured (one outcome only, a total of 0)."""
    return "–" if value is None else f"{value:.{digits}f}"
