"""What is known of one request while it is answered, and told about it afterwards."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import urandom
from time import perf_counter

from starlette.types import Scope

from serving.access.callers import NOBODY, Caller

UNMATCHED = "unmatched"
REQUEST_ID = b"request-id"

# What a caller may call its request: it ends up in logs and in a header.
_FITTING = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(slots=True)
class Asked:
    """One request. route: its template; customers: whom it was about, by id, and how many more they were."""

    request_id: str
    started: float
    caller: Caller = NOBODY
    route: str = UNMATCHED
    status: int = 0
    problem: str = ""
    customers: Sequence[str] = ()
    more_customers: int = 0


def begin(scope: Scope) -> Asked:
    """Note that a request arrived, under its own id or a new one."""
    asked = Asked(_request_id(scope["headers"]), perf_counter())
    scope.setdefault("state", {})["asked"] = asked
    return asked


def asked_of(scope: Scope) -> Asked:
    """What is known of the request of a scope."""
    known: Asked = scope["state"]["asked"]
    return known


def note_customers(scope: Scope, customers: Sequence[str], most: int | None = None) -> None:
    """Say whom a request is about, where the path does not: its audit line names them, or `most` of them."""
    asked = asked_of(scope)
    asked.customers = customers[:most]
    asked.more_customers = len(customers) - len(asked.customers)


def _request_id(headers: Sequence[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == REQUEST_ID and _FITTING.fullmatch(value):
            return value.decode()
    return urandom(8).hex()
