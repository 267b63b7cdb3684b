"""Stage: what offers change, and for whom, where past campaigns allow to learn it; else it is assumed."""

import shutil
from collections.abc import Mapping
from typing import Any

import numpy as np

from models.contract.prices import in_constant_money, read_prices
from models.contract.storage import read_json, read_summary, read_table, write_json
from models.contract.tables import ORDERS
from models.domain.settings import settings_from
from models.domain.vocabulary import Payment, ResponseState
from models.evaluation.folds import CustomerFolds, plan_from_json
from models.evaluation.labels import OrderLines, window_end
from models.evaluation.offer_designs import OfferCounts, assumed_response, count_offers
from models.evaluation.schedule import Schedule
from models.evaluation.stage_effects import beyond_level, by_stage, considering_beyond
from models.evaluation.uplift_log import Study, UnusableLog, trial_of
from models.evaluation.uplift_study import Learned, learn
from models.features.frame import FeatureFrame
from models.learned import lifetime_value
from models.learned.response import Response
from models.learned.rows import read_labelled
from models.learned.settings import UpliftSettings, ValueSettings
from models.learned.training.lifetime_value import fit_value
from models.learned.trial import Floats
from models.policy.customers import LifecycleFeatures, Words
from models.policy.lifecycle import lifecycle_stage
from models.policy.lifecycle_settings import LifecycleSettings
from pipelines import paths
from pipelines.order_lines import read_lines
from pipelines.params import raw_section, section
from pipelines.past_outcomes import stayed
from pipelines.past_trials import offers_table, past_assignments, read_trials
from pipelines.stage import run

METRICS = paths.METRICS / "uplift.json"
MOST_STAKES = 0.95  # the quantile beyond which a stake counts as it


def main() -> None:
    """Write data/fitted/uplift and data/metrics/uplift.json."""
    offers = offers_table()
    counts = count_offers(offers) if offers is not None else OfferCounts()
    plan = plan_from_json(read_json(paths.FEATURES / "schedule.json"))
    of = past_assignments(read_summary(paths.TABLES), read_prices(paths.TABLES), _most_instants)
    if of is None or isinstance(plan, CustomerFolds):
        assume(counts, assumed_response(counts)["reason"])
        return
    settings = section(UpliftSettings, "uplift")
    frame = read_trials()
    try:
        study = trial_of(frame, of, stayed(orders_of_all(), of), settings)
    except UnusableLog as refused:
        assume(counts, refused.message)
        return
    features = FeatureFrame(study.trial.names, study.trial.values, study.of.customer_id, study.of.instant)
    actions = raw_section("policy")["actions"]
    at_once = {each["id"] for each in actions if each["payment"] == Payment.IMMEDIATE.value}
    learned = learn(study, stakes(plan, features), vars(counts), settings, at_once)
    write(learned.response, {**learned.figures, **effects_by_stage(features, study, learned)})
    print_found(learned.response, learned.figures, counts)


def _most_instants() -> int:
    return int(raw_section("uplift")["most_instants"])


def assume(counts: OfferCounts, reason: str) -> None:
    """Write that the response is assumed, and why."""
    reason = reason.rstrip(".")  # it goes into sentences
    response = Response(ResponseState.ASSUMED, reason, vars(counts))
    write(response, {"state": response.state.value, "reason": reason})
    print(f"response: assumed ({reason}); {counts.refused:,} offers refused")


def write(response: Response, figures: Mapping[str, Any]) -> None:
    """The release's part and the figures."""
    shutil.rmtree(paths.FITTED_UPLIFT, ignore_errors=True)
    response.save(paths.FITTED_UPLIFT)
    write_json(figures, METRICS)


def orders_of_all() -> OrderLines:
    """Every order line, in constant money."""
    prices, share = read_prices(paths.TABLES), raw_section("value")["margin_share"]
    return read_lines(in_constant_money(read_table(paths.TABLES / "orders.parquet"), ORDERS, prices), share)


def stakes(plan: Schedule, features: FeatureFrame) -> Floats:
    """S of each row in constant minor units [n], by a model of windows that had closed at its instant.

    Where none had, the mean of today's model for everybody: a stake of one's own would know the outcome. No
    stake counts for more than most are worth, lest few customers decide.
    """
    found = np.empty(len(features))
    for instant in np.unique(features.snapshot):
        there = features.snapshot == instant
        found[there] = _stakes_then(plan, features.rows(there), int(instant))
    return np.minimum(found, np.quantile(found, MOST_STAKES))


def _stakes_then(plan: Schedule, features: FeatureFrame, instant: int) -> Floats:
    zone = read_summary(paths.TABLES).timezone
    closed = [at for at in plan.snapshots if window_end(at, plan.window_days, zone) <= instant]
    newest = closed[-max(1, len(plan.final_value_training)) :]
    half = np.full(len(features), 0.5)
    if newest:
        labelled = read_labelled(paths.FEATURES / "features.parquet", paths.LABELS / "labels.parquet", newest)
        if len(labelled):
            return fit_value(labelled, section(ValueSettings, "value")).estimate(features, half).stake
    today = lifetime_value.load(paths.FITTED_LIFETIME_VALUE).estimate(features, half).stake
    return np.full(len(features), float(today.mean()))


def effects_by_stage(features: FeatureFrame, study: Study, learned: Learned) -> Mapping[str, Any]:
    """Whether the data agree with the stages: the effect of an offer in each."""
    values = raw_section("policy")["lifecycle"]
    settings = settings_from(LifecycleSettings, values, where="policy.lifecycle")
    columns = {name: features.column(name) for name in features.names}
    read = LifecycleFeatures.from_columns(columns, len(features), settings.evidence)
    stage: Words = lifecycle_stage(read, 1 - learned.found.means[0], settings)
    confidence = section(UpliftSettings, "uplift").confidence
    stages, beyond = (
        told(study.trial, learned.found, stage, confidence) for told in (by_stage, beyond_level)
    )
    return {"by_stage": stages, "considering_beyond": considering_beyond(beyond)}


def print_found(response: Response, figures: Mapping[str, Any], counts: OfferCounts) -> None:
    """Say what the gate found, arm by arm."""
    print(f"response: {response.state.value} ({response.reason}); {counts.refused:,} offers refused")
    for arm in response.arms:
        points = f"{100 * arm.effect:+.1f} points of retention ({100 * arm.effect_low:+.1f} to "
        print(
            f"  {arm.name}: {points}{100 * arm.effect_high:+.1f}) over {arm.rows:,} customers; "
            f"{arm.redemption:.0%} of those who stayed used it"
        )
    chance = figures["propensity"]
    print(
        f"  propensities from {chance['least']:.2f} to {chance['greatest']:.2f}, {chance['clipped']} clipped"
    )


if __name__ == "__main__":
    run(main)
