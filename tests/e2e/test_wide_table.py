"""One wide table with a churn column: all the way to list, report, registry and server, across customers."""

import csv
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from models.domain.instants import to_micros
from models.release import read_manifest
from pipelines.registry import history
from pipelines.workspace import deep_merge
from serving.answering import judge_anew, rows_known
from serving.loading import load_snapshot
from serving.rows import row_of
from serving.telling import NothingTold
from tests.wide_examples import in_persian, telco, write

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

CUSTOMERS, UNLABELLED = 1_600, 100
ANSWERS = {
    "source": {
        "currency": "USD", "amount_unit": "major", "timezone": "America/New_York",
        "extracted_at": "2026-05-31",
        "table": {"customer_id": "customerID", "value_minor": "Profit"},
    },
    "policy": {"unknown_consent": "allow"},
}  # fmt: skip


def some_unlabelled():
    rows = telco(CUSTOMERS)
    return [{**row, "Churn": "", "Profit": ""} if n < UNLABELLED else row for n, row in enumerate(rows)]


def settled(project, source, answers):
    """Write the shipped settings for a table, answered, into the project."""
    shipped = yaml.safe_load((project.folder / "params.yaml").read_text())
    overlay = yaml.safe_load((project.shipped_params / "table.yaml").read_text())
    settings = deep_merge(deep_merge(shipped, overlay), deep_merge(ANSWERS, answers))
    settings["source"]["path"] = str(source)
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    (project.folder / "params.yaml").write_text(text, encoding="utf-8")


LEARN = ("ingest", "build_features", "build_labels", "train_churn", "train_lifetime_value", "train_uplift")
PUBLISH = ("evaluate", "publish", "promote")
TELL = ("score", "plan", "measure", "export_serving")


@pytest.fixture(scope="module")
def ran(small_project, tmp_path_factory):
    """The project after `dvc repro`, and what it printed."""
    project = small_project()
    source = write(some_unlabelled(), tmp_path_factory.mktemp("export") / "customers.csv")
    settled(project, source, {})
    return project, project.dvc("repro").stdout


@pytest.fixture(scope="module")
def project(ran):
    return ran[0]


@pytest.fixture(scope="module")
def data(project):
    return project.data


@pytest.fixture(scope="module")
def scores(data):
    return pq.read_table(data / "scores" / "scores.parquet")


@pytest.fixture(scope="module")
def backtest(data):
    return pq.read_table(data / "fitted" / "churn" / "backtest.parquet")


def test_the_run_says_how_it_was_validated(ran):
    assert "validated across customers, not time: a change between then and now is not seen" in ran[1]


def test_the_run_says_how_many_have_a_label(ran):
    assert f"{CUSTOMERS - UNLABELLED:,} of {CUSTOMERS:,} customers have a label" in ran[1]


def test_everybody_is_scored(scores):
    assert (scores.num_rows, scores["churn_probability"].null_count) == (CUSTOMERS, 0)


def test_a_labelled_customer_has_the_score_of_a_model_that_never_saw_them(scores, backtest):
    told = dict(zip(scores["customer_id"].to_pylist(), scores["churn_probability"].to_pylist(), strict=True))
    judged = zip(backtest["customer_id"].to_pylist(), backtest["p_model"].to_pylist(), strict=True)
    assert [name for name, p in judged if told[name] != p] == []


def test_those_without_a_label_were_not_judged(backtest):
    assert backtest.num_rows == CUSTOMERS - UNLABELLED


def test_all_figures_stand_by_fold_and_pooled(data):
    churn = json.loads((data / "metrics" / "churn.json").read_text())
    folds = [f"fold {number}" for number in range(1, 6)]
    assert (sorted(churn["cuts"]), churn["final_cut"]["cut"]) == (folds, "fold 5")
    assert churn["pooled"]["customers"] == CUSTOMERS - UNLABELLED


def test_peers_stand_beside_it(data):
    final = json.loads((data / "metrics" / "churn.json").read_text())["final_cut"]
    assert {"model", "logistic_rfm", "default_lightgbm"} <= set(final)


def test_it_is_not_worse_than_the_plain_model(data):
    pooled = json.loads((data / "metrics" / "churn.json").read_text())["pooled"]
    assert pooled["against"]["logistic_rfm"]["log_loss"]["verdict"] != "worse"


@pytest.fixture(scope="module")
def listed(data):
    with (data / "lists" / "at_risk.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_reasons_are_told_in_the_customer_s_own_values(listed):
    row = next(row for row in listed if row["reason_1"].startswith("Contract"))
    own = {row["customerID"]: row["Contract"] for row in telco(CUSTOMERS)}
    assert row["reason_1"] == f"Contract: {own[row['customer_id']]}"


def test_whoever_left_for_good_is_left_alone(listed):
    left = {row["customerID"] for row in some_unlabelled() if row["Churn"] == "Yes"}
    told = {
        (row["lifecycle_stage"], row["recommended_action"]) for row in listed if row["customer_id"] in left
    }
    assert told == {("lost", "leave_alone")}


def test_somebody_is_worth_acting_on(listed):
    assert listed[0]["recommended_action"] != "leave_alone"


def test_nobody_has_an_order_on_record(listed):
    assert {row["last_order_at"] for row in listed} == {""}


def test_no_cap_exceeds_the_lower_bound_of_the_stake(scores):
    caps, low = (scores[name].to_numpy() for name in ("incentive_cap_minor", "value_at_stake_low_minor"))
    assert (caps >= 0).all()
    assert (caps <= low).all()
    assert caps.max() > 0


def test_value_is_counted_over_the_table_s_own_horizon(listed):
    assert {row["value_window_days"] for row in listed} == {"30"}


def test_the_report_says_what_is_called_leaving(data):
    page = (data / "report" / "retention.html").read_text(encoding="utf-8")
    assert "Leaving is what the table" in page
    assert "recency, frequency, money spent and last orders are not known" in page


def test_the_summary_tells_it_in_its_lines(project):
    told = project.run_stages("summary").splitlines()
    assert told[0].startswith(f"Found: {CUSTOMERS:,} customers with 8 attributes until the end of 2026-05-31")
    assert "on the untouched final fold (logistic regression:" in told[1]


def test_the_registry_keeps_why_it_went_live(data):
    (entry,) = history(data / "registry")
    assert "of logistic regression (no champion to compare" in entry.reason


def test_a_second_run_has_nothing_to_do_but_ask_the_gate(project):
    again = project.dvc("repro").stdout
    assert "Stage 'train_churn' didn't change, skipping" in again
    assert "is live already" in again


def test_the_server_gives_a_listed_customer_the_same_numbers(data, listed, serve):
    row = listed[0]
    with serve(data / "serving") as get:
        answer = get(f"/v1/customers/{row['customer_id']}")
    assert (answer["churn_probability"], answer["reason_1"], answer["last_order_at"]) == (
        float(row["churn_probability"]),
        row["reason_1"],
        None,
    )


@pytest.fixture
def copy(project, tmp_path):
    return project.copy_to(tmp_path / "shop")


def test_a_word_that_nobody_had_seen_is_no_error_when_scoring(copy, tmp_path):
    rows = some_unlabelled()
    rows[0] |= {"Contract": "Lifetime", "PaymentMethod": ""}
    settled(copy, write(rows, tmp_path / "customers.csv"), {})
    told = copy.run_stages("ingest", "build_features", "score")
    assert "Contract: 1 customers have a word that was rare or absent when the model learned" in told
    scores = pq.read_table(copy.data / "scores" / "scores.parquet")
    (own,) = scores.filter(pc.equal(scores["customer_id"], rows[0]["customerID"])).to_pylist()
    assert 0 < own["churn_probability"] < 1


def test_a_word_that_today_s_customers_lack_is_no_error_when_scoring(copy, tmp_path):
    rows = [row for row in some_unlabelled() if row["Contract"] != "Two year"]
    settled(copy, write(rows, tmp_path / "customers.csv"), {})
    copy.run_stages("ingest", "build_features", "score")
    assert pq.read_metadata(copy.data / "scores" / "scores.parquet").num_rows == len(rows)


def test_another_recipe_is_judged_beside_the_champion_s_on_the_same_folds(copy):
    params = copy.folder / "params.yaml"
    params.write_text(params.read_text().replace("boosted_weight: 0.5", "boosted_weight: 0.2"))
    copy.run_stages("train_churn", "train_lifetime_value", *PUBLISH)
    assert "(fitted on the same folds" in history(copy.data / "registry")[-1].reason


def test_a_champion_s_words_need_not_be_those_of_today(copy, tmp_path):
    """The champion learned two contracts, of which one is gone and another has come."""
    live = read_manifest(copy.data / "live").release_id
    rows = [
        {**row, "Contract": row["Contract"].replace("Two year", "Five year")} for row in some_unlabelled()
    ]
    settled(copy, write(rows, tmp_path / "customers.csv"), {})
    copy.run_stages(*LEARN, *PUBLISH)
    assert history(copy.data / "registry")[-1].champion_before == live


@pytest.fixture(scope="module")
def worthless(small_project, tmp_path_factory):
    """A small table that says nothing of money, and what its run printed."""
    project = small_project()
    source = write(telco(400), tmp_path_factory.mktemp("export") / "customers.csv")
    settled(project, source, {"source": {"table": {"value_minor": None, "drop": ["Profit"]}}})
    return project, project.run_stages(*LEARN, *PUBLISH, *TELL)


def test_without_value_nobody_is_acted_upon_and_everybody_listed(worthless):
    with (worthless[0].data / "lists" / "at_risk.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert (len(rows), {row["do_not_contact_reason"] for row in rows}) == (
        400,
        {"value_unknown", "lost_cause", "in_holdout"},
    )


def test_without_value_the_likeliest_to_leave_stand_first(worthless):
    plan = pq.read_table(worthless[0].data / "plan" / "plan.parquet")
    there = plan.filter(pc.not_equal(plan["lifecycle_stage"], "lost"))
    assert np.all(np.diff(there["churn_probability"].to_numpy()) <= 0)


def test_few_customers_step_down_with_numbers_in_the_reason(worthless):
    assert "churn: logistic from 400 rows (400 rows, fewer than 1,000)" in worthless[1]


def test_a_table_without_value_is_served(worthless, serve):
    with serve(worthless[0].data / "serving") as get:
        assert get("/v1/at-risk?limit=3")["total"] == 400


def test_the_same_table_in_persian_says_the_same(worthless, small_project, tmp_path):
    project = small_project()
    source = write(in_persian(telco(400)), tmp_path / "مشترکان.csv")
    table = {"customer_id": "شناسه مشترک", "value_minor": None, "drop": ["سود"]}
    settled(project, source, {"source": {"table": table}})
    project.run_stages(*LEARN, *PUBLISH, *TELL)
    told = [probabilities(each.data) for each in (project, worthless[0])]
    np.testing.assert_allclose(*told, atol=1e-6)


def probabilities(data):
    scores: pa.Table = pq.read_table(data / "scores" / "scores.parquet").sort_by("customer_id")
    return scores["churn_probability"].to_numpy()


def test_everybody_of_the_table_judged_anew_gets_the_scores_of_the_run(data):
    snapshot = load_snapshot(data / "serving")
    rows = {one: rows_known(snapshot.judging, NothingTold(), one) for one in snapshot.score_rows}
    found = judge_anew(snapshot, snapshot.judging, rows, to_micros(snapshot.as_of))
    stored = {one: row_of(snapshot.read_scores, row) for one, row in snapshot.score_rows.items()}
    assert {one: {name: answer[name] for name in stored[one]} for one, answer in found.items()} == stored
