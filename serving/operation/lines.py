"""Lines of JSON that begin with their instant, as the log and the audit trail keep them."""

import json
from collections.abc import Mapping
from functools import lru_cache

from models.domain.instants import SECOND, iso

_encode = json.JSONEncoder().encode


def line_of(micros: int, facts: Mapping[str, object]) -> str:
    """'{"at": "2026-01-02T03:04:05.678901Z", …}' and the line's end; facts: at least one."""
    second, rest = divmod(micros, SECOND)
    return f'{{"at": "{_second(second)}.{rest:06d}Z", {_encode(facts)[1:]}\n'


@lru_cache(maxsize=2)  # lines come by the hundred in one second
def _second(second: int) -> str:
    return iso(second * SECOND).removesuffix("Z")
