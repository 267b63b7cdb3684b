"""The page on events shows only what the server accepts."""

import json
import re
from datetime import UTC, datetime

import pytest

from models.contract.told_events import Shop, told

SHOP = Shop("Europe/Berlin")
NOW = 2_000_000_000 * 10**6
PLACEHOLDER = re.compile(r"\{\{([\w.]+)\}\}")


@pytest.fixture(scope="module")
def page(request):
    return (request.config.rootpath / "docs" / "events.md").read_text()


def code(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def rendered(match):
    """What a help desk puts in the place of a name."""
    return "2026-03-01T05:35Z" if match.group(1).endswith("with_timestamp") else "4711"


def test_the_event_that_curl_posts_is_accepted(page):
    (body,) = re.findall(r"-d '(\{.*?\n\})'", page, re.DOTALL)
    assert told(json.loads(body), SHOP, NOW).type.name == "order"


def test_the_event_that_python_posts_is_accepted(page):
    (body,) = re.findall(r"^event = (\{.*?^\})", page, re.MULTILINE | re.DOTALL)
    assert told(json.loads(re.sub(r",\n\}", "\n}", body)), SHOP, NOW).type.name == "complaint.opened"


def test_what_zendesk_posts_is_accepted(page):
    (body,) = [each for each in code(page, "json") if "zendesk" in each]
    assert told(json.loads(PLACEHOLDER.sub(rendered, body)), SHOP, NOW).customer_id == "4711"


def test_what_the_function_for_freshdesk_makes_is_accepted(page):
    (source,) = [each for each in code(page, "python") if "freshdesk" in each]
    names = {}
    exec(source, names)  # what the page tells people to run
    created = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
    event = names["opened"]({"id": 7, "created_at": created, "priority": 2}, "C1")
    assert told(event, SHOP, NOW).said["severity"] == 2
