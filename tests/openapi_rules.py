"""For schemathesis: refusals of requests that fit their schema, by rules that no schema has words for.

`SCHEMATHESIS_HOOKS=tests.openapi_rules st run …` loads it. Whatever else is refused although it fits, or
taken although it does not, stays a finding.
"""

from uuid import uuid4

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

# Whether these are right depends on what the server holds: its data's end, its ledger, its policy.
BY_WHAT_IS_HELD = {
    "bad-command": "an action or a time that the policy does not have",
    "foreign-cursor": "a cursor of another run, or one that nobody gave out",
    "key-reused": "the same Idempotency-Key before another payload",
    "missing-key": "a write without Idempotency-Key, which a dry run does not need",
    "other-as-of": "an instant before the data's end, or years behind it",
    "other-currency": "not the ledger's currency",
    "too-much": "more than is left of a reservation",
}
# What an event says of itself: over several fields, of years that no shop has seen, in control characters.
OF_EVENTS = (
    "lies ahead",
    "lies after `known_at`",
    "share a line_id",
    "is not an instant",
    "is not a day",
    "is not a text that can be kept",
)
MONEY = "/v1/incentives/"
TOO_LARGE = 413  # is a refusal too


@schemathesis.hook
def before_call(context, case, kwargs):
    """A request that fits gets an Idempotency-Key of its own, as a client would give it one."""
    if case.path.startswith(MONEY) and case.method == "POST" and not case.meta.generation.mode.is_negative:
        case.headers["Idempotency-Key"] = str(uuid4())


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure counts."""
    if response.status_code == TOO_LARGE:
        return False
    return not (isinstance(failure, RejectedPositiveData) and by_a_rule(response.json()))


def by_a_rule(problem):
    """Whether a problem document names a rule beyond the schema."""
    name = problem["type"].rpartition(":")[2]
    return name in BY_WHAT_IS_HELD or (
        name == "bad-event" and any(words in problem["detail"] for words in OF_EVENTS)
    )
