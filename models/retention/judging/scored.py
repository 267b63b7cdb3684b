"""What the models of a release say of customers: leaving, worth, stake and its lower bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import ModelUsed
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import floored
from models.retention.judging.speakers import Speaker


@dataclass(frozen=True)
class Scored:
    """Predictions for n customers in order of customer_id; amounts in minor units.

    p: NaN where no model could be learned. known: whether the customer has features; others are cold starts.
    """

    customer_id: NDArray[np.object_]
    known: NDArray[np.bool_]
    p: NDArray[np.float64]
    lifetime_value: NDArray[np.int64]
    stake: NDArray[np.int64]
    stake_low: NDArray[np.int64]
    model_used: NDArray[np.object_]

    @property
    def value_at_risk(self) -> NDArray[np.int64]:
        """p·S [n], minor units rounded down; nothing is at risk where there is nothing at stake."""
        return np.floor(np.nan_to_num(self.p) * np.maximum(self.stake, 0)).astype(np.int64)


def predict(
    models: Sequence[Speaker],
    ids: NDArray[np.object_],
    bound: LowerBound,
    level: float,
    cold_start_rate: float,
) -> Scored:
    """Churn, value, stake and its lower bound of everyone [n]; cold starts where there are no features.

    level: today's prices over those that the models count money in; amounts are in today's.
    """
    return among(ids, [_spoken_of(each, bound, level) for each in models], cold_start_rate)


def among(ids: NDArray[np.object_], parts: Sequence[Scored], cold_start_rate: float) -> Scored:
    """Everyone [n], ids ascending: those of the parts as they say, the others cold starts worth nothing."""
    rows = len(ids)
    without_features = ModelUsed.NONE if np.isnan(cold_start_rate) else ModelUsed.COLD_START
    places = [np.searchsorted(ids, part.customer_id) for part in parts]

    def whole(name: str, otherwise: Any, kind: type) -> NDArray[Any]:
        column: NDArray[Any] = np.full(rows, otherwise, dtype=kind)
        for at, part in zip(places, parts, strict=True):
            column[at] = getattr(part, name)
        return column

    return Scored(
        customer_id=ids,
        known=whole("known", otherwise=False, kind=np.bool_),
        p=whole("p", cold_start_rate, np.float64),
        lifetime_value=whole("lifetime_value", 0, np.int64),
        stake=whole("stake", 0, np.int64),
        stake_low=whole("stake_low", 0, np.int64),
        model_used=whole("model_used", without_features.value, np.object_),
    )


def spread(known: NDArray[np.bool_], values: NDArray[Any], otherwise: float | str | None) -> NDArray[Any]:
    """Values of the known customers [k] in their places [n], `otherwise` in the others."""
    whole = np.full(len(known), otherwise, dtype=values.dtype)
    whole[known] = values
    return whole


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
