"""What a key may be allowed to do, and what each call asks for: the one table that decides."""

from collections.abc import Mapping
from enum import StrEnum


class Scope(StrEnum):
    """A permission that a key is given when it is made."""

    READ_SCORES = "read:scores"
    READ_CUSTOMERS = "read:customers"
    READ_LISTS = "read:lists"
    READ_CAPS = "read:caps"
    READ_LEDGER = "read:ledger"
    READ_METRICS = "read:metrics"
    WRITE_EVENTS = "write:events"
    ERASE_CUSTOMERS = "erase:customers"
    RESERVE = "incentives:reserve"
    COMMIT = "incentives:commit"
    REVERSE = "incentives:reverse"
    APPROVE = "incentives:approve"
    OWE = "incentives:owed"
    ADMIN = "admin"


class Asks(StrEnum):
    """What a call asks for where it is no scope: any key at all, or nothing."""

    ANY_KEY = "any key"
    NOTHING = "nothing"


Need = Scope | Asks

# By method and path; what stands in braces is any value. A call that is not listed here is for admins.
NEEDS: Mapping[str, Need] = {
    "GET /": Scope.READ_LISTS,
    "GET /healthz": Asks.NOTHING,
    "GET /readyz": Asks.NOTHING,
    "GET /static/{}": Asks.NOTHING,
    "GET /openapi.json": Asks.ANY_KEY,
    "GET /metrics": Scope.READ_METRICS,
    "POST /v1/scores": Scope.READ_SCORES,
    "GET /v1/customers/{}": Scope.READ_CUSTOMERS,
    "DELETE /v1/customers/{}": Scope.ERASE_CUSTOMERS,
    "GET /v1/customers/{}/incentive-cap": Scope.READ_CAPS,
    "GET /v1/at-risk": Scope.READ_LISTS,
    "GET /v1/complaints": Scope.READ_LISTS,
    "GET /v1/contact-calendar": Scope.READ_LISTS,
    "POST /v1/events": Scope.WRITE_EVENTS,
    "POST /v1/incentives/reservations": Scope.RESERVE,
    "GET /v1/incentives/reservations/{}": Scope.READ_LEDGER,
    "POST /v1/incentives/reservations/{}/commit": Scope.COMMIT,
    "POST /v1/incentives/reservations/{}/release": Scope.RESERVE,
    "POST /v1/incentives/reservations/{}/approve": Scope.APPROVE,
    "POST /v1/incentives/commits/{}/reverse": Scope.REVERSE,
    "GET /v1/campaigns/{}/budget": Scope.READ_LEDGER,
    "PUT /v1/campaigns/{}/budget": Scope.ADMIN,
    "GET /v1/incentives/ledger": Scope.READ_LEDGER,
}

# Whoever calls with these reads or changes what is known of single customers: each call leaves an audit line.
OF_CUSTOMERS = frozenset(
    {
        Scope.READ_SCORES,
        Scope.READ_CUSTOMERS,
        Scope.READ_LISTS,
        Scope.READ_CAPS,
        Scope.READ_LEDGER,
        Scope.WRITE_EVENTS,
        Scope.ERASE_CUSTOMERS,
        Scope.RESERVE,
        Scope.COMMIT,
        Scope.REVERSE,
        Scope.APPROVE,
        Scope.ADMIN,
    }
)


def need_of(method: str, path: str) -> Need:
    """What a call asks for; `path` is a route's template, whatever its parameters are called."""
    return NEEDS.get(call_name(method, path), Scope.ADMIN)


def call_name(method: str, path: str) -> str:
    """'GET /v1/customers/{}' of 'GET' and '/v1/customers/{customer_id:path}'; HEAD asks for what GET does."""
    parts = ("{}" if part.startswith("{") else part for part in path.split("/"))
    return f"{'GET' if method == 'HEAD' else method} {'/'.join(parts)}"
