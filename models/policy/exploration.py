"""A small part of a plan that chance decides, within every cap, so that what actions do can be learned.

Of the customers for whom something may be done, those whose lot falls below the exploration share are drawn:
each gets, with the same chance, nothing or one of the actions open to them. That chance is their propensity.
Complaints are no matter of chance: recovery is never drawn, nor taken away.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.domain.vocabulary import Purpose
from models.policy.allocation.problem import FORBIDDEN, NOTHING, Limits, Options
from models.policy.customers import Flags, Floats, Integers
from models.policy.offered import Offered

MOST_ARMS = 20  # so that no propensity falls below .05


@dataclass(frozen=True)
class Draw:
    """What chance has drawn for each customer: two numbers from 0 up to 1, each apart [n].

    place: who is drawn, the lowest first, up to `share`. arm: what they get. One number for both would give
    the first arms to those who are kept when limits are short.
    """

    place: Floats
    arm: Floats
    share: float


@dataclass(frozen=True)
class Explored:
    """Whose action was drawn [n], which (an offer's number or `NOTHING`) [n], with what chance [n].

    arms: the offers it was drawn from, one an action, `NOTHING` where an action is closed [actions, n].
    fell_short: whether limits kept the lot from some on whom it had fallen.
    """

    drawn: Flags
    choice: Integers
    propensity: Floats
    arms: Integers
    fell_short: bool = False

    def that_fit(self, options: Options, order: Integers, draw: Draw, limits: Limits) -> "Explored":
        """As many of the drawn, the lowest places first, as fit the limits whatever they were to draw.

        options: of the customers in `order`. Chance gets its share of every limit and no more. Who is drawn
        must not hang on what was drawn, or the propensity would not be what it says.
        """
        limits = limits.times(draw.share)
        drawn = np.flatnonzero(self.drawn[order])
        drawn = drawn[np.argsort(draw.place[order][drawn], kind="stable")]
        most = np.cumsum(_dearest(options, drawn, self.arms[:, order[drawn]], limits), axis=0)
        slack = [limits.total, *limits.segments, *(resource.limit for resource in limits.resources)]
        fit = np.ones(len(drawn), np.bool_)
        for number, left in enumerate(slack):
            fit &= True if left is None else most[:, number] <= left
        kept = np.zeros(len(order), np.bool_)
        kept[order[drawn[: len(fit) if fit.all() else int(fit.argmin())]]] = True
        return Explored(
            kept,
            np.where(kept, self.choice, NOTHING),
            np.where(kept, self.propensity, 1.0),
            self.arms,
            fell_short=not fit.all(),
        )


def explore(offered: Offered, draw: Draw) -> Explored:
    """Draw for the customers whose place falls below the share [n].

    The arms of a customer are nothing and each allowed action at its best face value by gain, twenty at most;
    whoever is open to recovery is not drawn.
    """
    arms = _best_of_each_action(offered)
    arms = np.where(np.cumsum(arms != NOTHING, axis=0) < MOST_ARMS, arms, NOTHING)
    number = np.cumsum(arms != NOTHING, axis=0)
    many = 1 + (arms != NOTHING).sum(axis=0)
    drawn = (draw.place < draw.share) & (many > 1) & ~open_to_recovery(offered)
    place = np.floor(draw.arm * many).astype(np.int64)
    taken = (arms != NOTHING) & (number == place)
    choice = np.where(drawn & taken.any(axis=0), np.where(taken, arms, 0).sum(axis=0), NOTHING)
    return Explored(drawn, choice, np.where(drawn, 1.0 / many, 1.0), arms)


def _best_of_each_action(offered: Offered) -> Integers:
    """The number of each action's best offer, `NOTHING` where none may be made [actions, n]."""
    names = [offer.action.id for offer in offered.offers]
    begins = sorted({names.index(name) for name in names})
    rows = [np.zeros((0, offered.gain.shape[1]), np.int64)]
    for begin, end in zip(begins, [*begins, len(names)][1:], strict=True):
        gain = offered.gain[begin:end]
        best = np.where(gain.max(axis=0) > FORBIDDEN, begin + gain.argmax(axis=0), NOTHING)
        rows.append(best[None, :])
    return np.concatenate(rows)


def open_to_recovery(offered: Offered) -> Flags:
    """Who may get an answer to a complaint [n]."""
    found: Flags = np.any(offered.gain[_recovers(offered)] > FORBIDDEN, axis=0)
    return found


def closed_to(offered: Offered, customers: Flags) -> Offered:
    """The same without any offer to these customers [n] but answers to their complaints."""
    closed = ~_recovers(offered)[:, None] & customers
    return replace(offered, gain=np.where(closed, FORBIDDEN, offered.gain))


def by_lot(offered: Offered, draw: Draw, explored: Explored) -> Flags:
    """On whom the lot of this plan falls, held out or not [n]: as far as it went among those who are not."""
    fallen = explore(offered, draw).drawn
    if explored.fell_short:
        fallen &= draw.place <= draw.place[explored.drawn].max(initial=-1.0)
    return fallen


def _recovers(offered: Offered) -> Flags:
    return np.array([offer.action.purpose is Purpose.RECOVERY for offer in offered.offers], np.bool_)


def _dearest(options: Options, drawn: Integers, arms: Integers, limits: Limits) -> Integers:
    """The most that each of the drawn could take of every limit [m, 1 + s + k]; arms [actions, m]."""
    segments = len(limits.segments)
    takes = np.zeros((len(drawn), 1 + segments + len(limits.resources)), np.int64)
    for arm in arms:
        for option in np.unique(arm[arm != NOTHING]).tolist():
            of = np.flatnonzero(arm == option)
            money = options.liability[option, drawn[of]]
            for place in (np.zeros(len(of), np.int64), 1 + options.segment[drawn[of]]):
                takes[of, place] = np.maximum(takes[of, place], money)
            for number in options.uses[option]:
                units = options.drawn(option, limits.resources[number], drawn[of])
                place = 1 + segments + number
                takes[of, place] = np.maximum(takes[of, place], units)
    return takes
