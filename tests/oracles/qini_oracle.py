"""Qini as scikit-uplift defines it (sklift.metrics.qini_auc_score, negative_effect=True), slow and plain."""

from itertools import pairwise


def qini_oracle(outcome, score, treated):
    """The area between the Qini curve and a random one, over that of a perfect one."""
    sure = [y * t - y * (1 - t) for y, t in zip(outcome, treated, strict=True)]
    return _beyond_random(outcome, score, treated) / _beyond_random(outcome, sure, treated)


def _beyond_random(outcome, score, treated):
    points = [(0, 0.0)]
    for threshold in sorted(set(score), reverse=True):
        chosen = [i for i, each in enumerate(score) if each >= threshold]
        many = sum(treated[i] for i in chosen)
        others = len(chosen) - many
        up = sum(outcome[i] for i in chosen if treated[i])
        down = sum(outcome[i] for i in chosen if not treated[i])
        points.append((len(chosen), up - (down * many / others if others else 0.0)))
    area = sum((right - left) * (high + low) / 2 for (left, low), (right, high) in pairwise(points))
    return area - points[-1][0] * points[-1][1] / 2
