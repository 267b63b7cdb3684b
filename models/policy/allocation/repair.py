"""From choices at the right prices to a plan that keeps every limit and wastes little of them.

At the right prices a few customers are torn between two options, and taking all of one kind overshoots or
leaves money over. Three steps, each on those customers alone: shed what is too much where that costs least,
fill what is left where that brings most, then look for changes that bring more together.
"""

import numpy as np

from models.policy.allocation.changes import changes_of, figures, slack_of
from models.policy.allocation.problem import NOTHING, Integers, Limits, Options, Prices
from models.policy.allocation.together import change_together

MOST_ROUNDS = 50  # of filling
MOST_ROUNDS_TOGETHER = 25
NEAR = 20_000  # customers whose change costs least: only they are looked at where there are more


def repaired(options: Options, choice: Integers, limits: Limits, prices: Prices) -> Integers:
    """The choice [n], changed until it keeps all limits and no near changes would bring more."""
    choice = choice.copy()
    for limit in range(1 + len(limits.segments) + len(limits.resources)):
        _shed(options, choice, limits, prices, limit)
    _fill(options, choice, limits, prices)
    for _ in range(MOST_ROUNDS_TOGETHER):
        if not change_together(options, choice, limits, prices):
            break
    return choice


def nearest(options: Options, choice: Integers, limits: Limits, prices: Prices) -> Integers:
    """The numbers of those customers, ascending, whose choice changes at the least cost; all of few."""
    if len(options) <= NEAR:
        return np.arange(len(options))
    least = np.full(len(options), np.inf)
    now = figures(options, choice, limits, prices)[1]
    for option in (NOTHING, *range(len(options.uses))):
        then = figures(options, np.full(len(options), option), limits, prices)[1]
        possible = (choice != option) & ((option == NOTHING) | (options.gain[option] >= 1))
        least = np.where(possible, np.minimum(least, np.abs(now - then)), least)
    return np.sort(np.argpartition(least, NEAR)[:NEAR])


def _shed(options: Options, choice: Integers, limits: Limits, prices: Prices, limit: int) -> None:
    """Bring one limit back into bounds by the changes that cost least for what they free; in place."""
    excess = -int(slack_of(options, choice, limits)[limit])
    if excess <= 0:
        return
    changes = changes_of(options, choice, limits, prices)
    frees = np.flatnonzero((changes.takes[:, limit] < 0) & np.all(changes.takes <= 0, axis=1))
    changes = changes.at(frees)
    freed = -changes.takes[:, limit]
    order = np.lexsort((changes.customer, changes.regret / freed))
    first = np.unique(changes.customer[order], return_index=True)[1]  # one change a customer: the cheapest
    order = order[np.sort(first)]
    needed = 1 + int(np.searchsorted(np.cumsum(freed[order]), excess))
    chosen = order[:needed]
    choice[changes.customer[chosen]] = changes.option[chosen]
    if needed > len(order):  # the cheapest change of each frees too little: nothing at all frees the most
        _shed(options, choice, limits, prices, limit)


def _fill(options: Options, choice: Integers, limits: Limits, prices: Prices) -> None:
    """Use what is left over by the changes that the prices like best; in place.

    As many at once as fit one after the other, then what still fits alone; a limit that is used up stops
    those that need it and no others.
    """
    for _ in range(MOST_ROUNDS):
        slack = slack_of(options, choice, limits)
        changes = changes_of(options, choice, limits, prices)
        wanted = np.flatnonzero((changes.gain > 0) & np.all(changes.takes <= slack, axis=1))
        order = wanted[np.lexsort((changes.customer[wanted], changes.regret[wanted]))]
        order = order[np.sort(np.unique(changes.customer[order], return_index=True)[1])]
        fit = np.all(np.cumsum(changes.takes[order], axis=0) <= slack, axis=1)
        upto = len(order) if fit.all() else int(fit.argmin())
        if upto == 0:
            return
        choice[changes.customer[order[:upto]]] = changes.option[order[:upto]]
