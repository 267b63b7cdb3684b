"""Columns that are looked up in fitted models: what each is, declared once like the features that they read.

How they are looked up is said where the models are, in `models/learned/rhythm.py`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from models.features.declaration import Family

# Raised when the formulas change what a column means.
MEANING = 1

PARETO_NBD, GAMMA_GAMMA = "pareto_nbd", "gamma_gamma"
SILENCE, ALIVE = "silence_log_odds", "alive_probability"
EXPECTED_DAYS, EXPECTED_AMOUNT = "expected_purchase_days", "expected_order_amount"
TIMES = ("repeat_purchase_days", "buying_span_days", "recency_days")
AMOUNTS = ("orders_all", "mean_order_amount")


@dataclass(frozen=True)
class Column:
    """One column: the kind of model that says it, and the features that the model reads."""

    name: str
    family: Family
    unit: str
    label: str
    model: str
    reads: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """A hash of what the column means: its kind of model counts, the parameters of a fit do not."""
        return _sha256([MEANING, self.name, self.model, list(self.reads)])


RHYTHM = (
    Column(
        SILENCE,
        Family.RHYTHM,
        "log-odds",
        "odds of no purchase within the churn horizon, by days of purchase alone",
        PARETO_NBD,
        TIMES,
    ),
    Column(
        ALIVE,
        Family.RHYTHM,
        "probability",
        "probability of not having left for good, by days of purchase alone",
        PARETO_NBD,
        TIMES,
    ),
    Column(
        EXPECTED_DAYS,
        Family.RHYTHM,
        "count",
        "days with a purchase to expect within the value window, by days of purchase alone",
        PARETO_NBD,
        TIMES,
    ),
    Column(
        EXPECTED_AMOUNT,
        Family.RHYTHM,
        "minor units",
        "amount of an order to expect: the customer's own mean, drawn towards everybody's",
        GAMMA_GAMMA,
        AMOUNTS,
    ),
)
NAMES = frozenset(column.name for column in RHYTHM)


def described(columns: Sequence[Column]) -> list[dict[str, str]]:
    """One entry per column for `features.json`."""
    return [
        {
            "name": column.name,
            "family": column.family.value,
            "unit": column.unit,
            "label": column.label,
            "fingerprint": column.fingerprint,
        }
        for column in columns
    ]


def fingerprint_with(fingerprint: str, columns: Sequence[Column]) -> str:
    """One hash of features and of what is looked up beside them."""
    if not columns:
        return fingerprint
    return _sha256([fingerprint, [[column.name, column.fingerprint] for column in columns]])


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, separators=(",", ":")).encode()).hexdigest()
