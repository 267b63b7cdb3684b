"""What was told since the run changes the answers of whom it is told of, in lists too, and nobody else's."""

import pytest

from tests.judging_worlds import answering, served


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from tests.conftest import _serving_folder

    made = tmp_path_factory.mktemp("told")
    return served(lambda **more: _serving_folder(made / "serving", **more), made / "elsewhere")


@pytest.fixture
def shop(folder, tmp_path):
    """A client of a server that judges anew, to which nothing was told yet."""
    with answering(folder, tmp_path) as client:
        yield client


def test_complaints_of_an_erased_customer_wait_for_no_answer(shop):
    assert shop.delete("/v1/customers/C000003").status_code == 200
    assert [each["customer_id"] for each in shop.get("/v1/complaints").json()["items"]] == [
        "C000001",
        "C000004",
    ]


def tell(shop, **event):
    """Tell of C000006 that they forbade e-mails just now, or what `event` says instead."""
    said = {"type": "consent.changed", "may_contact_email": False} if "type" not in event else {}
    answer = shop.post("/v1/events", json={"event_id": "e1", "customer_id": "C000006", **said, **event})
    assert answer.status_code == 200, answer.text


def test_what_is_told_of_one_customer_now_leaves_another_s_answer_as_it_is_to_the_byte(shop):
    before = shop.get("/v1/customers/C000004").content
    tell(shop)
    assert shop.get("/v1/customers/C000004").content == before


def test_a_consent_that_is_told_now_binds_in_the_next_answer(shop):
    tell(shop)
    found = shop.get("/v1/customers/C000006").json()
    assert (found["do_not_contact_reason"], found["recommended_offer"]) == ("no_consent", None)


def test_a_consent_that_is_told_now_binds_in_the_next_batch_of_scores(shop):
    tell(shop)
    (found,) = shop.post("/v1/scores", json={"customers": [{"customer_id": "C000006"}]}).json()["results"]
    assert found["do_not_contact_reason"] == "no_consent"


def test_nobody_is_silent_past_the_end_of_the_feed_because_a_consent_was_told(shop):
    soon = {"as_of": "2024-06-30T22:00:01Z"}
    foreseen = shop.get("/v1/customers/C000006", params=soon).json()["churn_probability"]
    tell(shop)
    after = shop.get("/v1/customers/C000006").json()
    assert (after["as_of"], after["churn_probability"]) == (
        "2024-06-30T22:00:00Z",
        pytest.approx(foreseen, abs=1e-5),
    )


def test_a_complaint_that_is_told_now_may_be_paid_for_at_once(shop):
    tell(shop, type="complaint.opened", complaint_id="P9", opened_at="2026-01-02T10:00:00Z")
    answer = shop.get("/v1/customers/C000006/incentive-cap", params={"purpose": "recovery"}).json()
    assert answer["cap_minor"] > 0


def test_an_order_that_is_told_moves_the_end_for_all(shop):
    tell(
        shop,
        type="order",
        order_id="9",
        ordered_at="2024-07-03T10:00:00Z",
        known_at="2024-07-03T10:00:00Z",
        lines=[{"amount_minor": 900}],
    )
    assert shop.get("/v1/customers/C000004").json()["as_of"] == "2024-07-03T10:00:00Z"
