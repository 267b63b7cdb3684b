"""The limit: an ASGI application that reads a row and predicts, with our models and nothing around them."""

import json
import os
from pathlib import Path
from typing import Any

from benchmarks.serving_speed import rows
from models.learned import churn, lifetime_value
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import floored

FOLDER = Path(os.environ["PEER_ROWS"])
RELEASE = Path(os.environ["PEER_RELEASE"])

KNOWN = rows.read(FOLDER)
CHURN, VALUE = churn.load(RELEASE / "churn"), lifetime_value.load(RELEASE / "lifetime_value")
BOUND = LowerBound.from_json(json.loads((RELEASE / "lifetime_value" / "bounds.json").read_text()))


def answer(customer: str) -> dict[str, Any]:
    """Chance of leaving, value, stake and its bound of one customer."""
    frame = KNOWN.frame(customer)
    p = CHURN.probability(frame)
    worth = VALUE.estimate(frame, p)
    return {
        "customer_id": customer,
        "churn_probability": float(p[0]),
        "lifetime_value_minor": int(floored(worth.lifetime)[0]),
        "value_at_stake_minor": int(floored(worth.stake)[0]),
        "value_at_stake_low_minor": int(floored(BOUND.of_stake(worth.stake))[0]),
    }


async def app(scope: Any, receive: Any, send: Any) -> None:
    """GET /{customer}; a POST of ids answers all of them."""
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        told = json.dumps([answer(each) for each in json.loads(body)]).encode()
    else:
        told = json.dumps(answer(scope["path"].rsplit("/", 1)[1])).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(told)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": told})
