"""Everyone at the scoring instant: features, what the live release predicts, what the policy reads."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.prices import read_prices
from models.contract.storage import SourceSummary, read_json, read_summary
from models.domain.errors import InvalidSetting
from models.domain.settings import settings_from
from models.domain.vocabulary import Purpose
from models.features.attribute_catalogue import attribute_columns
from models.features.attributes import Encoding, encoded, from_json
from models.features.frame import FeatureFrame
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import floored
from models.learned.response import load as load_response
from models.learned.rhythm import load as load_rhythm
from models.learned.rhythm import with_rhythm
from models.learned.rows import read_frame
from models.policy.customers import CustomerInputs, LifecycleFeatures
from models.policy.lots import held_out
from models.policy.playbook_facts import ASKED, PlaybookFacts
from models.policy.settings import PolicySettings
from models.release import Manifest, read_manifest
from models.release_features import check_same
from pipelines import paths
from pipelines.approaches import approaches
from pipelines.customer_facts import consents, customers_at, days_since_asked, gone, labelled, stated_reason
from pipelines.learned_response import learned_response
from pipelines.live_models import Speaker, speakers
from pipelines.scored import Scored, among, placed, spread
from pipelines.scored_reasons import FAMILY_OF, Parts, causes, parts_of


@dataclass(frozen=True)
class Judged:
    """What was read and predicted of n customers; level: today's prices over those that models count in.

    customers: their newest version. frame: the features of those who have any. parts: what raises each risk,
    speaker by speaker. inputs: what the policy reads [n].
    """

    summary: SourceSummary
    manifest: Manifest
    policy: PolicySettings
    customers: pa.Table
    encodings: tuple[Encoding, ...]
    frame: FeatureFrame
    family_of: Mapping[str, str]
    models: tuple[Speaker, ...]
    parts: Sequence[Parts]
    level: float
    scored: Scored
    inputs: CustomerInputs

    @property
    def mean_order_amount_minor(self) -> float:
        """The population's mean order, in today's money."""
        return self.manifest.mean_order_amount_minor * self.level


def judged(only: str | None = None) -> Judged:
    """Read the run's tables, features and live release, and predict; of one customer alone if one is named.

    Raises `InvalidSetting` where the policy takes for proof what is no feature.
    """
    manifest, summary = read_manifest(paths.LIVE), read_summary(paths.TABLES)
    released = read_json(paths.LIVE / "features.json")
    check_same(released, read_json(paths.FEATURES / "features.json"))
    policy = settings_from(PolicySettings, read_json(paths.LIVE / "policy.json"), where="policy")
    encodings = from_json(released.get("attributes", []))
    family_of = FAMILY_OF | attribute_columns(encodings)
    check_evidence(policy.lifecycle.evidence, family_of)
    customers = customers_at(paths.TABLES, summary.as_of)
    built = read_frame(paths.FEATURES / "features.parquet", [summary.as_of])
    if only is not None:
        customers = customers.filter(pc.equal(customers["customer_id"], only))
        built = built.rows(np.flatnonzero(built.customer_id == only))
    looked_up = with_rhythm(built, load_rhythm(paths.LIVE / "btyd", released["names"]))
    frame = encoded(looked_up, customers, encodings)
    models = speakers(paths.LIVE, frame, labelled(paths.TABLES, frame.customer_id))
    level = read_prices(paths.TABLES).level_at(summary.as_of)
    scored = predict(models, everyone(customers, frame), level)
    parts = parts_of(models, family_of, scored.p[scored.known])
    cause = causes(models, parts, len(frame))
    inputs = replace(
        policy_inputs(scored, frame, customers, policy, cause=cause, as_of=summary.as_of),
        response=learned_response(load_response(paths.LIVE / "response"), frame, scored.known, level),
    )
    return Judged(
        summary,
        manifest,
        policy,
        customers,
        encodings,
        frame,
        family_of,
        models,
        parts,
        level,
        scored,
        inputs,
    )


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
    scored: Scored,
    frame: FeatureFrame,
    customers: pa.Table,
    policy: PolicySettings,
    *,
    cause: NDArray[np.str_],
    as_of: int,
) -> CustomerInputs:
    """What the policy reads of each customer; cause: what raises the risk of those with features most."""
    columns: dict[str, NDArray[Any]] = {
        name: spread(scored.known, frame.column(name), np.nan) for name in frame.names
    }
    rows = len(scored.p)
    never = np.full(rows, np.nan)
    asking = [action.id for action in policy.actions if action.asks]
    recovers = [action.id for action in policy.actions if action.purpose is Purpose.RECOVERY]
    columns.update(approaches(paths.TABLES, scored.customer_id, as_of, recovers))
    columns[ASKED] = days_since_asked(paths.TABLES, scored.customer_id, as_of, asking)
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
        facts=PlaybookFacts.from_columns(
            columns,
            rows,
            spread(scored.known, cause, ""),
            stated_reason(paths.TABLES, scored.customer_id, as_of, policy.playbook),
        ),
    )
