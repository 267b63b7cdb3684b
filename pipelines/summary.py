"""Five lines at the end of a run: what it found, how good it is, what to do, where it lies, how to serve."""

from pathlib import Path
from typing import Any

from models.contract.storage import SourceSummary, read_json, read_summary, read_table
from models.domain.errors import MissingRelease
from models.domain.instants import local_date
from models.domain.money import format_minor
from models.policy.settings import LEAVE_ALONE
from models.retention.overview import Overview, overview, read_customers
from pipelines import paths
from pipelines.stage import run


def main() -> None:
    """Print the five lines for the run in this folder."""
    print("\n".join(lines(Path(), "make serve")))


def lines(folder: Path, serve: str) -> list[str]:
    """The five lines for the run in `folder`; `serve` is the command that answers from it.

    Raises `MissingRelease` when the run has not ended.
    """
    if not (folder / paths.SERVING / "serving.json").exists():
        raise MissingRelease(f"there is nothing to serve in {folder / paths.SERVING}", remedy="Run `make`.")
    source = read_summary(folder / paths.TABLES)
    found = overview(read_customers(read_table(folder / paths.PLAN / "plan.parquet")), LEAVE_ALONE)
    churn = read_json(folder / paths.METRICS / "churn.json")
    value = read_json(folder / paths.METRICS / "lifetime_value.json")
    return [
        _what_was_found(source, found),
        _how_good(churn, value),
        _what_to_do(found, source.currency),
        _where_it_is(folder),
        f"Serve: {serve}, then open http://127.0.0.1:8000/v1/at-risk",
    ]


def _what_was_found(source: SourceSummary, found: Overview) -> str:
    at_risk = found.at_risk
    orders = source.rows["orders"].accepted
    return (
        f"Found: {found.everyone.customers:,} customers with {orders:,} order lines until "
        f"{local_date(source.as_of, source.timezone)}; {at_risk.customers:,} more likely than not to leave, "
        f"with {format_minor(at_risk.value_at_risk_minor, source.currency)} at risk."
    )


def _how_good(churn: dict[str, Any], value: dict[str, Any]) -> str:
    ours, plain = churn["final_cut"]["model"], churn["final_cut"]["logistic_rfm"]
    return (
        f"Models: log-loss {ours['log_loss']:.4f} and AUC {ours['auc']:.3f} on the untouched final cut "
        f"(logistic RFM: {plain['log_loss']:.4f} and {plain['auc']:.3f}); "
        f"value is spendable up to {value['bound']['k_lo']:.0%} of its estimate."
    )


def _what_to_do(found: Overview, currency: str) -> str:
    everyone = found.everyone
    return (
        f"Do: {everyone.actions:,} actions are worth doing, expected gain "
        f"{format_minor(everyone.expected_gain_minor, currency)}; no customer's cap exceeds "
        f"{format_minor(found.greatest_cap_minor, currency)}."
    )


def _where_it_is(folder: Path) -> str:
    return (
        f"Read: {folder / paths.LISTS / 'at_risk.csv'} (and .xlsx), "
        f"{folder / paths.REPORT / 'retention.html'}, {folder / paths.METRICS}"
    )


if __name__ == "__main__":
    run(main)
