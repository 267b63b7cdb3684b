"""A server with histories: caps, complaints, later instants, others' keys, customers told of in place."""

import io
import json

import pyarrow as pa
import pytest

from serving.cap_schemas import IncentiveCap
from serving.list_schemas import Complaints
from serving.schemas import Customer, Scores
from tests.judging_worlds import answering, served

LATER = "2024-07-10T00:00:00Z"
LINES, ARROW = "application/x-ndjson", "application/vnd.apache.arrow.stream"
ORDER = {"type": "order", "order_id": "1", "ordered_at": "2024-06-01T10:00:00Z"}
EVENT = {**ORDER, "lines": [{"line_id": "1", "amount_minor": 4_200}]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from tests.conftest import _serving_folder

    made = tmp_path_factory.mktemp("judging")
    return served(lambda **more: _serving_folder(made / "serving", **more), made / "elsewhere")


@pytest.fixture(scope="module")
def shop(folder, tmp_path_factory):
    """A client of a server that judges anew."""
    with answering(folder, tmp_path_factory.mktemp("stores")) as client:
        yield client


def scored(shop, *customers, **body):
    answer = shop.post("/v1/scores", json={"customers": list(customers), **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_at_the_data_s_end_the_stored_score_is_answered(shop):
    assert shop.get("/v1/customers/C000002").json()["churn_probability"] == pytest.approx(0.8984)


def test_for_a_later_instant_a_customer_is_judged_anew(shop):
    answer = shop.get("/v1/customers/C000002", params={"as_of": LATER}).json()
    assert (answer["hypothetical"], answer["as_of"], answer["decided_by"]) == (True, LATER, "policy")


def test_a_longer_silence_makes_leaving_likelier(shop):
    asked = [
        shop.get("/v1/customers/C000002", params={"as_of": f"2024-{month}-10T00:00:00Z"})
        for month in ("07", "09")
    ]
    soon, later = (each.json()["churn_probability"] for each in asked)
    assert soon < later


def test_an_instant_before_the_data_s_end_is_refused_with_the_reason(shop):
    answer = shop.get("/v1/customers/C000002", params={"as_of": "2024-01-01T00:00:00Z"})
    assert (answer.status_code, "learned from what came after" in answer.json()["detail"]) == (422, True)


def test_nothing_is_foretold_of_the_far_future(shop):
    assert shop.get("/v1/customers/C000002", params={"as_of": "2034-01-01T00:00:00Z"}).status_code == 422


@pytest.mark.parametrize("as_of", ["soon", "2024-07-10", "2024-07-10T00:00:00"])
def test_an_instant_without_its_zone_is_refused(shop, as_of):
    assert shop.get("/v1/customers/C000002", params={"as_of": as_of}).status_code == 422


def test_who_has_an_account_alone_is_a_cold_start_that_is_known(shop):
    answer = shop.get("/v1/customers/C000007", params={"as_of": LATER}).json()
    assert (answer["known"], answer["model_used"], answer["incentive_cap_minor"]) == (True, "cold_start", 0)


def test_nobody_is_known_who_is_in_no_table(shop):
    answer = shop.get("/v1/customers/nobody", params={"as_of": LATER}).json()
    assert (answer["known"], answer["incentive_cap_minor"]) == (False, 0)


def test_an_answer_is_what_its_model_says(shop):
    for as_of in ({}, {"as_of": LATER}):
        Customer.model_validate_json(shop.get("/v1/customers/C000003", params=as_of).content, extra="forbid")


def test_a_batch_is_what_its_model_says(shop):
    body = {"customers": [{"customer_id": "C000001"}, {"events": [EVENT]}, {"events": [{"type": "x"}]}]}
    Scores.model_validate_json(shop.post("/v1/scores", json=body).content, extra="forbid")


def test_a_customer_is_found_by_another_system_s_key_however_it_is_written(shop):
    (result,) = scored(shop, {"system": "email", "external_id": " One@Shop.test "})["results"]
    assert result["customer_id"] == "C000001"


def test_a_key_of_nobody_fails_no_other_customer(shop):
    first, second = scored(
        shop, {"system": "email", "external_id": "two@shop.test"}, {"customer_id": "C000001"}
    )["results"]
    assert (first["error"]["type"], second["known"]) == ("urn:holdfast:problem:unknown-key", True)


def test_a_key_is_never_looked_up_under_another_secret(folder, tmp_path):
    with answering(folder, tmp_path, id_key="another secret of some length") as client:
        (result,) = scored(client, {"system": "email", "external_id": "one@shop.test"})["results"]
    assert "HOLDFAST_ID_KEY is not the secret" in result["error"]["detail"]


def test_whoever_is_told_of_on_the_spot_is_judged_by_that_alone(shop):
    (result,) = scored(shop, {"customer_id": "C000001", "events": [EVENT]})["results"]
    assert result["last_order_at"] == "2024-06-01T10:00:00Z"


def test_nothing_is_kept_of_whom_a_request_told_of(shop):
    scored(shop, {"customer_id": "fresh", "events": [EVENT]})
    assert scored(shop, {"customer_id": "fresh"})["results"][0]["known"] is False


def test_two_of_one_name_are_judged_each_by_their_own_events(shop):
    other = {**EVENT, "ordered_at": "2024-05-01T10:00:00Z"}
    results = scored(shop, {"customer_id": "x", "events": [EVENT]}, {"customer_id": "x", "events": [other]})[
        "results"
    ]
    assert [each["last_order_at"] for each in results] == ["2024-06-01T10:00:00Z", "2024-05-01T10:00:00Z"]


def test_an_event_that_is_none_fails_its_customer_alone(shop):
    first, second = scored(shop, {"events": [{"type": "order"}]}, {"events": [EVENT]})["results"]
    assert (first["error"]["status"], second["known"]) == (422, True)


def test_an_event_after_the_instant_asked_about_is_refused(shop):
    late = {**EVENT, "ordered_at": "2024-07-05T10:00:00Z"}
    refused, judged = (
        scored(shop, {"events": [late]}, **more)["results"][0] for more in ({}, {"as_of": LATER})
    )
    assert ("error" in refused, judged["known"]) == (True, True)


def test_only_the_fields_that_were_asked_for_are_answered(shop):
    (result,) = scored(shop, {"customer_id": "C000001"}, fields=["customer_id", "churn_probability"])[
        "results"
    ]
    assert sorted(result) == ["churn_probability", "customer_id"]


def test_a_customer_a_line_is_read_and_answered(shop):
    body = b'{"customer_id": "C000001"}\n\n{"customer_id": "C000002"}\n'
    answer = shop.post("/v1/scores", content=body, headers={"content-type": LINES, "accept": LINES})
    assert [json.loads(line)["customer_id"] for line in answer.text.splitlines()] == ["C000001", "C000002"]


def test_a_line_that_is_no_json_is_told_by_its_number(shop):
    answer = shop.post("/v1/scores", content=b'{"customer_id": "x"}\n{', headers={"content-type": LINES})
    assert (answer.status_code, answer.json()["given"]) == (400, "line 2")


def test_an_arrow_stream_is_read_and_answered_with_the_numbers_of_json(shop):
    told, sink = pa.table({"customer_id": ["C000003", "nobody"]}), io.BytesIO()
    with pa.ipc.new_stream(sink, told.schema) as writer:
        writer.write_table(told)
    answer = shop.post(
        "/v1/scores", content=sink.getvalue(), headers={"content-type": ARROW, "accept": ARROW}
    )
    rows = pa.ipc.open_stream(answer.content).read_all().to_pylist()
    stored = scored(shop, {"customer_id": "C000003"}, {"customer_id": "nobody"})["results"]
    assert [{name: row[name] for name in each} for row, each in zip(rows, stored, strict=True)] == stored


def arrow(told, **options):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, told.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(told)
    return sink.getvalue()


@pytest.mark.parametrize("packed", ["zstd", "lz4"])
def test_a_stream_that_would_unpack_to_more_than_it_weighs_is_refused(shop, packed):
    body = arrow(pa.table({"customer_id": ["x" * 100_000] * 900}), compression=packed)
    answer = shop.post("/v1/scores", content=body, headers={"content-type": ARROW})
    assert (answer.status_code, "compressed" in answer.json()["given"]) == (400, True)


@pytest.mark.parametrize(
    "told",
    [
        pa.table({"customer_id": pa.array(["a"]).dictionary_encode()}),
        pa.table({"customer_id": [[1]]}),
        pa.table([pa.array(["a"]), pa.array(["b"])], names=["customer_id", "customer_id"]),
        pa.table({"customer_id": ["a"] * 10_001}),
    ],
)
def test_a_stream_of_something_else_than_customers_is_refused(shop, told):
    answer = shop.post("/v1/scores", content=arrow(told), headers={"content-type": ARROW})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:holdfast:problem:unreadable-body")


def test_a_customer_without_an_id_is_refused(shop):
    assert shop.get("/v1/customers/").status_code == 422


@pytest.mark.parametrize("body", [b"", b"ARROW1", b"\xff" * 64])
def test_a_body_that_is_no_arrow_stream_is_a_problem(shop, body):
    assert shop.post("/v1/scores", content=body, headers={"content-type": ARROW}).status_code == 400


def test_the_cap_is_that_of_the_recommended_action(shop):
    answer = shop.get("/v1/customers/C000001/incentive-cap", params={"as_of": LATER}).json()
    assert (
        answer["cap_minor"]
        == shop.get("/v1/customers/C000001", params={"as_of": LATER}).json()["incentive_cap_minor"]
    )


def test_every_input_of_a_cap_names_its_source(shop):
    inputs = shop.get("/v1/customers/C000001/incentive-cap").json()["inputs"]
    assert all(each["source"] for each in inputs)


def test_the_limit_of_a_cap_follows_from_its_inputs(shop):
    answer = shop.get("/v1/customers/C000005/incentive-cap").json()
    told = {each["symbol"]: each["value"] for each in answer["inputs"]}
    assert told["limit"] == min(int(told["φ"] * told["S_lo"]), told["A"])


def test_an_agent_with_an_angry_customer_is_told_what_may_be_spent(shop):
    answer = shop.get("/v1/customers/C000003/incentive-cap", params={"purpose": "recovery"}).json()
    told = {each["symbol"]: each["value"] for each in answer["inputs"]}
    assert answer["cap_minor"] == min(int(told["φ_u"] * told["S_lo"]), told["authority"]) > 0


def test_without_an_open_complaint_nothing_is_recovered(shop):
    answer = shop.get("/v1/customers/C000005/incentive-cap", params={"purpose": "recovery"}).json()
    assert (answer["cap_minor"], answer["limiting_constraint"]) == (0, "no_open_complaint")


def test_of_a_cap_of_which_nothing_is_spent_all_is_left(shop):
    answer = shop.get("/v1/customers/C000001/incentive-cap").json()
    assert (answer["spent_minor"], answer["available_minor"]) == (0, answer["cap_minor"])


def test_somebody_unknown_has_no_cap(shop):
    answer = shop.get("/v1/customers/nobody/incentive-cap").json()
    assert (answer["cap_minor"], answer["limiting_constraint"]) == (0, "unknown_customer")


def test_what_is_owed_has_no_cap(shop):
    assert shop.get("/v1/customers/C000001/incentive-cap", params={"purpose": "owed"}).status_code == 422


def test_a_cap_is_what_its_model_says(shop):
    for customer in ("C000001", "C000007", "nobody"):
        answer = shop.get(f"/v1/customers/{customer}/incentive-cap")
        IncentiveCap.model_validate_json(answer.content, extra="forbid")


def test_open_complaints_come_by_value_at_risk(shop):
    answer = shop.get("/v1/complaints?open").json()
    assert [each["complaint_id"] for each in answer["items"]] == ["P2", "P1", "P4"]


def test_an_answer_is_due_when_it_was_promised(shop):
    due = {each["complaint_id"]: each["answer_by"] for each in shop.get("/v1/complaints").json()["items"]}
    assert due["P2"] == "2024-06-29T22:00:00Z"


def test_an_answer_that_nobody_promised_is_due_after_the_hours_of_the_policy(shop):
    due = {each["complaint_id"]: each["answer_by"] for each in shop.get("/v1/complaints").json()["items"]}
    assert due["P1"] == "2024-06-29T22:00:00Z"


def test_who_was_answered_waits_for_nothing_more(shop):
    told = {each["complaint_id"]: each for each in shop.get("/v1/complaints").json()["items"]}
    assert (told["P4"]["answered"], told["P4"]["answer_by"], told["P4"]["overdue"]) == (True, None, False)


def test_complaints_page_without_gap_or_overlap(shop):
    first = shop.get("/v1/complaints", params={"limit": 2}).json()
    second = shop.get("/v1/complaints", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [each["complaint_id"] for each in second["items"]] == ["P4"]


def test_a_page_of_complaints_is_what_its_model_says(shop):
    Complaints.model_validate_json(shop.get("/v1/complaints").content, extra="forbid")


@pytest.mark.parametrize("asked", [{"open": "false"}, {"limit": "0"}, {"limit": "x"}, {"limit": "9" * 30}])
def test_complaints_asked_for_otherwise_are_refused(shop, asked):
    assert shop.get("/v1/complaints", params=asked).status_code == 422


def test_a_cursor_of_the_list_is_none_of_the_complaints(shop):
    cursor = shop.get("/v1/at-risk", params={"limit": 1}).json()["next_cursor"]
    assert shop.get("/v1/complaints", params={"cursor": cursor}).status_code == 400


def test_the_calendar_lists_who_is_due_day_by_day(shop):
    days = [each["day"] for each in shop.get("/v1/contact-calendar", params={"days": 92}).json()["items"]]
    assert days == sorted(days) != []


def test_an_occasion_that_is_none_is_refused(shop):
    assert shop.get("/v1/contact-calendar", params={"occasion": "payday"}).status_code == 422


def test_a_cursor_of_another_calendar_is_refused(shop):
    cursor = shop.get("/v1/contact-calendar", params={"days": 92, "limit": 1}).json()["next_cursor"]
    assert shop.get("/v1/contact-calendar", params={"days": 91, "cursor": cursor}).status_code == 400


def test_one_id_may_be_told_of_in_twenty_items_of_a_request_each_with_an_answer_of_its_own(shop):
    items = [{"customer_id": "walk-in", "events": [ordered(number + 1)]} for number in range(21)]
    nameless = {"events": [ordered(1)]}
    *told, refused, unnamed = scored(shop, *items, nameless)["results"]
    assert len({one["last_order_at"] for one in told}) == 20
    assert ("too many items" in refused["error"]["detail"], unnamed["known"]) == (True, True)


def ordered(number):
    """An order of a day of May."""
    at = f"2024-05-{number:02d}T10:00:00Z"
    return {"type": "order", "order_id": "1", "ordered_at": at, "lines": [{"amount_minor": 4_200}]}


def test_money_that_is_reserved_by_data_of_years_ago_says_so(shop):
    asked = {"customer_id": "C000003", "purpose": "recovery", "requested_minor": 1, "currency": "EUR"}
    answer = shop.post("/v1/incentives/reservations", json={**asked, "dry_run": True})
    assert (answer.status_code, answer.json()["stale"]) == (200, True)
