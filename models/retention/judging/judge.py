"""Judging customers with a release in memory: what it predicts, what the policy reads, what it decides.

The same for everybody at once, as the pipeline scores, and for one customer, as a server answers: both bring
what is known (`Known`), and neither computes anything on its own.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.contract.prices import Prices
from models.contract.storage import read_json
from models.domain.errors import InvalidSetting
from models.domain.settings import settings_from
from models.domain.vocabulary import Purpose
from models.features.attribute_catalogue import attribute_columns
from models.features.attributes import Encoding, from_json
from models.features.frame import FeatureFrame
from models.learned.bounds import LowerBound
from models.learned.rhythm import Rhythm, with_rhythm
from models.learned.rhythm import load as load_rhythm
from models.policy.assess import Assessment, assess
from models.policy.customers import CustomerInputs, LifecycleFeatures
from models.policy.lots import held_out
from models.policy.playbook_facts import ASKED, PlaybookFacts
from models.policy.settings import PolicySettings
from models.retention.judging.facts import approaches, days_since_asked, last_purchase, stated_reason
from models.retention.judging.scored import Scored, predict, spread
from models.retention.judging.scored_reasons import FAMILY_OF, Parts, causes, parts_of
from models.retention.judging.speakers import Speaker, Voices, load_voices, speakers
from models.retention.judging.told import Told


class ReleaseSaid(Protocol):
    """What a release says of itself, as far as judgements repeat it."""

    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def value_window_days(self) -> int:
        """W."""

    @property
    def mean_order_amount_minor(self) -> int:
        """The population's mean order, in the money of the features."""

    @property
    def release_id(self) -> str:
        """Its content's hash."""


@dataclass(frozen=True)
class Judge:
    """A release in memory, read once: everything that a judgement needs beside the customers.

    names: the features that the release reads. worth_known: whether the source says of anybody what they are
    worth; None: seen from those who are judged, who must then be everybody.
    """

    release: ReleaseSaid
    names: tuple[str, ...]
    policy: PolicySettings
    encodings: tuple[Encoding, ...]
    rhythm: Rhythm
    bound: LowerBound
    voices: Voices
    family_of: Mapping[str, str]
    prices: Prices
    worth_known: bool | None = None

    @property
    def asking(self) -> tuple[str, ...]:
        """The actions that ask why somebody stays away."""
        return tuple(action.id for action in self.policy.actions if action.asks)

    @property
    def recovering(self) -> tuple[str, ...]:
        """The actions that answer a complaint."""
        return tuple(action.id for action in self.policy.actions if action.purpose is Purpose.RECOVERY)


@dataclass(frozen=True)
class Known:
    """What is known of n customers, ids ascending, as of an instant (microseconds).

    frame: the features of those who have any, attributes among them, in order of id. labelled: whose outcome
    the source says, of those in the frame. consents: codes by channel [n]. gone: who is known to have left
    for good [n], None where the source says nothing of it. told: rows of contract tables, None where the
    source has none.
    """

    as_of: int
    customer_id: NDArray[np.object_]
    frame: FeatureFrame
    labelled: NDArray[np.bool_]
    consents: Mapping[str, NDArray[np.int8]]
    gone: NDArray[np.bool_] | None
    told: Mapping[str, Told]


@dataclass(frozen=True)
class Judged:
    """What was predicted of n customers, and what the policy reads of them.

    frame: the features of those who have any. parts: what raises each risk, speaker by speaker. level:
    today's prices over those that models count in. last_purchase: microseconds, `NEVER` where none [n].
    """

    judge: Judge
    as_of: int
    level: float
    frame: FeatureFrame
    models: tuple[Speaker, ...]
    parts: Sequence[Parts]
    scored: Scored
    inputs: CustomerInputs
    last_purchase: NDArray[np.int64]

    @property
    def mean_order_amount_minor(self) -> float:
        """The population's mean order, in today's money."""
        return self.judge.release.mean_order_amount_minor * self.level

    def assessed(self) -> Assessment:
        """What the policy says of them."""
        return assess(self.inputs, self.judge.policy, self.mean_order_amount_minor)

    def as_if_not_held_out(self) -> Assessment:
        """What it would say if nobody were held out: the plan compares those who are."""
        inputs = replace(self.inputs, in_holdout=None)
        return assess(inputs, self.judge.policy, self.mean_order_amount_minor)


def load_judge(folder: Path, release: ReleaseSaid, prices: Prices) -> Judge:
    """Read a release's folder, which has been checked.

    Raises `InvalidSetting` where the policy takes for proof what is no feature, `DamagedRelease` where the
    release lacks a model that its features are looked up in.
    """
    features = read_json(folder / "features.json")
    policy = settings_from(PolicySettings, read_json(folder / "policy.json"), where="policy")
    encodings = from_json(features.get("attributes", []))
    family_of = FAMILY_OF | attribute_columns(encodings)
    check_evidence(policy.lifecycle.evidence, family_of)
    return Judge(
        release=release,
        names=tuple(features["names"]),
        policy=policy,
        encodings=encodings,
        rhythm=load_rhythm(folder / "btyd", features["names"]),
        bound=LowerBound.from_json(read_json(folder / "lifetime_value" / "bounds.json")),
        voices=load_voices(folder),
        family_of=family_of,
        prices=prices,
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


def judged(judge: Judge, known: Known) -> Judged:
    """Predict, find what raises each risk, and gather what the policy reads."""
    models = speakers(judge.voices, known.frame, known.labelled)
    level = judge.prices.level_at(known.as_of)
    rate = judge.voices.whole.churn.cold_start_rate
    scored = predict(models, known.customer_id, judge.bound, level, rate)
    parts = parts_of(models, judge.family_of, scored.p[scored.known])
    cause = causes(models, parts, len(known.frame))
    return Judged(
        judge,
        known.as_of,
        level,
        known.frame,
        models,
        parts,
        scored,
        policy_inputs(judge, known, scored, cause),
        last_purchase(known.told.get("orders"), len(scored.p), known.as_of),
    )


def looked_up(judge: Judge, built: FeatureFrame) -> FeatureFrame:
    """The features that are folded from events, with those that are looked up in models of rhythm."""
    return with_rhythm(built, judge.rhythm)


def policy_inputs(judge: Judge, known: Known, scored: Scored, cause: NDArray[np.str_]) -> CustomerInputs:
    """What the policy reads of each customer; cause: what raises the risk of those with features most."""
    told, policy, rows, as_of = known.told, judge.policy, len(scored.p), known.as_of
    columns = _columns(known.frame, scored.known, policy.lifecycle.evidence)
    offers, contacts = told.get("offers"), told.get("contacts")
    columns.update(approaches(offers, contacts, rows, as_of, judge.recovering))
    columns[ASKED] = days_since_asked(contacts, offers, rows, as_of, judge.asking)
    contact_out = columns.get("days_since_contact_out", np.full(rows, np.nan))
    return CustomerInputs(
        churn_probability=scored.p,
        value_at_stake_minor=scored.stake,
        value_at_stake_low_minor=scored.stake_low,
        lifetime_value_minor=scored.lifetime_value,
        scored=scored.known & np.isfinite(scored.p),
        features=LifecycleFeatures.from_columns(columns, rows, policy.lifecycle.evidence),
        consents=known.consents,
        days_since_contact_out=contact_out.astype(np.float64),
        gone=known.gone,
        in_holdout=held_out(scored.customer_id, policy.experiment.holdout_share),
        facts=PlaybookFacts.from_columns(
            columns,
            rows,
            spread(scored.known, cause, ""),
            stated_reason(told.get("surveys"), rows, as_of, policy.playbook),
        ),
        some_worth_known=judge.worth_known,
    )


def _columns(
    frame: FeatureFrame, known: NDArray[np.bool_], evidence: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """The features that the policy reads, of everybody [n]."""
    names = {*LifecycleFeatures.names(), *PlaybookFacts.names(), *evidence, "days_since_contact_out"}
    return {name: spread(known, frame.column(name), np.nan) for name in names if frame.has(name)}
