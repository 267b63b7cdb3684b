"""Models of the shape that ships, fitted on invented customers, and as many more to predict for."""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from models.features.catalogue import CATALOGUE
from models.features.frame import FeatureFrame
from models.learned.churn import ChurnModel
from models.learned.lifetime_value import ValueModel
from models.learned.rows import LabelledRows
from models.learned.settings import ChurnSettings, ValueSettings
from models.learned.training.churn import fit_churn
from models.learned.training.lifetime_value import fit_value
from pipelines.params import section

NAMES = tuple(feature.name for feature in CATALOGUE)
FAMILY_OF = {feature.name: feature.family.value for feature in CATALOGUE}
TRAINING_ROWS = 20_000
DRAWN_AT_ONCE = 100_000
MISSING = 0.1
LARGE = {"num_leaves": 47, "learning_rate": 0.05, "objective": "binary", "num_threads": 1, "verbosity": -1}
LARGE_TREES, LARGE_FEATURES = 500, 40


@dataclass(frozen=True)
class Shipped:
    """Both models with the settings of params.yaml."""

    churn: ChurnModel
    value: ValueModel


def customers(count: int, seed: int, features: int = len(NAMES)) -> NDArray[np.float32]:
    """Values [count, features] of the first declared features, every row another; a tenth is missing."""
    chance = np.random.default_rng(seed)
    values = np.empty((count, features), np.float32)
    for begin in range(0, count, DRAWN_AT_ONCE):
        block = values[begin : begin + DRAWN_AT_ONCE]
        chance.standard_exponential(dtype=np.float32, out=block)
        block *= 50.0
        block[chance.random(block.shape, dtype=np.float32) < MISSING] = np.nan
    return values


def frame_of(values: NDArray[np.float32]) -> FeatureFrame:
    """The rows as features of customers, who need no names here."""
    names, nobody = NAMES[: values.shape[1]], np.full(len(values), "", object)
    return FeatureFrame(names, values, nobody, np.zeros(len(values), np.int64))


def leaving(values: NDArray[np.float32], seed: int) -> NDArray[np.float64]:
    """Who leaves [n], by what every tenth feature says of them."""
    told = np.log1p(np.nan_to_num(values[:, ::10], nan=50.0)).astype(np.float64)
    odds = (told - told.mean(axis=0)) @ np.resize([0.9, -0.6, 0.3], told.shape[1])
    return (np.random.default_rng(seed).random(len(values)) < 1 / (1 + np.exp(-odds))).astype(np.float64)


def labelled(values: NDArray[np.float32]) -> LabelledRows:
    """The same customers with what became of them."""
    churned = leaving(values, seed=2)
    chance = np.random.default_rng(3)
    bought = chance.random(len(values)) > 0.3 * churned
    margin = np.exp(8.0 - churned + chance.normal(size=len(values))) * bought
    return LabelledRows(frame_of(values), churned, margin)


def shipped() -> Shipped:
    """Models with the settings of params.yaml, blended half and half: both halves have to be worked out."""
    rows = labelled(customers(TRAINING_ROWS, seed=1))
    settings = section(ChurnSettings, "churn")
    return Shipped(
        churn=fit_churn(rows, settings, seeds=settings.seeds),
        value=fit_value(rows, section(ValueSettings, "value")),
    )


def large() -> lgb.Booster:
    """Five hundred trees of 47 leaves over 40 features."""
    values = customers(TRAINING_ROWS, seed=4, features=LARGE_FEATURES)
    return lgb.train(LARGE, lgb.Dataset(values, leaving(values, seed=5)), LARGE_TREES)
