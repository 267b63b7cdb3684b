"""Stage: the one-page report, the model card, and what past campaigns have earned."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyarrow import csv

from models.contract.storage import read_json, read_summary, read_table, write_json
from models.domain.settings import settings_from
from models.policy.action_settings import LEAVE_ALONE
from models.policy.main_reason import untold_words
from models.policy.settings import PolicySettings
from models.release import read_manifest
from models.retention.overview import overview, read_customers
from pipelines import paths
from pipelines.customer_facts import reasons_told
from pipelines.explained import stepped_down
from pipelines.past_campaigns import past_campaigns, sentences
from pipelines.report.model_card import Told, model_card
from pipelines.report.offers import stages_agree
from pipelines.report.page import Findings, render
from pipelines.stage import run

FIRST = 15


def main() -> None:
    """Write data/report/retention.html, data/report/model_card.md and data/metrics/policy.json."""
    plan = read_table(paths.PLAN / "plan.parquet")
    summary = read_summary(paths.TABLES)
    figures, campaigns = paths.LIVE / "metrics", past_campaigns()
    curve = csv.read_csv(figures / "calibration.csv").to_pydict()
    found = Findings(
        source=summary.kind,
        as_of=summary.as_of,
        manifest=read_manifest(paths.LIVE),
        overview=overview(read_customers(plan), LEAVE_ALONE),
        churn=read_json(figures / "churn.json"),
        value=read_json(figures / "lifetime_value.json"),
        predicted=curve["predicted"],
        observed=curve["observed"],
        drivers=read_json(paths.SCORES / "drivers.json"),
        first=plan.slice(0, FIRST).to_pylist(),
        plan=read_json(paths.METRICS / "plan.json"),
        earned=sentences(campaigns, read_manifest(paths.LIVE).currency),
        stages_agree=stages_agree(uplift_figures()),
        notes=[
            *stepped_down(paths.LIVE),
            *notes(summary.notes, read_json(paths.LIVE / "features.json")["switched_off"]),
            *actions_off(),
        ],
    )
    paths.REPORT.mkdir(parents=True, exist_ok=True)
    (paths.REPORT / "retention.html").write_text(render(found))
    (paths.REPORT / "model_card.md").write_text(model_card(told(found)))
    state = found.manifest.response_state
    beside = {"response_state": state, "plan_beside": found.plan["beside"]}
    write_json({**campaigns, **beside}, paths.METRICS / "policy.json")
    print(f"report: {paths.REPORT / 'retention.html'}")


def told(found: Findings) -> Told:
    """What the card is made of: the same findings, and how the live models came to be."""
    live = paths.LIVE
    segments, stages = (live / "metrics" / f"{name}.json" for name in ("segments", "stages"))
    return Told(
        manifest=found.manifest,
        source=found.source,
        churn=found.churn,
        value=found.value,
        segments=read_json(segments) if segments.exists() else {},  # releases before there were any
        stages=read_json(stages) if stages.exists() else {},
        churn_recipe=read_json(live / "churn" / "recipe.json"),
        value_recipe=read_json(live / "lifetime_value" / "recipe.json"),
        response=read_json(live / "response" / "response.json"),
        uplift=uplift_figures(),
        features=read_json(live / "features.json"),
        notes=found.notes,
    )


def uplift_figures() -> Mapping[str, Any]:
    """What is known of effects; releases before there was any say nothing."""
    path = paths.LIVE / "metrics" / "uplift.json"
    return read_json(path) if path.exists() else {}


def actions_off() -> list[str]:
    """The actions of the policy that are off because the source tells nothing of what they answer."""
    policy = settings_from(PolicySettings, read_json(paths.LIVE / "policy.json"), where="policy")
    features = read_json(paths.LIVE / "features.json")["names"]
    return untold_words(policy.enabled_actions, features, reasons_told(paths.TABLES, policy.playbook))


def notes(source_notes: Sequence[str], switched_off: Mapping[str, Any]) -> list[str]:
    """What the run could not know: the source's notes, and the features that are off, by reason."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in switched_off.items():
        by_reason.setdefault(str(reason), []).append(name)
    off = [f"{reason}: {', '.join(sorted(names))} are off" for reason, names in sorted(by_reason.items())]
    return [*source_notes, *off]


if __name__ == "__main__":
    run(main)
