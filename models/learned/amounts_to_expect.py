"""Where a customer's log-amount starts, before trees correct it: by rhythm, or by what was spent so far.

By rhythm it is what Pareto/NBD × Gamma-Gamma expect over the window, of somebody who stays or of anybody:

    E[purchase days] · E[amount of one] · (1 − share sent back)      ÷ P(a purchase within the horizon)

Such an expectation has grown as old as the customer. Spending of a year so far has not: half a year after
the first order it holds half a year.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from models.features.frame import FeatureFrame
from models.features.looked_up import EXPECTED_AMOUNT, EXPECTED_DAYS, SILENCE
from models.learned.calibration import probability

YEAR_SPEND, MEAN_ORDER, TENURE = "spend_365", "mean_order_amount", "tenure_days"
RETURNED = "return_share_365"
YEAR = 365.0
LEAST_KNOWN = 90.0  # days; what a first order or two would come to in a year says nothing

Floats = NDArray[np.float64]


class Start(StrEnum):
    """What a log-amount starts from."""

    SPENT = "spent"
    EXPECTED = "expected"
    EXPECTED_IF_STAYING = "expected_if_staying"


def start_for(frame: FeatureFrame, *, staying: bool) -> Start:
    """What to start from with these columns: rhythm, where there are models of it."""
    if not all(frame.has(name) for name in (SILENCE, EXPECTED_DAYS, EXPECTED_AMOUNT)):
        return Start.SPENT
    return Start.EXPECTED_IF_STAYING if staying else Start.EXPECTED


def log_amount(start: Start, frame: FeatureFrame) -> Floats:
    """The log of an amount in minor units [n], at least 0.

    Amounts count net of what was sent back, or a cancelled order would look like a great customer. Where
    rhythm has nothing to say of a customer, what was spent stands.
    """
    amounts = _spent(frame)
    if start is not Start.SPENT:
        expected = _expected(frame, staying=start is Start.EXPECTED_IF_STAYING)
        amounts = np.where(np.isfinite(expected), expected, amounts)
    return np.log(np.maximum(amounts * (1.0 - _returned(frame)), 1.0))


def _spent(frame: FeatureFrame) -> Floats:
    """Spending of a year plus one order of own size [n]; 0 where neither is known.

    Whoever has been known for less than a year spends at their own pace through all of it, or a model that
    learned from a young log would take the first full year it is asked about for several.
    """
    year, order = (_numbers(frame, name) for name in (YEAR_SPEND, MEAN_ORDER))
    if frame.has(TENURE):
        year = year * YEAR / np.minimum(np.maximum(_numbers(frame, TENURE), LEAST_KNOWN), YEAR)
    return np.maximum(year + order, 0.0)


def _expected(frame: FeatureFrame, *, staying: bool) -> Floats:
    days, amount, silence = (
        frame.column(name).astype(np.float64) for name in (EXPECTED_DAYS, EXPECTED_AMOUNT, SILENCE)
    )
    expected: Floats = days * amount
    return expected / probability(-silence) if staying else expected


def _returned(frame: FeatureFrame) -> Floats:
    return np.minimum(np.maximum(_numbers(frame, RETURNED), 0.0), 1.0)


def _numbers(frame: FeatureFrame, name: str) -> Floats:
    """A feature as float64 [n], 0 where it has nothing to say or is not there."""
    if not frame.has(name):
        return np.zeros(len(frame))
    column = frame.column(name).astype(np.float64)
    # What `np.nan_to_num` and `np.clip` give, in a fifth of the time where there is one customer.
    return np.where(np.isfinite(column), column, 0.0)
