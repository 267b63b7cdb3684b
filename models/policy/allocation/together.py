"""Changes of a choice that bring something only together: pairs, then threes and fours of the nearest kinds.

Of a limit a little is left over that no change alone uses up; a few that free and take may do it.
"""

import numpy as np

from models.policy.allocation.changes import Changes, changes_of, slack_of
from models.policy.allocation.problem import NOTHING, Integers, Limits, Options, Prices

PAIRED = 700  # changes among which the best pairs are looked for
TRIPLED = 100  # … and threes
QUADRUPLED = 45  # … and fours: each about half a million groups
MOST_AT_ONCE = 5_000


def change_together(options: Options, choice: Integers, limits: Limits, prices: Prices) -> bool:
    """Make the changes, alone or up to four together, that bring most within the limits, in place.

    The best first, then the next best of other customers that still fits, and so on; more together only where
    fewer bring nothing. False if none does.
    """
    slack = slack_of(options, choice, limits)
    changes = changes_of(options, choice, limits, prices)
    few, together = _best_together(changes.at(_nearest_of_each_kind(changes)), slack)
    changed: set[int] = set()
    for group in together.tolist():
        some = [at for at in group if few.customer[at] != NOTHING]
        customers = {int(few.customer[at]) for at in some}
        takes = few.takes[some].sum(axis=0)
        if customers & changed or np.any(takes > slack):
            continue
        slack -= takes
        changed |= customers
        choice[few.customer[some]] = few.option[some]
    return bool(changed)


def _best_together(nearest: Changes, slack: Integers) -> tuple[Changes, Integers]:
    """Some changes, and the places among them of those that bring something together [m, two to four]."""
    for many, one, another in ((PAIRED, 1, 1), (TRIPLED, 2, 1), (QUADRUPLED, 2, 2)):
        few = nearest.at(np.arange(min(many, len(nearest.customer)))).or_none()
        together = _together(few, _groups(few, one), _groups(few, another), slack)
        if len(together):
            break
    return few, together


def _groups(changes: Changes, size: int) -> Integers:
    """The places of all single changes, or of all pairs of different customers [g, size]."""
    if size == 1:
        return np.arange(len(changes.customer))[:, None]
    pairs = np.stack(np.triu_indices(len(changes.customer), 1), axis=1)
    apart: Integers = pairs[changes.customer[pairs[:, 0]] != changes.customer[pairs[:, 1]]]
    return apart


def _together(changes: Changes, groups: Integers, others: Integers, slack: Integers) -> Integers:
    """Two groups each, of different customers, that fit and bring something, the best first [m, size]."""
    takes, gain = (values[groups].sum(axis=1) for values in (changes.takes, changes.gain))
    more, further = (values[others].sum(axis=1) for values in (changes.takes, changes.gain))
    fits = groups[:, -1:] <= others[:, 0]  # all together once
    for member in groups.T:
        for other in others.T:
            fits &= changes.customer[member][:, None] != changes.customer[other]
    for limit, left in enumerate(slack.tolist()):
        fits &= takes[:, None, limit] + more[:, limit] <= left
    gains = np.where(fits, gain[:, None] + further, 0)
    best = np.flatnonzero(gains > 0)
    best = best[np.argsort(-gains.flat[best], kind="stable")][:MOST_AT_ONCE]
    first, second = np.unravel_index(best, gains.shape)
    return np.hstack([groups[first], others[second]])


def _nearest_of_each_kind(changes: Changes) -> Integers:
    """The changes that cost least at the prices, in turn of each kind: of those that take the same.

    A pair that fits exactly may need a kind that is never among the cheapest of all.
    """
    order = np.lexsort((changes.customer, np.abs(changes.regret)))[: 10 * PAIRED]
    kind = np.unique(changes.takes[order], axis=0, return_inverse=True)[1].ravel()
    together = np.argsort(kind, kind="stable")
    first = np.searchsorted(kind[together], kind[together])
    place = np.empty(len(order), np.int64)
    place[together] = np.arange(len(order)) - first
    nearest: Integers = order[np.lexsort((np.arange(len(order)), place))][:PAIRED]
    return nearest
