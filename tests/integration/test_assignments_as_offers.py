"""What a plan assigned is what the next run learns from: its assignments come back as the table `offers`."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest
from openpyxl import Workbook

from models.contract.storage import (
    SourceSummary,
    read_summary,
    read_table,
    write_json,
    write_summary,
    write_table,
)
from models.contract.tables import OFFERS
from models.domain.errors import BadSource, TooManyRejected
from models.domain.instants import to_micros
from models.domain.settings import plain
from models.evaluation.offer_designs import count_offers
from models.policy.experiment_settings import ExperimentSettings
from pipelines import ingest, paths, plan
from pipelines.customer_facts import tried
from tests.list_examples import POLICY_OF_LISTS, choices, offers, scores

AS_OF = datetime(2024, 6, 30, 22, tzinfo=UTC)
DAY = "2024-06-30"  # the shop's own day that ended at AS_OF
# Every other one gains nothing, so that lots, best choices and those left alone all find somebody.
PEOPLE = [(f"C{number:03d}", 100 + number if number % 2 else 0, 50) for number in range(200)]
POLICY = replace(POLICY_OF_LISTS, experiment=ExperimentSettings(holdout_share=0.2, exploration_share=0.4))
# Campaign, arm, design and chance: lots over a coupon and nothing, the plan beside the holdout, certainty.
KINDS = {
    (f"explore-{DAY}", "coupon", "randomised", 0.5),
    (f"explore-{DAY}", "none", "randomised", 0.5),
    (f"explore-{DAY}", "none", "targeted", 1.0),
    (f"plan-{DAY}", "coupon", "randomised", 0.8),
    (f"plan-{DAY}", "none", "randomised", 0.2),
    (f"plan-{DAY}", "none", "targeted", 1.0),
}
SUMMARY = SourceSummary("files", "EUR", "Europe/Berlin", to_micros(AS_OF), 0, {}, {})
SOURCE = {
    "kind": "files",
    "path": "shop",
    "currency": "EUR",
    "amount_unit": "minor",
    "timezone": "Europe/Berlin",
}


@pytest.fixture
def planned(tmp_path, monkeypatch):
    """The assignments of one day's plan, and a shop whose folder holds them beside later orders."""
    monkeypatch.chdir(tmp_path)
    paths.PARAMS.write_text(json.dumps({"report": {"language": "en"}}))
    write_summary(SUMMARY, paths.TABLES)
    write_table(scores(PEOPLE, AS_OF), paths.SCORES / "scores.parquet")
    write_table(choices(PEOPLE), paths.SCORES / "choices.parquet")
    write_table(offers(PEOPLE), paths.SCORES / "offers.parquet")
    write_json(plain(POLICY), paths.LIVE / "policy.json")
    plan.main()
    return read_table(paths.PLAN / "assignments.parquet")


def ingest_a_month_later(written="parquet", **source):
    """`ingest` of a folder that holds the assignments as a file of offers, and everybody's orders."""
    shop = paths.DATA.parent / "shop"
    shop.mkdir()
    hand_over(paths.PLAN / "assignments.parquet", shop / f"offers.{written}")
    lines = [f"{name},1,{name},2024-07-30 10:00:00,1250" for name, _, _ in PEOPLE]
    (shop / "orders.csv").write_text(
        "\n".join(["order_id,line_id,customer_id,ordered_at,amount_minor", *lines])
    )
    settings = {"source": SOURCE | source, "ingest": {"max_rejected_share": 0.0}}
    paths.PARAMS.write_text(json.dumps(settings))
    ingest.main()
    return read_table(paths.TABLES / "offers.parquet")


def hand_over(assignments, offers):
    """The file as it is, or as somebody exported it."""
    rows = read_table(assignments)
    if offers.suffix == ".csv":
        pacsv.write_csv(rows, offers)
    elif offers.suffix == ".xlsx":
        book = Workbook()
        book.active.append(rows.column_names)
        for row in rows.to_pylist():
            book.active.append([str(v) if isinstance(v, datetime) else v for v in row.values()])
        book.save(offers)
    else:
        shutil.copy(assignments, offers)


def in_order(rows):
    keys = [("campaign_id", "ascending"), ("customer_id", "ascending")]
    return rows.sort_by(keys).select(OFFERS.schema().names).to_pylist()


def kinds(rows):
    names = ("campaign_id", "arm", "design", "propensity")
    return set(zip(*(rows[name].to_pylist() for name in names), strict=True))


def test_the_plan_has_rows_of_each_kind(planned):
    assert kinds(planned) == KINDS


def test_no_assignment_is_refused_as_an_offer(planned):
    ingest_a_month_later()
    counts = read_summary(paths.TABLES).rows["offers"]
    assert (counts.accepted, counts.reasons) == (planned.num_rows, {})


def test_assignments_come_back_as_they_were_written(planned):
    assert in_order(ingest_a_month_later()) == in_order(planned)


@pytest.mark.parametrize("written", ["parquet", "csv", "xlsx"])
def test_assignments_say_their_unit_beside_files_in_another(planned, written):
    assert in_order(ingest_a_month_later(written, amount_unit="major")) == in_order(planned)


def test_a_mapping_may_name_the_unit_that_assignments_say(planned):
    found = ingest_a_month_later(amount_unit="major", tables={"offers": {"amount_unit": "minor"}})
    assert in_order(found) == in_order(planned)


def test_mapped_assignments_say_their_unit_too(planned):
    columns = {name: name for name in OFFERS.schema().names}
    found = ingest_a_month_later(amount_unit="major", tables={"offers": {"columns": columns}})
    assert in_order(found) == in_order(planned)


def test_a_mapping_that_says_another_unit_than_the_assignments_is_refused(planned):
    with pytest.raises(BadSource, match="says in its column amount_unit that its amounts are in minor"):
        ingest_a_month_later(tables={"offers": {"amount_unit": "major"}})


def test_rows_in_another_unit_among_the_assignments_are_refused(planned):
    rows = planned.drop_columns("amount_unit")
    units = ["minor"] * (rows.num_rows - 1) + ["major"]
    write_table(rows.append_column("amount_unit", [units]), paths.PLAN / "assignments.parquet")
    with pytest.raises(TooManyRejected, match="other_currency 1"):
        ingest_a_month_later(amount_unit="major")


def test_a_column_of_that_name_with_other_words_is_somebodys_own(planned):
    rows = planned.drop_columns("amount_unit")
    write_table(
        rows.append_column("amount_unit", [["pieces"] * rows.num_rows]), paths.PLAN / "assignments.parquet"
    )
    assert in_order(ingest_a_month_later()) == in_order(planned)


def renamed_unit(planned, heading):
    names = [heading if name == "amount_unit" else name for name in planned.column_names]
    write_table(planned.rename_columns(names), paths.PLAN / "assignments.parquet")


def test_assignments_say_their_unit_under_a_heading_that_somebody_wrote_otherwise(planned):
    renamed_unit(planned, "Amount_Unit")
    assert in_order(ingest_a_month_later(amount_unit="major")) == in_order(planned)


def test_the_next_run_can_learn_from_every_row_that_chance_decided(planned):
    fair = [row for row in planned["propensity"].to_pylist() if row < 1]
    assert count_offers(ingest_a_month_later()).usable == len(fair) > 0


def test_who_was_in_an_experiment_is_compared_with_nobody_the_next_time(planned):
    rows = ingest_a_month_later()
    ids = np.array([name for name, _, _ in PEOPLE], dtype=object)
    before = set(ids[tried(paths.TABLES, ids)])
    certain = {(f"plan-{DAY}", "none", "targeted", 1.0)}
    assert before == {
        row["customer_id"]
        for row in rows.to_pylist()
        if (row["campaign_id"], row["arm"], row["design"], row["propensity"]) not in certain
    }


TREATED = {
    "campaign_id": f"plan-{DAY}",
    "customer_id": "A",
    "assigned_at": AS_OF,
    "arm": "coupon",
    "design": "targeted",
    "purpose": "retention",
    "face_value_minor": 500,
    "contact_cost_minor": 10,
}


@pytest.mark.parametrize(
    ("changed", "compared"),
    [({}, False), ({"purpose": "recovery"}, True), ({"arm": "none"}, True), ({"campaign_id": "May"}, True)],
)
def test_whom_a_plan_treated_beside_the_experiment_is_compared_with_nobody_either(
    tmp_path, changed, compared
):
    names = tuple(TREATED)
    rows = pa.Table.from_pylist([TREATED | changed], schema=OFFERS.schema(names))
    write_table(rows, tmp_path / "offers.parquet")
    assert tried(tmp_path, np.array(["A"], dtype=object)).tolist() == [not compared]


def test_without_offers_nobody_was_in_an_experiment(tmp_path):
    assert not tried(tmp_path, np.array(["A"], dtype=object)).any()
