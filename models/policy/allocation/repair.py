"""From choices at the right prices to a plan that keeps every limit and wastes little of them.

At the right prices a few customers are torn between two options, and taking all of one kind overshoots or
leaves money over. Three steps, each on those customers alone: shed what is too much where that costs least,
fill what is left where that brings most, then look for pairs of changes that together bring more.
"""

from dataclasses import dataclass, fields

import numpy as np

from models.policy.allocation.problem import NOTHING, Floats, Integers, Limits, Options, Prices, use_of

NO_LIMIT = 2**61
MOST_ROUNDS = 50  # of filling
PAIRED = 1_000  # changes among which the best pairs are looked for
MOST_ROUNDS_OF_PAIRS = 25
MOST_AT_ONCE = 5_000
NEAR = 20_000  # customers whose change costs least: only they are looked at where there are more


@dataclass(frozen=True)
class _Changes:
    """Possible changes: of a customer to an option (or NOTHING), what that brings and takes more [m].

    regret: by how much it is worse than the present choice at the prices; below 0 it is better.
    takes: of the total, of each segment's money, of each resource [m, 1 + s + k].
    """

    customer: Integers
    option: Integers
    gain: Integers
    regret: Floats
    takes: Integers

    def at(self, chosen: Integers) -> "_Changes":
        """Some of them, in the order given."""
        return _Changes(
            self.customer[chosen],
            self.option[chosen],
            self.gain[chosen],
            self.regret[chosen],
            self.takes[chosen],
        )

    def or_none(self) -> "_Changes":
        """They, and one of nobody that brings and takes nothing: what a change alone is paired with."""
        return _Changes(
            np.append(self.customer, NOTHING),
            np.append(self.option, NOTHING),
            np.append(self.gain, 0),
            np.append(self.regret, 0.0),
            np.vstack([self.takes, np.zeros((1, self.takes.shape[1]), np.int64)]),
        )


def repaired(options: Options, choice: Integers, limits: Limits, prices: Prices) -> Integers:
    """The choice [n], changed until it keeps all limits and no near change or pair would bring more."""
    choice = choice.copy()
    for limit in range(1 + len(limits.segments) + len(limits.resources)):
        _shed(options, choice, limits, prices, limit)
    _fill(options, choice, limits, prices)
    for _ in range(MOST_ROUNDS_OF_PAIRS):
        if not _change_pairs(options, choice, limits, prices):
            break
    return choice


def nearest(options: Options, choice: Integers, limits: Limits, prices: Prices) -> Integers:
    """The numbers of those customers, ascending, whose choice changes at the least cost; all of few."""
    if len(options) <= NEAR:
        return np.arange(len(options))
    least = np.full(len(options), np.inf)
    now = _figures(options, choice, limits, prices)[1]
    for option in (NOTHING, *range(len(options.uses))):
        then = _figures(options, np.full(len(options), option), limits, prices)[1]
        possible = (choice != option) & ((option == NOTHING) | (options.gain[option] >= 1))
        least = np.where(possible, np.minimum(least, np.abs(now - then)), least)
    return np.sort(np.argpartition(least, NEAR)[:NEAR])


def _slack(options: Options, choice: Integers, limits: Limits) -> Integers:
    """What is left of each limit [1 + s + k]: the total, the segments, the resources."""
    used = use_of(options, choice, limits)
    limit = [NO_LIMIT if each is None else each for each in (limits.total, *limits.segments)]
    left: Integers = np.array([*limit, *(resource.limit for resource in limits.resources)], np.int64)
    left -= np.concatenate([[used.total], used.segments, used.resources])
    return left


def _changes(options: Options, choice: Integers, limits: Limits, prices: Prices) -> _Changes:
    """Every change of every customer's choice that is allowed."""
    now = _figures(options, choice, limits, prices)
    parts = []
    for option in (NOTHING, *range(len(options.uses))):
        then = _figures(options, np.full(len(options), option), limits, prices)
        allowed = np.flatnonzero((choice != option) & (then[0] >= (0 if option == NOTHING else 1)))
        parts.append(
            _Changes(
                allowed,
                np.full(len(allowed), option),
                gain=(then[0] - now[0])[allowed],
                regret=(now[1] - then[1])[allowed],
                takes=(then[2] - now[2])[allowed],
            )
        )
    return _Changes(
        *(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(_Changes))
    )


def _figures(
    options: Options, choice: Integers, limits: Limits, prices: Prices
) -> tuple[Integers, Floats, Integers]:
    """Of each customer's choice: its gain, what is kept of it at the prices, and what it takes."""
    customers, taken = np.arange(len(options)), choice != NOTHING
    gain = np.where(taken, options.gain[choice, customers], 0)
    money = np.where(taken, options.liability[choice, customers], 0)
    takes = np.zeros((len(options), 1 + len(limits.segments) + len(limits.resources)), np.int64)
    takes[:, 0] = money
    takes[customers, 1 + options.segment] = money
    first = 1 + len(limits.segments)
    for option, uses in enumerate(options.uses):
        takers = np.flatnonzero(choice == option)
        for number in uses:
            takes[takers, first + number] = options.drawn(option, limits.resources[number], takers)
    tolls = takes[:, first:] @ prices.resources
    kept = gain - prices.of_budget(options.segment) * money - tolls
    return gain, kept, takes


def _shed(options: Options, choice: Integers, limits: Limits, prices: Prices, limit: int) -> None:
    """Bring one limit back into bounds by the changes that cost least for what they free; in place."""
    excess = -int(_slack(options, choice, limits)[limit])
    if excess <= 0:
        return
    changes = _changes(options, choice, limits, prices)
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
        slack = _slack(options, choice, limits)
        changes = _changes(options, choice, limits, prices)
        wanted = np.flatnonzero((changes.gain > 0) & np.all(changes.takes <= slack, axis=1))
        order = wanted[np.lexsort((changes.customer[wanted], changes.regret[wanted]))]
        order = order[np.sort(np.unique(changes.customer[order], return_index=True)[1])]
        fit = np.all(np.cumsum(changes.takes[order], axis=0) <= slack, axis=1)
        upto = len(order) if fit.all() else int(fit.argmin())
        if upto == 0:
            return
        choice[changes.customer[order[:upto]]] = changes.option[order[:upto]]


def _change_pairs(options: Options, choice: Integers, limits: Limits, prices: Prices) -> bool:
    """Make the changes, alone or in pairs, that bring most within the limits, in place; False if none does.

    The best first, then the next best of other customers that still fits, and so on.
    """
    slack = _slack(options, choice, limits)
    changes = _changes(options, choice, limits, prices)
    changes = changes.at(_nearest_of_each_kind(changes)).or_none()
    fits = changes.customer[:, None] != changes.customer[None, :]
    for limit, left in enumerate(slack.tolist()):
        fits &= changes.takes[:, None, limit] + changes.takes[None, :, limit] <= left
    together = np.triu(np.where(fits, changes.gain[:, None] + changes.gain[None, :], 0))
    best = np.flatnonzero(together > 0)
    best = best[np.argsort(-together.flat[best], kind="stable")][:MOST_AT_ONCE]
    changed: set[int] = set()
    for pair in zip(*np.unravel_index(best, together.shape), strict=True):
        some = [at for at in pair if changes.customer[at] != NOTHING]
        customers = {int(changes.customer[at]) for at in some}
        takes = changes.takes[some].sum(axis=0)
        if customers & changed or np.any(takes > slack):
            continue
        slack -= takes
        changed |= customers
        choice[changes.customer[some]] = changes.option[some]
    return bool(changed)


def _nearest_of_each_kind(changes: _Changes) -> Integers:
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
