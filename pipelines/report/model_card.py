"""The model card: what is live, what it learned from, how it was judged, where it fails, what it is not for.

In the order of Mitchell et al. (2019), Model Cards for Model Reporting; every figure comes from the release.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.domain.instants import iso
from models.domain.vocabulary import ModelUsed
from models.evaluation.churn_report import final_part, logistic_name
from models.evaluation.rounding import shown
from models.evaluation.segments import failing
from models.evaluation.stage_moves import moves_table
from models.release import Manifest
from pipelines.report.offers import offers_told

Json = Mapping[str, Any]

MODEL = "model"
NOWHERE = "In no segment beyond chance, of those that were looked at.\n"
CHANCE = "That is chance."
BEYOND = "That is more than chance explains; the figure does not say why."
PEERS = {"pareto_nbd": "Pareto/NBD alone", "default_lightgbm": "LightGBM with default parameters"}
CARD = """\
# Model card: release {release_id}

## What it is
Scores of customers as of {as_of}: the chance of leaving within {horizon} days, and the contribution margin
of the next {window} days if they stay and if they go.

- Churn: {churn_model} ({churn_reason}). {weight}
- Calibration: {calibration}.
- Value if retained: {retained}. Value if lost: {lost}. Window: {window_reason}.
- Effect of actions: {response_state}; {response_reason}.
- Features: {features} in use, {off} switched off.

## What it is for, and what not
For ranking customers by what acting gains, and for capping what may be spent on one of them. Not for judging
a person, for prices or credit, nor for customers of another shop. A chance of leaving is no effect of an
offer.

## What it learned from
{training_rows:,} rows of {source}, at {snapshots} snapshot(s). Every label had closed, and features read
only what was known at their snapshot.

## How it was judged
{judged}

{churn_table}
## Is the chance right?
{calibration_told}

## Where it fails
{segments}

## How customers move between stages
{stages}

## How far value can be trusted
{value}

## What offers change
{offers}

## Notes
{notes}
"""


@dataclass(frozen=True)
class Told:
    """What a release and its run tell: the release's JSON files, the kind of source, and notes."""

    manifest: Manifest
    source: str
    churn: Json
    value: Json
    segments: Json
    stages: Json
    churn_recipe: Json
    value_recipe: Json
    response: Json
    features: Json
    notes: Sequence[str]
    uplift: Json = field(default_factory=dict)


def model_card(told: Told) -> str:
    """The card as Markdown."""
    manifest, recipe = told.manifest, told.churn_recipe
    return CARD.format(
        release_id=manifest.release_id,
        as_of=iso(manifest.as_of),
        horizon=manifest.horizon_days,
        window=manifest.value_window_days,
        window_reason=manifest.window_reason,
        churn_model=recipe["model_used"],
        churn_reason=recipe["reason"],
        weight=_weight(recipe),
        calibration=recipe["calibration"]["reason"],
        retained=told.value_recipe["retained"]["reason"],
        lost=told.value_recipe["lost"]["reason"],
        response_state=manifest.response_state,
        response_reason=told.response["reason"],
        features=len(told.features["names"]),
        off=len(told.features["switched_off"]),
        training_rows=recipe["training_rows"],
        source=told.source,
        snapshots=len(recipe.get("training_snapshots", [told.source])),
        judged=_judged(told),
        churn_table=_churn_table(told.churn),
        calibration_told=_calibration(told.churn),
        segments=_lines(failing(told.segments)) or NOWHERE,
        stages=_stages(told.stages),
        value=_value(told.value),
        offers=offers_told(told.response, told.uplift),
        notes=_lines(told.notes) or "None.\n",
    )


def _stages(stages: Json) -> str:
    """The matrix of moves, or that there is none."""
    if not stages:
        return "Not counted: that takes two cuts."
    between = f"Of customers known at both, from each of these cuts to the next: {', '.join(stages['cuts'])}."
    return "\n".join([between, "", *moves_table(stages["moves"])])


def _weight(recipe: Json) -> str:
    """How much boosters count, and why; a model without them has no weight to speak of."""
    if recipe["model_used"] != ModelUsed.BLEND:
        return "It has no boosters."
    share = recipe["boosted_weight"]
    shares = {0.0: "Boosters were grown and do not count", 1.0: "Boosters alone count"}
    both = f"Boosters count {share:g} and the logistic model {1 - share:g}, in log-odds"
    reason = recipe.get("weight", {}).get("reason", f"{share:g}: as set")
    return f"{shares.get(share, both)}. Their weight is {reason}."


def _judged(told: Told) -> str:
    if told.churn["final_cut"] is None:
        return f"Not judged: {told.churn['unjudged']}."
    how = told.churn.get("validated") or "each cut by a model that knew only what had closed by then"
    cuts = ", ".join(told.churn["cuts"])
    return f"{how[0].upper()}{how[1:]}: {cuts}. No choice looked at the last ({final_part(told.churn)})."


def _churn_table(churn: Json) -> str:
    if churn["final_cut"] is None:
        return ""
    names = {MODEL: "this model", "logistic_rfm": f"{logistic_name(churn)} alone", **PEERS}
    rows = [
        _row(name, churn["final_cut"], churn["pooled"], key)
        for key, name in names.items()
        if key in churn["final_cut"]
    ]
    heads = (
        "",
        f"log-loss, {final_part(churn)}",
        "AUC",
        "all: log-loss",
        "AUC",
        "this model, all",
    )
    return _table(heads, rows)


def _row(name: str, final: Json, pooled: Json, key: str) -> tuple[str, ...]:
    figures = [shown(part[key][name_of], 4) for part in (final, pooled) for name_of in ("log_loss", "auc")]
    beside = pooled["against"].get(key)
    verdict = "" if beside is None else f"{beside['log_loss']['verdict']}, {beside['auc']['verdict']}"
    return name, *figures, verdict


def _calibration(churn: Json) -> str:
    if churn["final_cut"] is None:
        return "Nobody knows yet."
    found = churn["final_cut"][MODEL]
    within = found["ece"] <= found["ece_noise_q95"]
    return (
        f"Off by {found['ece']:.3f} on average at the {final_part(churn)}; a perfect model of as many "
        f"customers would be off by up to {found['ece_noise_q95']:.3f}. {CHANCE if within else BEYOND}"
    )


def _value(value: Json) -> str:
    bound, pooled = value["bound"], value["pooled"]
    spendable = f"{bound['k_lo']:.0%} of an estimated stake may be counted on: {bound['reason']}."
    if pooled is None:
        return f"No backtest of value has closed. {spendable}"
    figures = (
        f"Predicted ÷ actual {shown(pooled['bias'], 3)}, "
        f"normalised Gini {shown(pooled['normalised_gini'], 3)}, "
        f"decile MAPE {shown(pooled['decile_mape'], 3)}, over all backtests."
    )
    return f"{figures}\n{spendable}{_held(bound.get('backtests'))}"


def _held(backtests: Json | None) -> str:
    if not backtests or not backtests["judged"]:
        return ""
    apart = backtests["apart"]
    return (
        f"\nSuch a bound held at {backtests['covered']} of the {backtests['judged']} backtests "
        f"that could be told one, at {shown(backtests['tightness'], 2)} of what came (median); "
        f"of those whose windows do not overlap, at {apart['covered']} of {apart['judged']}."
    )


def _lines(sentences: Sequence[str]) -> str:
    return "".join(f"- {sentence}\n" for sentence in sentences)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
