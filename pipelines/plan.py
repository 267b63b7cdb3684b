"""Stage `plan`: rank every scored customer by what acting gains, and write the list people work with."""

import pyarrow.compute as pc

from models.contract.storage import read_summary, read_table, write_table
from models.domain.errors import ContractViolation
from models.domain.money import format_minor
from models.policy.action_settings import LEAVE_ALONE
from models.policy.save_list import assignments, at_risk, ranked_plan
from pipelines import paths
from pipelines.lists import EXCEL_ROWS, write_csv, write_xlsx
from pipelines.report_settings import words_to_report_in
from pipelines.stage import run


def main() -> None:
    """Read scores and choices; write the plan, the assignments and the save list as CSV and XLSX."""
    words, choices = words_to_report_in(), read_table(paths.SCORES / "choices.parquet")
    plan = ranked_plan(read_table(paths.SCORES / "scores.parquet"), choices)
    if plan.num_rows == 0:
        raise ContractViolation("there is no customer, so there is nothing to plan", remedy="Check `ingest`.")
    listed = at_risk(plan)
    zone = read_summary(paths.TABLES).timezone
    currency = plan["currency"][0].as_py()
    write_table(plan, paths.PLAN / "plan.parquet")
    write_table(assignments(plan, choices, zone), paths.PLAN / "assignments.parquet")
    write_csv(listed, paths.LISTS / "at_risk.csv")
    as_of = plan["as_of"][0].cast("int64").as_py()
    write_xlsx(listed, paths.LISTS / "at_risk.xlsx", currency=currency, as_of=as_of, zone=zone, words=words)

    acted = plan.filter(pc.not_equal(plan["recommended_action"], LEAVE_ALONE))
    gain = format_minor(pc.sum(acted["expected_gain_minor"]).as_py() or 0, currency)
    print(
        f"{acted.num_rows:,} of {plan.num_rows:,} customers are worth acting on now, "
        f"for an expected gain of {gain} (response assumed)."
    )
    if listed.num_rows > EXCEL_ROWS:
        print(f"at_risk.xlsx holds the first {EXCEL_ROWS:,} of {listed.num_rows:,} listed; at_risk.csv all.")


if __name__ == "__main__":
    run(main)
