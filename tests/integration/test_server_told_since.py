"""What was told since the run changes the answers of whom it is told of, in lists too, and nobody else's."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from serving.answering import answers
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


@pytest.mark.parametrize("kind", ["csv", "html", "ndjson"])
def test_whoever_forbade_to_be_contacted_is_not_in_the_list_of_whom_to_contact(shop, kind):
    asked = {"format": kind, "contactable": "true"}
    before = shop.get("/v1/at-risk", params=asked).text
    tell(shop)
    assert ("C000006" in before, "C000006" in shop.get("/v1/at-risk", params=asked).text) == (True, False)


def test_no_offer_is_listed_for_whoever_forbade_to_be_contacted(shop):
    tell(shop)
    (row,) = [each for each in shop.get("/v1/at-risk").json()["items"] if each["customer_id"] == "C000006"]
    assert (row["do_not_contact_reason"], row["recommended_offer"], row["rank"]) == ("no_consent", None, 6)


def test_rows_of_all_others_stay_as_the_run_has_them(shop):
    before = shop.get("/v1/at-risk").json()["items"]
    tell(shop)
    after = shop.get("/v1/at-risk").json()["items"]
    assert [each for each in after if each not in before] == [after[5]]


def test_the_calendar_says_that_a_consent_was_withdrawn(shop):
    tell(shop, type="consent.changed", customer_id="C000001", may_contact_email=False)
    (entry,) = shop.get("/v1/contact-calendar", params={"days": 92}).json()["items"]
    assert (entry["customer_id"], entry["do_not_contact_reason"]) == ("C000001", "no_consent")


def test_a_complaint_that_is_told_waits_for_an_answer(shop):
    tell(shop, type="complaint.opened", complaint_id="P9", opened_at="2026-01-02T10:00:00Z")
    found = {each["complaint_id"]: each for each in shop.get("/v1/complaints").json()["items"]}
    assert found["P9"]["opened_at"] == "2026-01-02T10:00:00Z"


def test_a_complaint_that_is_told_to_be_settled_waits_no_more(shop):
    tell(shop, type="complaint.resolved", customer_id="C000003", complaint_id="P1",
         resolved_at="2026-01-02T10:00:00Z")  # fmt: skip
    found = [each["complaint_id"] for each in shop.get("/v1/complaints").json()["items"]]
    assert found == ["P2", "P4"]


def reason_in_list(shop, customer):
    rows = shop.get("/v1/at-risk?limit=100").json()["items"]
    return next(row["do_not_contact_reason"] for row in rows if row["customer_id"] == customer)


def test_a_consent_that_is_given_back_is_in_the_next_list(shop):
    tell(shop)
    forbidden = reason_in_list(shop, "C000006")
    tell(shop, event_id="e2", type="consent.changed", may_contact_email=True)
    assert (forbidden, reason_in_list(shop, "C000006") != "no_consent") == ("no_consent", True)


@pytest.fixture
def judged(monkeypatch):
    """Whom lists judged anew, call by call."""
    found = []

    def noting(snapshot, told, asked, at):
        found.append([one.customer_id for one in asked])
        return answers(snapshot, told, asked, at)

    monkeypatch.setattr("serving.lists_since.answers", noting)
    return found


def order(shop, at, customer_id="C000005"):
    """Tell of an order that was made and became known at an instant."""
    tell(shop, event_id=f"o{at}", type="order", customer_id=customer_id, order_id=f"o{at}", ordered_at=at,
         known_at=at, lines=[{"amount_minor": 900}])  # fmt: skip


def listed(shop):
    return shop.get("/v1/at-risk").content


def lock_of(shop):
    return shop.app.state.releases.current.told.lists.lock


def test_a_list_judges_only_those_anew_of_whom_was_told_since_it_was_asked_for_last(shop, judged):
    tell(shop)
    first = listed(shop)
    assert listed(shop) == first
    tell(shop, event_id="e2", customer_id="C000004")
    listed(shop)
    assert judged == [["C000006"], ["C000004"]]


def test_orders_of_others_within_an_hour_judge_no_row_of_the_list_anew(shop, judged):
    tell(shop)
    first = listed(shop)
    for minute in (10, 20, 59):
        order(shop, f"2024-06-30T22:{minute}:00Z")
        assert listed(shop) == first
    assert judged == [["C000006"]]


def test_a_row_is_judged_anew_where_the_feed_ends_more_than_an_hour_later(shop, judged):
    tell(shop)
    listed(shop)
    order(shop, "2024-06-30T23:00:01Z")
    listed(shop)
    listed(shop)
    assert judged == [["C000006"], ["C000006"]]


def test_an_order_of_whoever_forbade_to_be_contacted_judges_their_row_anew(shop, judged):
    tell(shop)
    listed(shop)
    order(shop, "2024-06-30T22:10:00Z", "C000006")
    listed(shop)
    assert judged == [["C000006"], ["C000006"]]


def test_rows_that_lie_an_hour_behind_are_judged_anew_a_few_a_call(shop, judged, monkeypatch):
    monkeypatch.setattr("serving.lists_since.REFRESHED_AT_ONCE", 1)
    tell(shop)
    tell(shop, event_id="e2", customer_id="C000004")
    listed(shop)
    order(shop, "2024-07-01T02:00:00Z")
    for _ in range(3):
        listed(shop)
    assert judged == [["C000004", "C000006"], ["C000004"], ["C000006"]]


def test_nobody_waits_for_rows_that_are_judged_anew_only_because_the_feed_moved(shop):
    tell(shop)
    first = listed(shop)
    order(shop, "2024-07-01T02:00:00Z")
    with lock_of(shop):
        assert listed(shop) == first


def test_a_list_waits_for_a_consent_that_was_told_while_it_is_made_anew(shop):
    tell(shop, customer_id="C000004")
    listed(shop)
    tell(shop, event_id="e2")
    with ThreadPoolExecutor(1) as elsewhere:
        with lock_of(shop):
            asked = elsewhere.submit(reason_in_list, shop, "C000006")
            with pytest.raises(TimeoutError):
                asked.result(0.3)
        assert asked.result(10) == "no_consent"
