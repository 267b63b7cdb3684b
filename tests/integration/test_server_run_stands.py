"""The run's answers stand for whom nothing was told of, for a day; what was told counts at once."""

import pytest

from models.domain.instants import HOUR, iso
from tests.judging_worlds import AS_OF, answering, served

OF, OTHER = "C000001", "C000002"


@pytest.fixture
def shop(tmp_path):
    from tests.conftest import _serving_folder

    folder = served(lambda **more: _serving_folder(tmp_path / "serving", **more), tmp_path / "elsewhere")
    with answering(folder, tmp_path / "stores") as client:
        yield client


def tell_order(shop, hours):
    at = iso(AS_OF + hours * HOUR)
    lines = [{"line_id": "1", "amount_minor": 4_200}]
    order = {"type": "order", "order_id": "new", "ordered_at": at, "lines": lines}
    told = {"event_id": "one", "customer_id": OF, "known_at": at, **order}
    answer = shop.post("/v1/events", json=told)
    assert answer.status_code < 300, answer.text
    return at


def asked(shop, customer, **params):
    answer = shop.get(f"/v1/customers/{customer}", params=params).json()
    return answer["decided_by"], answer["as_of"], answer["churn_probability"]


def cap_of(shop, customer):
    answer = shop.get(f"/v1/customers/{customer}/incentive-cap").json()
    return {each["symbol"]: each["value"] for each in answer["inputs"]}


def test_an_order_counts_at_once_for_whom_it_was_told_of(shop):
    before = asked(shop, OF)
    at = tell_order(shop, hours=6)
    assert asked(shop, OF)[:2] == ("policy", at) != before[:2]


def test_an_order_changes_nobody_else_s_answer_that_day(shop):
    _, _, before = asked(shop, OTHER)
    at = tell_order(shop, hours=6)
    assert asked(shop, OTHER) == ("plan", at, before)


def test_an_order_changes_nobody_else_s_cap_that_day(shop):
    before = cap_of(shop, OTHER)
    tell_order(shop, hours=6)
    assert cap_of(shop, OTHER) == before


def test_a_day_beyond_the_run_everybody_is_judged_anew(shop):
    at = tell_order(shop, hours=25)
    assert asked(shop, OTHER)[:2] == ("policy", at)


def test_whoever_asks_for_an_instant_is_answered_for_it(shop):
    at = tell_order(shop, hours=6)
    assert asked(shop, OTHER, as_of=at)[:2] == ("policy", at)


def test_a_batch_tells_the_same_of_each_as_asking_one_by_one(shop):
    tell_order(shop, hours=6)
    body = {"customers": [{"customer_id": OF}, {"customer_id": OTHER}]}
    together = shop.post("/v1/scores", json=body).json()["results"]
    alone = [asked(shop, each) for each in (OF, OTHER)]
    assert [(one["decided_by"], one["churn_probability"]) for one in together] == [
        (decided_by, p) for decided_by, _, p in alone
    ]
