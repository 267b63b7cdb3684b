"""A company of 300 customers under contract goes all the way, from files to a served answer."""

import csv
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from models.contract.storage import read_json
from pipelines.workspace import deep_merge, environment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STAGES = tuple(yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
RUN = "\n".join(f"from pipelines import {name}; {name}.main()" for name in STAGES)
PEOPLE, DAYS, MONTH = 300, 900, 30
BEGAN = date(2022, 1, 1)
LAST_DAY = str(BEGAN + timedelta(days=DAYS))
ORDERS = "order_id,line_id,customer_id,ordered_at,amount_minor"
CONTRACTS = "contract_id,customer_id,started_at,renews_at,ended_at,ended_known_at"
ANSWERS = {
    "source": {
        "kind": "files",
        "path": "files",
        "currency": "EUR",
        "amount_unit": "minor",
        "timezone": "Europe/Berlin",
    },
    "value": {"margin_share": 0.3},
    "policy": {"unknown_consent": "allow"},
}


def day(number):
    return str(BEGAN + timedelta(days=int(number)))


def telephone_company(chance):
    """A contract each, billed every month; one in 25 ends after any month, with a month's notice."""
    yield "orders.csv", ORDERS
    yield "contracts.csv", CONTRACTS
    for who in range(PEOPLE):
        at, fee = chance.integers(400), 1_000 * chance.integers(1, 5)
        end = at + MONTH * chance.geometric(0.04)
        known = end - MONTH <= DAYS
        told = (day(end), day(max(end - MONTH, at))) if known else ("", "")
        renews = day(at + 365 * (1 + (DAYS - at) // 365))
        yield "contracts.csv", f"k{who},c{who:03},{day(at)},{renews},{','.join(told)}"
        for billed in range(at, min(end, DAYS + 1), MONTH):
            yield "orders.csv", f"o{who}-{billed},1,c{who:03},{day(billed)},{fee}"


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The folder that a run of all stages left."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "files").mkdir()
    for name, line in telephone_company(np.random.default_rng(11)):
        with (folder / "files" / name).open("a") as stream:
            stream.write(f"{line}\n")
    settings = deep_merge(yaml.safe_load((ROOT / "params.yaml").read_text()), ANSWERS)
    (folder / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))
    ran = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=folder,
        env={**environment(os.environ), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return folder


@pytest.fixture(scope="module")
def scores(company):
    return pq.read_table(company / "data" / "scores" / "scores.parquet").to_pylist()


@pytest.fixture(scope="module")
def contracts(company):
    with (company / "files" / "contracts.csv").open(newline="") as stream:
        return {row["customer_id"]: row for row in csv.DictReader(stream)}


def stages(scores, customers):
    return {row["lifecycle_stage"] for row in scores if row["customer_id"] in customers}


def test_everybody_who_was_ever_billed_is_scored(scores):
    assert (len(scores), [row for row in scores if row["churn_probability"] is None]) == (PEOPLE, [])


def test_features_of_contracts_are_on_and_those_of_missing_tables_off(company):
    on = read_json(company / "data" / "live" / "features.json")["names"]
    assert ("contracts_running" in on, "complaints_open" in on) == (True, False)


def test_whoever_gave_notice_is_defecting(scores, contracts):
    gave = {who for who, row in contracts.items() if row["ended_at"] > LAST_DAY >= row["ended_known_at"]}
    assert (len(gave) > 0, stages(scores, gave)) == (True, {"defecting"})


def test_the_end_of_a_contract_is_a_reason(scores):
    assert any("the contract ends in" in (row["reason_1"] or "") for row in scores)


def test_a_contract_that_may_end_any_month_is_no_certainty(scores, contracts):
    running = {who for who, row in contracts.items() if not row["ended_at"]}
    chances = [row["churn_probability"] for row in scores if row["customer_id"] in running]
    assert 0.02 < np.mean(chances) < 0.3  # one in nine lets it end within 90 days


def test_the_server_gives_a_listed_customer_the_numbers_of_the_list(company, client_for):
    with (company / "data" / "lists" / "at_risk.csv").open(newline="") as stream:
        first = next(csv.DictReader(stream))
    with client_for(company / "data" / "serving") as ask:
        answer = ask.get(f"/v1/customers/{first['customer_id']}").json()
    same = ("lifecycle_stage", "value_at_stake_minor", "incentive_cap_minor", "recommended_action")
    assert [str(answer[name]) for name in same] == [first[name] for name in same]
