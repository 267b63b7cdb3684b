"""Five lines at the end of a run: what it found, how good it is, what to do, where it lies, how to serve.

After them a note for each model that had to step down, and for each reason for which features are off.
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.attributes import PREFIX
from models.contract.storage import SourceSummary, read_json, read_summary, read_table
from models.domain.errors import MissingRelease
from models.domain.instants import last_day
from models.domain.money import format_minor
from models.evaluation.churn_report import final_part, logistic_name
from models.evaluation.rounding import shown
from models.policy.action_settings import LEAVE_ALONE
from models.retention.overview import Overview, overview, read_customers
from pipelines import paths
from pipelines.explained import stepped_down, switched_off
from pipelines.registry import history, since_last_promotion
from pipelines.stage import run

REASONS = 3


def main() -> None:
    """Print the lines for the run in this folder."""
    print("\n".join(lines(Path(), "make serve")))


def lines(folder: Path, serve: str) -> list[str]:
    """The lines for the run in `folder`; `serve` is the command that answers from it.

    Raises `MissingRelease` when the run has not ended.
    """
    if not (folder / paths.SERVING / "serving.json").exists():
        raise MissingRelease(f"there is nothing to serve in {folder / paths.SERVING}", remedy="Run `make`.")
    source = read_summary(folder / paths.TABLES)
    plan = read_table(folder / paths.PLAN / "plan.parquet")
    found = overview(read_customers(plan), LEAVE_ALONE)
    churn = read_json(folder / paths.LIVE / "metrics" / "churn.json")
    value = read_json(folder / paths.LIVE / "metrics" / "lifetime_value.json")
    return [
        _what_was_found(source, found),
        _how_good(churn, value) + _refusal(folder),
        _what_to_do(found, source.currency) + _why_nothing(found, plan),
        _where_it_is(folder),
        f"Serve: {serve}, then open http://127.0.0.1:8000",
        *(f"Note: {sentence}." for sentence in _explained(folder / paths.LIVE)),
    ]


def _explained(release: Path) -> tuple[str, ...]:
    return (*stepped_down(release), *switched_off(release))


def _what_was_found(source: SourceSummary, found: Overview) -> str:
    at_risk = found.at_risk
    until = last_day(source.as_of, source.timezone)
    return (
        f"Found: {found.everyone.customers:,} customers with {_what_they_left(source)} until the end "
        f"of {until}; {at_risk.customers:,} active ones more likely than not to leave, "
        f"with {format_minor(at_risk.value_at_risk_minor, source.currency)} at risk."
    )


def _what_they_left(source: SourceSummary) -> str:
    """What is known of customers: their order lines, or of a table their outcomes."""
    if source.has("orders"):
        return f"{source.rows['orders'].accepted:,} order lines"
    attributes = [name for name in source.columns["customers"] if name.startswith(PREFIX)]
    return f"{len(attributes)} attributes"


def _how_good(churn: dict[str, Any], value: dict[str, Any]) -> str:
    if churn["final_cut"] is None:
        return f"Models: not judged; {churn['unjudged']}."
    ours, plain = churn["final_cut"]["model"], churn["final_cut"]["logistic_rfm"]
    return (
        f"Models: log-loss {shown(ours['log_loss'], 4)} and AUC {shown(ours['auc'], 3)} on the untouched "
        f"{final_part(churn)} ({logistic_name(churn)}: {shown(plain['log_loss'], 4)} and "
        f"{shown(plain['auc'], 3)}); {_validated(churn)}"
        f"value is spendable up to {value['bound']['k_lo']:.0%} of its estimate."
    )


def _validated(churn: dict[str, Any]) -> str:
    """How the models were judged, where that was not over time."""
    return f"{churn['validated']}; " if "validated" in churn else ""


def _refusal(folder: Path) -> str:
    """What to add when the newest candidate is not what is live; empty otherwise."""
    known = history(folder / paths.REGISTRY)
    refused = [entry for entry in since_last_promotion(known) if not entry.promoted]
    if not refused:
        return ""
    return f" The newest candidate was REFUSED and the champion stays: {refused[-1].reason}."


def _what_to_do(found: Overview, currency: str) -> str:
    everyone = found.everyone
    return (
        f"Do: {everyone.actions:,} actions are worth doing, expected gain "
        f"{format_minor(everyone.expected_gain_minor, currency)}; no customer's cap exceeds "
        f"{format_minor(found.greatest_cap_minor, currency)}."
    )


def _why_nothing(found: Overview, plan: pa.Table) -> str:
    """Why everybody is left alone, the commonest reasons first; empty where somebody is not."""
    reasons = pc.value_counts(plan["do_not_contact_reason"].drop_null()).to_pylist()
    if found.everyone.actions or not reasons:
        return ""
    commonest = sorted(reasons, key=lambda one: (-one["counts"], one["values"]))[:REASONS]
    told = ", ".join(f"{one['counts']:,} {one['values'].replace('_', ' ')}" for one in commonest)
    return f" Everybody is left alone: {told}."


def _where_it_is(folder: Path) -> str:
    return (
        f"Read: {folder / paths.LISTS / 'at_risk.csv'} (and .xlsx), "
        f"{folder / paths.REPORT / 'retention.html'}, {folder / paths.METRICS}"
    )


if __name__ == "__main__":
    run(main)
