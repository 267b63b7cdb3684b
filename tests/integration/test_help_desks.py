"""What help desks post by the recipes of docs/events.md reaches the list of whom to answer, and leaves it."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import _serving_folder
from tests.judging_worlds import answering, served

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
# As Zendesk fills in its placeholders: ids as digits, instants in UTC to the minute or the second.
TICKET = {
    "ticket.id": "35436",
    "ticket.requester.external_id": "C000006",
    "ticket.created_at_with_timestamp": "2024-06-30T20:55:29Z",
    "ticket.updated_at_with_timestamp": "2024-06-30T21:40Z",
    "ticket.via": "Web form",
}


@pytest.fixture
def shop(tmp_path):
    folder = served(lambda **more: _serving_folder(tmp_path / "serving", **more), tmp_path / "elsewhere")
    with answering(folder, tmp_path / "stores") as client:
        yield client


def filled(template):
    return re.sub(r"\{\{([\w.]+)\}\}", lambda found: TICKET[found[1]], template)


def waiting(shop):
    return [(one["customer_id"], one["complaint_id"]) for one in shop.get("/v1/complaints").json()["items"]]


def post(shop, text):
    answer = shop.post("/v1/events", content=text, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1), answer.text


def test_a_ticket_of_zendesk_waits_for_an_answer_until_it_is_solved(shop):
    (opened,) = re.findall(r"```json\n(\{\"event_id\": \"zendesk.*?)```", PAGE, re.DOTALL)
    (resolved,) = re.findall(r"`(\"resolved_at\": \"\{\{[^`]*)`", PAGE)
    before = waiting(shop)
    post(shop, filled(opened))
    during = waiting(shop)
    solved = {**json.loads(filled(opened)), **json.loads(filled(f"{{{resolved}}}"))}
    solved |= {"type": "complaint.resolved", "event_id": "zendesk-35436-solved"}
    post(shop, json.dumps({name: solved[name] for name in solved if name not in {"opened_at", "channel"}}))
    assert (set(during) - set(before), waiting(shop)) == ({("C000006", "35436")}, before)


def test_a_ticket_of_freshdesk_waits_for_an_answer(shop):
    (function,) = [
        each for each in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "freshdesk" in each
    ]
    names = {}
    exec(function, names)  # what the page tells people to run
    ticket = {"id": 20, "created_at": "2024-06-30T09:16:02Z", "priority": 4, "requester_id": 1}
    post(shop, json.dumps(names["opened"](ticket, "C000005")))
    assert ("C000005", "20") in waiting(shop)
