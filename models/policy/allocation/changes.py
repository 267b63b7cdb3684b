"""What could be changed of a choice: whose, to which option, what that brings and what it takes."""

from dataclasses import dataclass, fields

import numpy as np

from models.policy.allocation.problem import NOTHING, Floats, Integers, Limits, Options, Prices, use_of

NO_LIMIT = 2**61


@dataclass(frozen=True)
class Changes:
    """Possible changes: of a customer to an option (or NOTHING), what that brings and takes more [m].

    regret: by how much it is worse than the present choice at the prices; below 0 it is better.
    takes: of the total, of each segment's money, of each resource [m, 1 + s + k].
    """

    customer: Integers
    option: Integers
    gain: Integers
    regret: Floats
    takes: Integers

    def at(self, chosen: Integers) -> "Changes":
        """Some of them, in the order given."""
        return Changes(
            self.customer[chosen],
            self.option[chosen],
            self.gain[chosen],
            self.regret[chosen],
            self.takes[chosen],
        )

    def or_none(self) -> "Changes":
        """They, and one of nobody that brings and takes nothing: what a change alone is paired with."""
        return Changes(
            np.append(self.customer, NOTHING),
            np.append(self.option, NOTHING),
            np.append(self.gain, 0),
            np.append(self.regret, 0.0),
            np.vstack([self.takes, np.zeros((1, self.takes.shape[1]), np.int64)]),
        )


def changes_of(options: Options, choice: Integers, limits: Limits, prices: Prices) -> Changes:
    """Every change of every customer's choice that is allowed."""
    now = figures(options, choice, limits, prices)
    parts = []
    for option in (NOTHING, *range(len(options.uses))):
        then = figures(options, np.full(len(options), option), limits, prices)
        allowed = np.flatnonzero((choice != option) & (then[0] >= (0 if option == NOTHING else 1)))
        parts.append(
            Changes(
                allowed,
                np.full(len(allowed), option),
                gain=(then[0] - now[0])[allowed],
                regret=(now[1] - then[1])[allowed],
                takes=(then[2] - now[2])[allowed],
            )
        )
    return Changes(
        *(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Changes))
    )


def figures(
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


def slack_of(options: Options, choice: Integers, limits: Limits) -> Integers:
    """What is left of each limit [1 + s + k]: the total, the segments, the resources."""
    used = use_of(options, choice, limits)
    limit = [NO_LIMIT if each is None else each for each in (limits.total, *limits.segments)]
    left: Integers = np.array([*limit, *(resource.limit for resource in limits.resources)], np.int64)
    left -= np.concatenate([[used.total], used.segments, used.resources])
    return left
