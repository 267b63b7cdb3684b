import json

import pytest

from models.domain.errors import DamagedRelease, InvalidSetting, MissingRelease, UnknownCustomer
from serving.problems import LONGEST_ECHO, printable, problem_of, problem_type, response_of
from serving.refusals import ForeignCursor, OtherAsOf


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownCustomer, 404),
        (MissingRelease, 503),
        (DamagedRelease, 503),
        (ForeignCursor, 400),
        (OtherAsOf, 422),
        (InvalidSetting, 500),
    ],
)
def test_each_error_has_its_status(error, status):
    assert problem_of(error("no"), "/v1").status == status


def test_a_problem_is_named_after_its_error():
    assert problem_type("UnknownCustomer") == "urn:holdfast:problem:unknown-customer"


def test_a_problem_keeps_what_to_do():
    problem = problem_of(MissingRelease("nothing there", remedy="Run `make`."), "/readyz")
    assert problem.remedy == "Run `make`."


def test_a_problem_is_sent_as_a_problem_document():
    response = response_of(problem_of(UnknownCustomer("no"), "/v1/customers/x"))
    assert response.headers["content-type"] == "application/problem+json"


def test_parts_that_say_nothing_are_left_out():
    body = json.loads(response_of(problem_of(UnknownCustomer("no"), "/")).body)
    assert "errors" not in body


def test_half_a_character_can_still_be_shown():
    assert printable("a\ud800b") == "a?b"


def test_a_long_text_is_shortened():
    assert len(printable("x" * 5000)) == LONGEST_ECHO + 1
