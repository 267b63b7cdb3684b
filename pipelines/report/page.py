"""The one-page report: figures in, HTML out. Everything it shows is computed elsewhere."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.contract.attributes import PREFIX
from models.domain.instants import last_day
from models.domain.money import format_minor, format_whole
from models.domain.vocabulary import ResponseState
from models.evaluation.churn_report import final_part, logistic_name
from models.evaluation.rounding import shown
from models.release import Manifest
from models.retention.overview import Overview, Row
from pipelines.report import money
from pipelines.report.charts import bars, calibration

TEMPLATE = "retention.html.j2"
LEAST_SHOWN = 0.005

RESPONSE_SENTENCES = {
    ResponseState.ASSUMED: "No usable experiment has shown yet what these actions change: their effect is "
    "assumed, cautiously, and every list says so.",
    ResponseState.LEARNED: "Treating those whom offers change most was shown to earn: their effects decide.",
    ResponseState.UNIFORM: "Treating was shown to earn, but not whom it changes more: value alone decides.",
    ResponseState.NO_EFFECT: "No way of treating was shown to earn what it costs, so nobody is treated with "
    "what was tried, but by lot.",
}


@dataclass(frozen=True)
class Findings:
    """What a run found, ready to be shown.

    as_of: microseconds, of the scored data. churn, value: the metrics files. predicted, observed: points of
    the calibration curve. drivers: family → mean absolute effect on the log-odds. first: rows of the list.
    plan: the metrics file of the plan. earned: a sentence for each past campaign.
    stages_agree: whether data agree that those who consider leaving are easier to keep, '' for no data.
    """

    source: str
    as_of: int
    manifest: Manifest
    overview: Overview
    churn: Mapping[str, Any]
    value: Mapping[str, Any]
    predicted: Sequence[float]
    observed: Sequence[float]
    drivers: Mapping[str, float]
    first: Sequence[Mapping[str, Any]]
    plan: Mapping[str, Any]
    notes: Sequence[str]
    earned: Sequence[str] = ()
    stages_agree: str = ""


def render(found: Findings) -> str:
    """The page as HTML that needs no network."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(TEMPLATE).render(_shown(found))


def _shown(found: Findings) -> dict[str, Any]:
    manifest, currency = found.manifest, found.manifest.currency
    state = ResponseState(manifest.response_state)
    return {
        "as_of_day": f"{last_day(found.as_of, manifest.timezone):%-d %B %Y}",
        "source": found.source,
        "release_id": manifest.release_id,
        "leaving": _leaving(found.churn, manifest.horizon_days),
        "window_days": manifest.value_window_days,
        "window_reason": manifest.window_reason,
        "tiles": _tiles(found.overview, currency),
        "stages": [_stage(row, currency) for row in found.overview.by_stage],
        "actions": [_action(row, currency) for row in found.overview.by_action],
        "headline": _headline(found.overview, currency),
        "response_sentence": f"{RESPONSE_SENTENCES[state]} {found.stages_agree}".rstrip(),
        "money_sentences": [
            *money.sentences(found.plan, currency),
            money.beside(found.plan["beside"], state.value, currency),
            *found.earned,
        ],
        "money_chart": money.curve(found.plan, currency),
        "first": [_customer(row, currency) for row in found.first],
        "calibration_chart": calibration(
            found.predicted, found.observed, f"Calibration at the {final_part(found.churn)}"
        ),
        "judged_at": final_part(found.churn),
        "calibration_sentence": _calibration_sentence(found.churn),
        "drivers_chart": _drivers(found.drivers),
        "peers": _peers(found.churn),
        "value_sentence": _value_sentence(found.value, manifest.value_window_days),
        "notes": list(found.notes),
    }


def _leaving(churn: Mapping[str, Any], horizon_days: int) -> str:
    """What is called leaving here."""
    if "validated" in churn:
        return f"is what the table's label says; the models were {churn['validated']}"
    return f"means no purchase within {horizon_days} days"


def _headline(overview: Overview, currency: str) -> str:
    acted = overview.everyone
    if not acted.actions:
        return "Nobody is worth contacting now: no action is expected to earn more than it costs."
    gain = format_whole(acted.expected_gain_minor, currency)
    return f"{acted.actions:,} customers are worth contacting now; that is expected to earn {gain}."


def _tiles(overview: Overview, currency: str) -> list[dict[str, str]]:
    everyone, at_risk = overview.everyone, overview.at_risk
    return [
        _tile(f"{everyone.customers:,}", "customers scored"),
        _tile(f"{at_risk.customers:,}", "active ones more likely than not to leave"),
        _tile(format_whole(at_risk.value_at_risk_minor, currency), "of value at risk with them"),
        _tile(f"{everyone.actions:,}", "customers worth contacting now"),
        _tile(format_whole(everyone.expected_gain_minor, currency), "expected gain of doing so"),
    ]


def _tile(figure: str, meaning: str) -> dict[str, str]:
    return {"figure": figure, "meaning": meaning}


def _stage(row: Row, currency: str) -> dict[str, str]:
    return {
        "name": row.name,
        "customers": f"{row.customers:,}",
        "share": _share(row.mean_churn_probability),
        "stake": format_minor(row.value_at_stake_minor, currency),
        "risk": format_minor(row.value_at_risk_minor, currency),
        "actions": f"{row.actions:,}",
    }


def _action(row: Row, currency: str) -> dict[str, str]:
    return {
        "name": _words(row.name),
        "customers": f"{row.customers:,}",
        "gain": format_minor(row.expected_gain_minor, currency),
    }


def _customer(row: Mapping[str, Any], currency: str) -> dict[str, str]:
    return {
        "rank": f"{row['rank']:,}",
        "customer_id": row["customer_id"],
        "stage": row["lifecycle_stage"],
        "share": _share(row["churn_probability"]),
        "risk": format_minor(row["value_at_risk_minor"], currency),
        "action": _words(row["recommended_action"]),
        "cap": format_minor(row["incentive_cap_minor"], currency),
        "reason": row["reason_1"] or "",
    }


def _share(probability: float | None) -> str:
    """'37%'; '–' of nobody who was scored."""
    return "–" if probability is None or math.isnan(probability) else f"{probability:.0%}"


def _words(code: str) -> str:
    """A coded word as people say it; an attribute has a name of its own already."""
    return code.removeprefix(PREFIX) if code.startswith(PREFIX) else code.replace("_", " ")


def _drivers(drivers: Mapping[str, float]) -> str:
    visible = {name: value for name, value in drivers.items() if value >= LEAST_SHOWN}
    strongest = sorted(visible.items(), key=lambda item: (-item[1], item[0]))
    values = [value for _, value in strongest]
    return bars(
        [_words(name) for name, _ in strongest],
        values,
        [f"{value:.2f}" for value in values],
        "Drivers of leaving",
    )


def _peers(churn: Mapping[str, Any]) -> list[dict[str, str]]:
    final = churn["final_cut"] or {}
    names = {
        "model": "Holdfast",
        "logistic_rfm": logistic_name(churn),
        "pareto_nbd": "Pareto/NBD",
        "default_lightgbm": "LightGBM with default parameters",
    }
    return [
        {"name": name, "log_loss": shown(final[key]["log_loss"], 4), "auc": shown(final[key]["auc"], 3)}
        for key, name in names.items()
        if final.get(key) is not None
    ]


def _calibration_sentence(churn: Mapping[str, Any]) -> str:
    """Whether the curve's distance from the diagonal is more than chance would give."""
    if churn["final_cut"] is None:
        return f"Nobody knows yet: {churn['unjudged']}."
    model = churn["final_cut"]["model"]
    error, chance = model["ece"], model["ece_noise_q95"]
    told = f"they miss by {error:.3f} on average; chance alone would give up to {chance:.3f}"
    if error <= chance:
        return f"Yes: {told}."
    return f"Roughly: {told}. Read 50 % as about {50 + 100 * error:.0f} % or {50 - 100 * error:.0f} %."


def _value_sentence(value: Mapping[str, Any], window_days: int) -> str:
    bias = (value["pooled"] or {}).get("bias")
    spendable = f"{value['bound']['k_lo']:.0%} of an estimate counts as certain enough to spend against."
    if bias is None:
        return f"No backtest of value over {window_days} days has a total to compare with; {spendable}"
    return f"Value over {window_days} days was off by {bias - 1:+.1%} over all backtests; {spendable}"
