import pytest


def _score(ask, *ids, **body):
    return ask.post("/v1/scores", json={"customers": [{"customer_id": name} for name in ids], **body})


def test_scores_come_in_the_order_of_the_request(ask):
    results = _score(ask, "C000007", "C000002").json()["results"]
    assert [result["customer_id"] for result in results] == ["C000007", "C000002"]


def test_a_score_carries_the_stored_numbers(ask):
    (result,) = _score(ask, "C000004").json()["results"]
    assert (result["value_at_stake_minor"], result["incentive_cap_minor"]) == (250_000, 25_000)


def test_an_answer_says_which_run_it_comes_from(ask):
    answer = _score(ask, "C000001").json()
    assert (answer["model_version"], answer["data_as_of"], answer["currency"]) == (
        "0123456789abcdef",
        "2024-06-30T22:00:00Z",
        "EUR",
    )


def test_a_customer_is_scored_however_its_digits_are_written(ask):
    (result,) = _score(ask, "C۰۰۰۰۰۴").json()["results"]
    assert (result["known"], result["customer_id"]) == (True, "C000004")


def test_an_unknown_customer_is_answered_by_the_id_that_was_asked(ask):
    (result,) = _score(ask, "X۱۲").json()["results"]
    assert result["customer_id"] == "X۱۲"


def test_an_unknown_customer_gets_a_cold_start_answer(ask):
    (result,) = _score(ask, "nobody").json()["results"]
    assert (result["known"], result["model_used"]) == (False, "cold_start")


def test_an_unknown_customer_of_a_shop_is_one_who_never_bought(ask):
    (result,) = _score(ask, "nobody").json()["results"]
    assert result["reason_1"] == "no purchase by this customer is known"


def test_an_unknown_customer_of_a_wide_table_is_one_who_is_not_in_it(make_serving_folder, client_for):
    with client_for(make_serving_folder(customers=3, knows_purchases=False)) as ask:
        (result,) = _score(ask, "nobody").json()["results"]
    assert result["reason_1"] == "this customer is not in the table"


def test_nothing_may_be_spent_on_an_unknown_customer(ask):
    (result,) = _score(ask, "nobody").json()["results"]
    assert (result["incentive_cap_minor"], result["do_not_contact_reason"]) == (0, "unscored")


def test_one_unknown_customer_does_not_fail_the_others(ask):
    results = _score(ask, "nobody", "C000001").json()["results"]
    assert [result["known"] for result in results] == [False, True]


def test_ten_thousand_customers_are_answered(ask):
    assert len(_score(ask, *["C000001"] * 10_000).json()["results"]) == 10_000


def test_more_than_ten_thousand_are_refused(ask):
    assert _score(ask, *["C000001"] * 10_001).status_code == 422


def test_the_data_s_own_as_of_may_be_asked_for_in_any_zone(ask):
    assert _score(ask, "C000001", as_of="2024-07-01T01:30:00+03:30").status_code == 200


def test_another_as_of_is_refused_with_the_one_there_is(ask):
    answer = _score(ask, "C000001", as_of="2024-08-01T00:00:00Z")
    assert (answer.status_code, answer.json()["allowed"]) == (422, "2024-06-30T22:00:00Z")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.customers"),
        ({"customers": []}, "body.customers"),
        ({"customers": [{}]}, "body.customers.0.customer_id"),
        ({"customers": [{"customer_id": ""}]}, "body.customers.0.customer_id"),
        ({"customers": [{"customer_id": 17}]}, "body.customers.0.customer_id"),
        ({"customers": [{"customer_id": "x" * 201}]}, "body.customers.0.customer_id"),
        ({"customers": [{"customer_id": "x", "name": "y"}]}, "body.customers.0.name"),
        ({"customers": [{"customer_id": "x"}], "dryrun": True}, "body.dryrun"),
        ({"customers": [{"customer_id": "x"}], "fields": ["nothing"]}, "body.fields"),
        ({"customers": [{"customer_id": "x", "system": "email"}]}, "body.customers.0.customer_id"),
        ({"customers": [{"customer_id": "x"}], "as_of": "2024-06-30T22:00:00"}, "body.as_of"),
    ],
)
def test_a_body_that_does_not_fit_is_told_where(ask, body, where):
    answer = ask.post("/v1/scores", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, where)


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:59"])
def test_an_as_of_at_the_edge_of_the_calendar_is_refused_like_any_other(ask, instant):
    body = {"customers": [{"customer_id": "C000001"}], "as_of": instant}
    assert ask.post("/v1/scores", json=body).status_code == 422


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.apache.arrow.stream"])
def test_customers_are_scored_where_the_plan_has_nobody(make_serving_folder, client_for, kind):
    with client_for(make_serving_folder(customers=0)) as ask:
        asked = {"customers": [{"customer_id": "C000001"}, {"customer_id": "nobody"}]}
        assert ask.post("/v1/scores", json=asked, headers={"accept": kind}).status_code == 200


def test_a_body_may_begin_with_a_mark_of_its_encoding(ask):
    body = b'\xef\xbb\xbf{"customers": [{"customer_id": "C000004"}]}'
    answer = ask.post("/v1/scores", content=body, headers={"content-type": "application/json"})
    assert answer.json()["results"][0]["customer_id"] == "C000004"
