import json
from datetime import date

import pytest

from models.domain.errors import DamagedRelease, MissingRelease
from serving.loading import load_snapshot

DATA_ROUTES = ["/v1/customers/C000001", "/v1/at-risk", "/v1/at-risk?format=html", "/readyz"]


def test_a_whole_folder_is_loaded(make_serving_folder):
    assert len(load_snapshot(make_serving_folder(customers=9)).plan) == 9


def test_customers_outside_the_plan_are_loaded_too(make_serving_folder):
    assert len(load_snapshot(make_serving_folder(customers=9, unplanned=2)).scores) == 11


def test_the_last_day_is_the_one_that_ended_at_the_as_of(make_serving_folder):
    assert load_snapshot(make_serving_folder(customers=3)).last_day == date(2024, 6, 30)


def test_the_last_day_is_the_shop_s_own(make_serving_folder):
    assert load_snapshot(make_serving_folder(customers=3, timezone="Asia/Tehran")).last_day == date(
        2024, 7, 1
    )


def test_an_empty_folder_has_nothing_to_serve(tmp_path):
    with pytest.raises(MissingRelease, match="Run `make`"):
        load_snapshot(tmp_path)


def test_a_missing_file_is_named(make_serving_folder):
    folder = make_serving_folder()
    (folder / "plan.parquet").unlink()
    with pytest.raises(MissingRelease, match=r"plan\.parquet"):
        load_snapshot(folder)


def test_a_changed_file_is_damage(make_serving_folder):
    folder = make_serving_folder()
    with (folder / "scores.parquet").open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(DamagedRelease, match=r"scores\.parquet is not the file"):
        load_snapshot(folder)


@pytest.mark.parametrize(
    "told",
    [
        {"format": 2},
        {"as_of": "2024-06-30T22:00:00"},
        {"as_of": "2024-07-01T00:00:00Z"},
        {"release_id": "another"},
        {"currency": "USD"},
        {"currency": "XXX"},
        {"timezone": "Europe/Atlantis"},
        {"timezone": ""},
        {"timezone": None},
        {"files": {}},
    ],
)
def test_a_folder_of_two_minds_is_damage(make_serving_folder, told):
    with pytest.raises(DamagedRelease):
        load_snapshot(make_serving_folder(customers=3, **told))


@pytest.mark.parametrize(
    "values",
    [
        {"model_version": "another"},
        {"lifecycle_stage": "asleep"},
        {"customer_id": "C000001"},
        {"rank": 1},
        {"churn_probability": 1.5},
        {"incentive_cap_minor": -1},
        {"customer_id": None},
    ],
)
def test_a_row_that_cannot_be_is_damage(make_serving_folder, values):
    with pytest.raises(DamagedRelease):
        load_snapshot(make_serving_folder(customers=3, changed={2: values}))


def test_a_manifest_that_is_not_json_is_damage(make_serving_folder):
    folder = make_serving_folder(customers=3)
    (folder / "serving.json").write_text("{")
    with pytest.raises(DamagedRelease, match=r"serving\.json cannot be read"):
        load_snapshot(folder)


def test_a_table_without_its_columns_is_damage(make_serving_folder):
    folder = make_serving_folder(customers=3)
    told = json.loads((folder / "serving.json").read_text())
    (folder / "plan.parquet").write_bytes((folder / "scores.parquet").read_bytes())
    told["files"]["plan.parquet"] = told["files"]["scores.parquet"]
    (folder / "serving.json").write_text(json.dumps(told))
    with pytest.raises(DamagedRelease, match="recommended_action"):
        load_snapshot(folder)


def test_the_server_starts_without_a_release(client_for, tmp_path):
    with client_for(tmp_path) as ask:
        assert ask.get("/healthz").json() == {"status": "up"}


@pytest.mark.parametrize("route", DATA_ROUTES)
def test_without_a_release_every_answer_says_what_to_do(client_for, tmp_path, route):
    with client_for(tmp_path) as ask:
        answer = ask.get(route)
    assert (answer.status_code, answer.json()["remedy"]) == (
        503,
        "Run `make`, then start the server again.",
    )


def test_without_a_release_scores_are_a_problem_too(client_for, tmp_path):
    with client_for(tmp_path) as ask:
        answer = ask.post("/v1/scores", json={"customers": [{"customer_id": "C000001"}]})
    assert answer.json()["type"] == "urn:holdfast:problem:missing-release"


def test_a_ready_server_names_its_release(ask):
    assert ask.get("/readyz").json() == {
        "status": "ready",
        "release_id": "0123456789abcdef",
        "as_of": "2024-06-30T22:00:00Z",
        "customers": 253,
        "refused": None,
    }


def test_a_release_of_features_that_this_code_computes_otherwise_is_refused_by_name(make_serving_folder):
    folder = make_serving_folder(customers=3, features=[{"name": "recency_days", "fingerprint": "other"}])
    with pytest.raises(DamagedRelease, match="computed otherwise: recency_days"):
        load_snapshot(folder)


def test_a_release_without_its_list_of_features_is_not_served(make_serving_folder):
    folder = make_serving_folder(customers=3)
    (folder / "release" / "features.json").unlink()
    with pytest.raises(MissingRelease, match=r"features\.json"):
        load_snapshot(folder)


def test_a_refused_release_says_so_where_a_balancer_asks(client_for, make_serving_folder):
    folder = make_serving_folder(customers=3, features=[{"name": "recency_days", "fingerprint": "other"}])
    with client_for(folder) as ask:
        answer = ask.get("/readyz")
    assert answer.status_code == 503
    assert "recency_days" in answer.text
