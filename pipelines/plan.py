"""Stage `plan`: who gets what within the budgets, ranked by what acting gains: the list people work with."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.currency import in_minor_units
from models.contract.storage import read_json, read_summary, read_table, write_json, write_table
from models.domain.errors import ContractViolation
from models.domain.instants import last_day
from models.domain.money import exponent, format_minor
from models.domain.settings import settings_from
from models.policy.action_settings import LEAVE_ALONE
from models.policy.day_plan import plan_day
from models.policy.experiment_report import experiment_report
from models.policy.exploration import closed_to
from models.policy.offered_table import offered_from
from models.policy.plan_beside import beside
from models.policy.plan_report import plan_report
from models.policy.save_list import assignments, at_risk, ranked_plan
from models.policy.settings import PolicySettings
from pipelines import paths
from pipelines.lists import EXCEL_ROWS, write_csv, write_xlsx
from pipelines.report_settings import words_to_report_in
from pipelines.stage import run

NEXT_MAJOR = 1_000  # so much more, in whole units of the currency, would earn …


def main() -> None:
    """Read scores and offers; write the plan, its figures, the assignments and the save list."""
    words, scores = words_to_report_in(), read_table(paths.SCORES / "scores.parquet")
    if scores.num_rows == 0:
        raise ContractViolation("there is no customer, so there is nothing to plan", remedy="Check `ingest`.")
    zone, as_of = read_summary(paths.TABLES).timezone, scores["as_of"][0].cast("int64").as_py()
    currency = scores["currency"][0].as_py()
    settings = settings_from(PolicySettings, read_json(paths.LIVE / "policy.json"), where="policy")
    alone, offers = choices_and_offers()
    found = plan_day(alone, offers, settings, str(last_day(as_of, zone)))
    choices = found.choices
    plan = ranked_plan(scores, choices, zone)
    listed = at_risk(plan)
    chances, worth = (
        scores.sort_by("customer_id")[name].to_numpy().astype(np.float64)
        for name in ("churn_probability", "lifetime_value_minor")
    )
    experiment = experiment_report(found, chances)
    possible = closed_to(offered_from(offers, settings), found.held_out)
    rules = beside(possible, found.planned.choice, chances, worth)
    figures = plan_report(found.planned, NEXT_MAJOR * 10 ** exponent(currency))
    write_json({**figures, "experiment": experiment, "beside": rules}, paths.METRICS / "plan.json")
    write_table(plan, paths.PLAN / "plan.parquet")
    write_table(in_minor_units(assignments(plan, choices)), paths.PLAN / "assignments.parquet")
    write_csv(listed, paths.LISTS / "at_risk.csv")
    write_xlsx(listed, paths.LISTS / "at_risk.xlsx", currency=currency, as_of=as_of, zone=zone, words=words)

    acted = plan.filter(pc.not_equal(plan["recommended_action"], LEAVE_ALONE))
    gain = format_minor(pc.sum(acted["expected_gain_minor"]).as_py() or 0, currency)
    print(
        f"{acted.num_rows:,} of {plan.num_rows:,} customers are worth acting on now, "
        f"for an expected gain of {gain} ({_known(acted)})."
    )
    print(_learning(experiment))
    if listed.num_rows > EXCEL_ROWS:
        print(f"at_risk.xlsx holds the first {EXCEL_ROWS:,} of {listed.num_rows:,} listed; at_risk.csv all.")


def _known(acted: pa.Table) -> str:
    """How the effects behind the plan are known, in words: 'response learned, assumed'."""
    states = sorted({state for state in acted["response_state"].to_pylist() if state}, reverse=True)
    return f"response {', '.join(word.replace('_', ' ') for word in states) or 'of nobody'}"


def _learning(experiment: Mapping[str, Any]) -> str:
    """What of the plan can teach something, in a sentence."""
    lots, held = experiment["drawn_by_lot"], experiment["held_out_from_plan"]
    told = f"Left to chance: {lots:,} customers by lot, {held:,} held out of the plan"
    needed = [f"{many:,}" if many else "–" for many in experiment["customers_per_arm"].values()]
    return f"{told}; to see 2 points of retention takes {needed[0]} customers an arm, 4 points {needed[1]}."


def choices_and_offers() -> tuple[pa.Table, pa.Table]:
    """What `score` found best for each one, and all that it would allow: the same customers in one order."""
    return tuple(
        read_table(paths.SCORES / f"{name}.parquet").sort_by("customer_id") for name in ("choices", "offers")
    )


if __name__ == "__main__":
    run(main)
