"""Stage: score every customer at the newest known fact with the release that is live.

Everything comes from the live release: its models, its bound, its policy. Customers who have not bought
yet have no features; they get the cold-start rate, no value and no cap.
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.storage import read_json, read_summary, write_json, write_table
from models.domain.errors import DamagedRelease
from models.domain.instants import iso
from models.domain.settings import settings_from
from models.domain.vocabulary import LifecycleStage, ModelUsed
from models.features.catalogue import CATALOGUE
from models.features.frame import FeatureFrame
from models.learned import churn, lifetime_value
from models.learned.bounds import LowerBound
from models.learned.churn import ChurnModel
from models.learned.explanations import BASE, TOP, by_family, explain, reasons
from models.learned.lifetime_value import floored
from models.learned.reasons import EVIDENCE
from models.learned.rows import read_frame
from models.policy.assess import assess, choices_table
from models.policy.customers import CustomerInputs, LifecycleFeatures
from models.policy.settings import PolicySettings
from models.release import Manifest, read_manifest
from pipelines import paths
from pipelines.customer_facts import consents, customers_at
from pipelines.scored import Scored, placed, scores_table, spread
from pipelines.stage import run

FAMILY_OF = {feature.name: feature.family.value for feature in CATALOGUE}
DRIVERS_FROM = 1_000


def main() -> None:
    """Write data/scores: scores, the policy's choices, and what drives leaving."""
    manifest = read_manifest(paths.LIVE)
    summary = read_summary(paths.TABLES)
    features = read_json(paths.FEATURES / "features.json")
    check_features(manifest, features["fingerprint"])
    frame = read_frame(paths.FEATURES / "features.parquet", [summary.as_of])
    customers = customers_at(paths.TABLES, summary.as_of)
    model = churn.load(paths.LIVE / "churn")
    scored = predict(model, frame, everyone(customers, frame))
    assessment = assess(
        policy_inputs(scored, frame, customers),
        settings_from(PolicySettings, read_json(paths.LIVE / "policy.json"), where="policy"),
        manifest.mean_order_amount_minor,
    )
    told = reason_columns(model, frame, scored, assessment.lifecycle_stage, manifest.currency)
    table = scores_table(scored, assessment, frame, manifest, told, tables=paths.TABLES, as_of=summary.as_of)
    write_table(table, paths.SCORES / "scores.parquet")
    write_table(choices_table(scored.customer_id, assessment), paths.SCORES / "choices.parquet")
    write_json(drivers(model, frame), paths.SCORES / "drivers.json")
    cold = int((~scored.known).sum())
    print(f"{len(scored.p):,} customers scored as of {iso(summary.as_of)}; {cold:,} without a purchase yet")


def check_features(manifest: Manifest, fingerprint: str) -> None:
    """Raise `DamagedRelease` unless the features at hand are those the live release was trained on."""
    if manifest.feature_fingerprint != fingerprint:
        raise DamagedRelease(
            "the live release reads other features than this code and source compute",
            allowed=manifest.feature_fingerprint,
            given=fingerprint,
            remedy="Let the candidate go live (after a rollback: make unpin), or return to the old code.",
        )


def everyone(customers: pa.Table, frame: FeatureFrame) -> NDArray[np.object_]:
    """Every customer known, whether or not they bought; ids in ascending order."""
    listed = customers["customer_id"].to_numpy().astype(object)
    return np.union1d(listed, frame.customer_id)


def predict(model: ChurnModel, frame: FeatureFrame, ids: NDArray[np.object_]) -> Scored:
    """Churn, value, stake and its lower bound; cold starts where there are no features."""
    value = lifetime_value.load(paths.LIVE / "lifetime_value")
    bound = LowerBound.from_json(read_json(paths.LIVE / "lifetime_value" / "bounds.json"))
    p = model.probability(frame)
    worth = value.estimate(frame, p)
    known = np.zeros(len(ids), dtype=bool)
    known[np.searchsorted(ids, frame.customer_id)] = True
    return Scored(
        customer_id=ids,
        known=known,
        p=spread(known, p, model.cold_start_rate),
        lifetime_value=spread(known, floored(worth.lifetime), 0),
        stake=spread(known, floored(worth.stake), 0),
        stake_low=spread(known, floored(bound.of_stake(worth.stake)), 0),
        model_used=np.where(known, str(model.model_used), str(ModelUsed.COLD_START)).astype(object),
    )


def policy_inputs(scored: Scored, frame: FeatureFrame, customers: pa.Table) -> CustomerInputs:
    """What the policy reads of each customer."""
    columns = {name: spread(scored.known, frame.column(name), np.nan) for name in frame.names}
    rows = len(scored.p)
    never = np.full(rows, np.nan)
    at = np.searchsorted(scored.customer_id, customers["customer_id"].to_numpy().astype(object))
    return CustomerInputs(
        churn_probability=scored.p,
        value_at_stake_minor=scored.stake,
        value_at_stake_low_minor=scored.stake_low,
        lifetime_value_minor=scored.lifetime_value,
        scored=scored.known,
        features=LifecycleFeatures.from_columns(columns, rows),
        consents={channel: placed(codes, at, rows) for channel, codes in consents(customers).items()},
        days_since_contact_out=columns.get("days_since_contact_out", never).astype(np.float64),
    )


def drivers(model: ChurnModel, frame: FeatureFrame) -> dict[str, float]:
    """Mean absolute effect on the log-odds by family, over evenly spread customers."""
    step = max(1, len(frame) // DRIVERS_FROM)
    some = frame.rows(np.arange(0, len(frame), step))
    families, parts = by_family(explain(model, some), FAMILY_OF)
    means = np.abs(parts).mean(axis=0)
    return {
        family: round(float(mean), 4)
        for family, mean in zip(families, means, strict=True)
        if family != BASE and mean > 0
    }


def reason_columns(
    model: ChurnModel, frame: FeatureFrame, scored: Scored, stages: NDArray[np.str_], currency: str
) -> tuple[NDArray[np.object_], ...]:
    """One column per reason [n]; None where a customer has fewer."""
    evidence = [EVIDENCE.get(LifecycleStage(stage)) for stage in stages[scored.known]]
    found = reasons(model, frame, FAMILY_OF, currency, evidence=evidence)
    columns = tuple(np.full(len(scored.known), None, dtype=object) for _ in range(TOP))
    for at, sentences in zip(np.flatnonzero(scored.known), found, strict=True):
        for column, sentence in zip(columns, sentences, strict=False):
            column[at] = sentence
    return columns


if __name__ == "__main__":
    run(main)
