"""What the scores in use look like, for an operator who watches them: read when `/metrics` is asked."""

from collections.abc import Iterator

import numpy as np

from serving.operation.metrics import head, line
from serving.snapshot import Snapshot

DECILES = tuple(range(10, 100, 10))


def gauges_of(snapshot: Snapshot | None, now_seconds: float) -> Iterator[str]:
    """Release, customers, age of the data, deciles of probability and cap; little without a release."""
    yield from head("holdfast_ready", "gauge", "Whether there is a release to answer from.")
    yield line("holdfast_ready", {}, float(snapshot is not None))
    if snapshot is None:
        return
    yield from head("holdfast_release_info", "gauge", "The release in use.")
    yield line("holdfast_release_info", {"release": snapshot.release_id}, 1)
    yield from head("holdfast_customers", "gauge", "Customers with a score.")
    yield line("holdfast_customers", {}, len(snapshot.scores))
    yield from head("holdfast_data_age_seconds", "gauge", "How long ago the newest known fact was.")
    yield line("holdfast_data_age_seconds", {}, now_seconds - snapshot.as_of.timestamp())
    for name, column, meaning in (
        ("holdfast_churn_probability", "churn_probability", "Deciles of the probability of churn."),
        ("holdfast_incentive_cap_minor", "incentive_cap_minor", "Deciles of caps, minor units."),
    ):
        yield from head(name, "gauge", meaning)
        values = snapshot.scores[column].astype(np.float64)
        known = values[~np.isnan(values)]
        if len(known):
            for decile, value in zip(DECILES, np.percentile(known, DECILES), strict=True):
                yield line(name, {"percentile": str(decile)}, float(value))
