"""A small client for programs in Python: the standard library alone, so this one file can be copied.

    holdfast = Client("http://127.0.0.1:8000", key="hf_…")
    held = holdfast.reserve("C000001", 510, "EUR", action="coupon")
    if held["granted_minor"]:
        holdfast.commit(held["reservation_id"], held["granted_minor"])

Every write carries an Idempotency-Key that stays the same over its retries, so a lost connection pays once.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

Body: TypeAlias = Mapping[str, Any] | list[dict[str, Any]]

AGAIN = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
IN_FLIGHT = "urn:holdfast:problem:key-in-flight"
LONGEST_WAIT_SECONDS = 30.0


class Refused(Exception):  # what the server says, not what went wrong here
    """The server's answer is a problem document: `problem['detail']` and `problem['remedy']`."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail") or f"HTTP {status}")
        self.status, self.problem = status, problem


class Unreachable(Exception):  # as above
    """No answer after all attempts. A write may or may not have been done: repeat it with the same key."""

    def __init__(self, cause: str, key: str | None) -> None:
        super().__init__(cause)
        self.key = key


@dataclass(frozen=True)
class Client:
    """Calls to one server. Amounts are whole minor units; answers are the server's JSON as dictionaries.

    key: an API key. attempts: how often a call is sent at most. timeout: seconds of each. sleep: how to wait.
    Raises `Refused` for a problem document and `Unreachable` where no attempt was answered.
    """

    base_url: str
    key: str | None = None
    attempts: int = 6
    timeout: float = 10.0
    sleep: Callable[[float], None] = time.sleep

    def score(self, customer_ids: Iterable[str], **more: Any) -> dict[str, Any]:
        """Scores of 1 to 10,000 customers; more: further fields of the request, such as `as_of`."""
        customers = [{"customer_id": one} for one in customer_ids]
        return self.send("POST", "/v1/scores", {"customers": customers, **more})

    def customer(self, customer_id: str) -> dict[str, Any]:
        """Everything about one customer."""
        return self.send("GET", f"/v1/customers/{quote(customer_id, safe='')}")

    def incentive_cap(self, customer_id: str, **asked: str) -> dict[str, Any]:
        """What may be spent on a customer now, with its arithmetic; asked: `purpose`."""
        query = f"?{urlencode(asked)}" if asked else ""
        return self.send("GET", f"/v1/customers/{quote(customer_id, safe='')}/incentive-cap{query}")

    def tell(self, events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Post events; their own ids make a repetition harmless."""
        return self.send("POST", "/v1/events", [dict(one) for one in events])

    def reserve(
        self, customer_id: str, requested_minor: int, currency: str, *, key: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Set money aside; more: `action`, `purpose`, `partial`, `ttl_seconds`, `reason` and so on.

        key: your own idempotency key, to repeat a call that a crash of this program cut short.
        """
        asked = {"customer_id": customer_id, "requested_minor": requested_minor, "currency": currency}
        return self.send("POST", "/v1/incentives/reservations", {**asked, **more}, key or uuid4().hex)

    def commit(
        self, reservation_id: str, amount_minor: int, *, key: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Spend what was reserved, or less."""
        path = f"/v1/incentives/reservations/{quote(reservation_id, safe='')}/commit"
        return self.send("POST", path, {"amount_minor": amount_minor, **more}, key or uuid4().hex)

    def release(self, reservation_id: str, *, key: str | None = None, **more: Any) -> dict[str, Any]:
        """Give a reservation back unspent."""
        path = f"/v1/incentives/reservations/{quote(reservation_id, safe='')}/release"
        return self.send("POST", path, more, key or uuid4().hex)

    def approve(self, reservation_id: str, *, key: str | None = None, **more: Any) -> dict[str, Any]:
        """Let a reservation stand that waits for approval."""
        path = f"/v1/incentives/reservations/{quote(reservation_id, safe='')}/approve"
        return self.send("POST", path, more, key or uuid4().hex)

    def reverse(
        self, reservation_id: str, amount_minor: int, *, key: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Take back part of what was committed."""
        path = f"/v1/incentives/commits/{quote(reservation_id, safe='')}/reverse"
        return self.send("POST", path, {"amount_minor": amount_minor, **more}, key or uuid4().hex)

    def send(
        self, method: str, path: str, body: Body | None = None, idempotency: str | None = None
    ) -> dict[str, Any]:
        """One call, sent again while the server is busy or silent; its answer."""
        cause = ""
        for attempt in range(self.attempts):
            try:
                with urlopen(self._request(method, path, body, idempotency), timeout=self.timeout) as answer:  # noqa: S310  # the caller's own server
                    found: dict[str, Any] = json.load(answer)
                    return found
            except HTTPError as error:
                refused, wait = _refusal(error)
                if wait is None:
                    raise refused from None
                cause = str(refused)
            except (URLError, HTTPException, OSError, ValueError) as error:
                cause, wait = str(error), 0.1 * 2**attempt
            if attempt + 1 < self.attempts:
                self.sleep(min(wait, LONGEST_WAIT_SECONDS))
        raise Unreachable(cause, idempotency)

    def _request(self, method: str, path: str, body: Body | None, idempotency: str | None) -> Request:
        headers = {"accept": "application/json"}
        if self.key is not None:
            headers["authorization"] = f"Bearer {self.key}"
        if idempotency is not None:
            headers["idempotency-key"] = idempotency
        data = None
        if body is not None:
            data, headers["content-type"] = json.dumps(body).encode(), "application/json"
        return Request(self.base_url.rstrip("/") + path, data, headers, method=method)  # noqa: S310  # as above


def _refusal(error: HTTPError) -> tuple[Refused, float | None]:
    """What the server said, and after how many seconds to try again; None: not at all."""
    try:
        problem = json.load(error)
    except ValueError:
        problem = {}
    again = error.code in AGAIN or problem.get("type") == IN_FLIGHT
    after = error.headers.get("retry-after", "")
    return Refused(error.code, problem), (float(after) if after.isdecimal() else 1.0) if again else None
