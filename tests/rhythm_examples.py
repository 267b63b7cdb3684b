"""Customers who buy at their own pace until they leave, as the features that rhythm is fitted on."""

import numpy as np

from models.domain.instants import DAY
from models.features.frame import FeatureFrame

NAMES = ("recency_days", "repeat_purchase_days", "buying_span_days", "orders_all", "mean_order_amount")
BEGIN = 14_610 * DAY  # 2010-01-01


def purchase_days(customers, days, seed=1):
    """Sorted days of purchase of each customer: a rate and a life of their own."""
    random = np.random.default_rng(seed)
    first = random.integers(0, days * 3 // 4, customers)
    gap, life = random.lognormal(3.2, 0.7, customers), random.exponential(250, customers)
    later = first[:, None] + np.cumsum(random.exponential(1.0, (customers, 60)) * gap[:, None], axis=1)
    return [
        np.unique([start, *row[row < min(start + span, days)].astype(int)])
        for start, row, span in zip(first, later, life, strict=True)
    ]


def amounts(customers, seed=2):
    """Mean amount of an order of each customer, minor units."""
    return np.exp(np.random.default_rng(seed).normal(8.0, 0.5, customers))


def frame_at(bought, day, mean):
    """One row for each who bought by the end of the day before, at the midnight that begins `day`."""
    rows, ids = [], []
    for number, days in enumerate(bought):
        known = days[days < day]
        if len(known):
            span = float(known[-1] - known[0])
            rows.append((day - known[-1] - 0.4, len(known) - 1, span, len(known), mean[number]))
            ids.append(f"c{number:05d}")
    values = np.array(rows, np.float32).reshape(len(rows), len(NAMES))
    return FeatureFrame(NAMES, values, np.array(ids, object), np.full(len(rows), BEGIN + day * DAY))


def frame_of(bought, days, mean):
    """The rows at several days, one below the other."""
    parts = [frame_at(bought, day, mean) for day in days]
    return FeatureFrame(
        NAMES,
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.customer_id for part in parts]),
        np.concatenate([part.snapshot for part in parts]),
    )
