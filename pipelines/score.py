"""Stage: score every customer at the newest known fact with the release that is live.

Everything comes from the live release: its models, also those of rhythm, its bound, its policy, its levels of
attributes. Only articles are counted anew, with the features of the run, and a release that was trained on
articles counted otherwise is refused. Customers who have not bought yet have no features; they get the
cold-start rate, no value and no cap.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.prices import read_prices
from models.contract.storage import read_json, read_summary, write_json, write_table
from models.domain.errors import InvalidSetting
from models.domain.instants import iso
from models.domain.settings import settings_from
from models.features.attribute_catalogue import attribute_columns
from models.features.attributes import attributes_at, encoded, from_json, unseen
from models.features.frame import FeatureFrame
from models.learned.attribute_words import attribute_sentences
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import floored
from models.learned.rhythm import load as load_rhythm
from models.learned.rhythm import with_rhythm
from models.learned.rows import read_frame
from models.policy.assess import assess
from models.policy.budget_settings import BY_STAGE
from models.policy.choices_table import choices_table
from models.policy.customers import CustomerInputs, LifecycleFeatures
from models.policy.lots import held_out
from models.policy.offered import Offered
from models.policy.offered_table import offered_table
from models.policy.settings import PolicySettings
from models.release import read_manifest
from models.release_features import check_same
from pipelines import paths
from pipelines.customer_facts import consents, customers_at, gone, labelled, tried
from pipelines.live_models import Speaker, speakers
from pipelines.report_settings import words_to_report_in
from pipelines.scored import Scored, among, placed, scores_table, spread
from pipelines.scored_reasons import FAMILY_OF, drivers, reason_columns
from pipelines.stage import run


def main() -> None:
    """Write data/scores: scores, the policy's choices, all it would allow, and what drives leaving."""
    words, manifest = words_to_report_in(), read_manifest(paths.LIVE)
    summary = read_summary(paths.TABLES)
    released = read_json(paths.LIVE / "features.json")
    check_same(released, read_json(paths.FEATURES / "features.json"))
    customers = customers_at(paths.TABLES, summary.as_of)
    encodings = from_json(released.get("attributes", []))
    built = read_frame(paths.FEATURES / "features.parquet", [summary.as_of])
    looked_up = with_rhythm(built, load_rhythm(paths.LIVE / "btyd", released["names"]))
    frame = encoded(looked_up, customers, encodings)
    models = speakers(paths.LIVE, frame, labelled(paths.TABLES, frame.customer_id))
    level = read_prices(paths.TABLES).level_at(summary.as_of)
    scored = predict(models, everyone(customers, frame), level)
    policy = settings_from(PolicySettings, read_json(paths.LIVE / "policy.json"), where="policy")
    inputs = policy_inputs(scored, frame, customers, policy)
    assessment = assess(inputs, policy, manifest.mean_order_amount_minor * level)
    family_of = FAMILY_OF | attribute_columns(encodings)
    check_evidence(policy.lifecycle.evidence, family_of)
    attributes = attributes_at(customers, frame.customer_id, frame.snapshot)
    told = reason_columns(
        models,
        family_of,
        assessment.lifecycle_stage[scored.known],
        said=attribute_sentences(attributes, words),
        currency=manifest.currency,
        level=level,
        words=words,
    )
    reasons = tuple(spread(scored.known, column, None) for column in told)
    table = scores_table(
        scored, assessment, frame, manifest, reasons, tables=paths.TABLES, as_of=summary.as_of
    )
    write_table(table, paths.SCORES / "scores.parquet")
    write_table(choices_table(scored.customer_id, assessment), paths.SCORES / "choices.parquet")
    segment = segments(policy.budgets.segment_by, assessment.lifecycle_stage, scored.customer_id, customers)
    offers = all_offers(inputs, policy, manifest.mean_order_amount_minor * level)
    write_table(all_offered(scored.customer_id, segment, offers), paths.SCORES / "offers.parquet")
    write_json(drivers(models, family_of), paths.SCORES / "drivers.json")
    print_found(scored, models, unseen(attributes, encodings), summary.as_of)


def check_evidence(evidence: Sequence[str], known: Container[str]) -> None:
    """Raise `InvalidSetting` where the policy takes for proof what is no feature at all."""
    for name in evidence:
        if name not in known:
            raise InvalidSetting(
                "`policy.lifecycle.evidence` names no feature",
                allowed="names of docs/features.md",
                given=name,
                remedy="Correct policy.lifecycle.evidence in params.yaml.",
            )


def everyone(customers: pa.Table, frame: FeatureFrame) -> NDArray[np.object_]:
    """Every customer known, whether or not they bought; ids in ascending order."""
    listed = customers["customer_id"].to_numpy().astype(object)
    return np.union1d(listed, frame.customer_id)


def predict(models: Sequence[Speaker], ids: NDArray[np.object_], level: float = 1.0) -> Scored:
    """Churn, value, stake and its lower bound of everyone [n]; cold starts where there are no features.

    level: today's prices over those that the models count money in; amounts are in today's.
    """
    bound = LowerBound.from_json(read_json(paths.LIVE / "lifetime_value" / "bounds.json"))
    parts = [_spoken_of(each, bound, level) for each in models]
    return among(ids, parts, models[0].churn.cold_start_rate)


def _spoken_of(speaker: Speaker, bound: LowerBound, level: float) -> Scored:
    p = speaker.churn.probability(speaker.frame)
    worth = speaker.value.estimate(speaker.frame, np.nan_to_num(p)).at_level(level)
    rows = len(p)
    return Scored(
        customer_id=speaker.frame.customer_id,
        known=np.ones(rows, dtype=bool),
        p=p,
        lifetime_value=floored(worth.lifetime),
        stake=floored(worth.stake),
        stake_low=floored(bound.of_stake(worth.stake)),
        model_used=np.full(rows, speaker.churn.model_used.value, dtype=object),
    )


def policy_inputs(
    scored: Scored, frame: FeatureFrame, customers: pa.Table, policy: PolicySettings
) -> CustomerInputs:
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
        scored=scored.known & np.isfinite(scored.p),
        features=LifecycleFeatures.from_columns(columns, rows, policy.lifecycle.evidence),
        consents={channel: placed(codes, at, rows) for channel, codes in consents(customers).items()},
        days_since_contact_out=columns.get("days_since_contact_out", never).astype(np.float64),
        gone=gone(paths.TABLES, scored.customer_id),
        in_holdout=held_out(scored.customer_id, policy.experiment.holdout_share),
    )


def all_offers(inputs: CustomerInputs, policy: PolicySettings, mean_order_amount_minor: float) -> Offered:
    """What may be done for everybody as if nobody were held out: the plan compares those who are."""
    return assess(replace(inputs, in_holdout=None), policy, mean_order_amount_minor).offered


def all_offered(ids: NDArray[np.object_], segment: NDArray[np.str_], offers: Offered) -> pa.Table:
    """The table of it, with who was in an experiment of an earlier plan."""
    return offered_table(ids, segment, tried(paths.TABLES, ids), offers)


def segments(
    by: str, stage: NDArray[np.str_], ids: NDArray[np.object_], customers: pa.Table
) -> NDArray[np.str_]:
    """The segment of each customer [n] for budgets: their stage, or a column of `customers` ('': unknown)."""
    if by == BY_STAGE:
        return stage
    found = np.full(len(ids), "", dtype=object)
    if by in customers.column_names:
        at = np.searchsorted(ids, customers["customer_id"].to_numpy().astype(object))
        found[at] = [word or "" for word in customers[by].to_pylist()]
    return found.astype(np.str_)


def print_found(scored: Scored, models: Sequence[Speaker], strange: Mapping[str, int], as_of: int) -> None:
    """Say who was scored, by models that saw whom, and what the models had never seen."""
    cold = int((~scored.known).sum())
    unbought = f"{cold:,} without a purchase yet" if len(models) == 1 else "the labelled ones out of fold"
    print(f"{len(scored.p):,} customers scored as of {iso(as_of)}; {unbought}")
    for name, customers in strange.items():
        print(f"{name}: {customers:,} customers have a word that was rare or absent when the model learned")


if __name__ == "__main__":
    run(main)
