"""Whether answers by id are the run's own rows: compared field by field, numbers to the last bit."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from models.contract.storage import read_table
from models.domain.instants import iso, to_micros


def differing(port: int, scores: Path, customers: Sequence[str]) -> dict[str, list[str]]:
    """Customers whose answer is not the row of the scores, and the columns in which it is another."""
    rows = {row["customer_id"]: row for row in read_table(scores).to_pylist()}
    connection = HTTPConnection("127.0.0.1", port)
    found = {}
    for customer in customers:
        connection.request("GET", f"/v1/customers/{customer}")
        answer = json.loads(connection.getresponse().read())
        other = [name for name, value in rows[customer].items() if not _same(value, answer, name)]
        if other:
            found[customer] = other
    connection.close()
    return found


def _same(value: Any, answer: Mapping[str, Any], name: str) -> bool:
    if isinstance(value, datetime):
        value = iso(to_micros(value))
    return name in answer and (answer[name] == (None if value != value else value))  # noqa: PLR0124  # NaN
