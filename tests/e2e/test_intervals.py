"""Between which shares customers of a probability left, on a finished run: backtest after backtest."""

from datetime import timedelta

import numpy as np
import pyarrow.parquet as pq
import pytest

from models.learned.share_interval import SharesSeen, share_interval
from serving.snapshot import load_snapshot

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

GROUPS = 15
A_QUARTER = timedelta(days=85)


@pytest.fixture(scope="module")
def backtests(finished):
    """What was told of each group of customers at each cut, and how many of them left, by cut."""
    told = pq.read_table(finished.data / "fitted" / "churn" / "backtest.parquet")
    cut, p = np.array(told["cut"].to_pylist()), told["p_model"].to_numpy()
    left = told["churned"].to_numpy().astype(np.float64)
    return {at: grouped(p[cut == at], left[cut == at]) for at in sorted(set(cut))}


def grouped(p, left):
    parts = np.array_split(np.argsort(p, kind="stable"), GROUPS)
    shares = [(p[part].mean(), left[part].mean(), len(part)) for part in parts]
    return SharesSeen(*np.array(shares, dtype=np.float64).T)


def test_most_groups_lie_within_at_the_next_backtest(backtests):
    cuts, held = list(backtests), []
    for at in cuts:
        closed = [one for one in cuts if at - one >= A_QUARTER]
        if closed:
            after = backtests[at]
            low, high = share_interval(backtests[closed[-1]], after.predicted)
            held.append(np.mean((low <= after.observed) & (after.observed <= high)))
    assert (len(held) >= 3, np.mean(held) >= 0.85) == (True, True), held


def test_every_score_of_the_run_lies_within_its_interval(finished):
    scores = load_snapshot(finished.data / "serving").answered_scores
    low, p, high = (scores[f"churn_probability{end}"] for end in ("_low", "", "_high"))
    scored = ~np.isnan(p)
    assert bool(np.all((low <= p) & (p <= high) & (low < high) | ~scored))
    assert np.isnan(low).tolist() == (~scored).tolist()
