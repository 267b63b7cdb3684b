"""What lies ahead of each customer at the end of the tables, in expectation: the laws, not their draws.

Everything up to the end is given: who has left, when each customer last wished to order, and which complaints
were made and how they are being handled. What lies ahead is the renewal process of orders on the busy clock,
departures of the customer's own accord, verdicts on complaints that are still out, and the toll of
complaints yet to come, counted at the order they are about.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.campaigns import ABOUT_TO_LEAVE_DAYS, VALID_DAYS
from pipelines.sources.simulator.catalogue import Catalogue
from pipelines.sources.simulator.customers import ERLANG_SHAPES
from pipelines.sources.simulator.expected_fading import TURNED, expected_over_fading
from pipelines.sources.simulator.expected_margin import margin_of_an_order
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.level_shift import pace
from pipelines.sources.simulator.pending import Pending, still_deciding
from pipelines.sources.simulator.prices import price_level
from pipelines.sources.simulator.renewal import expected_orders, phases, still_waiting, waiting_phases
from pipelines.sources.simulator.settings import DAYS_PER_YEAR
from pipelines.sources.simulator.shop_time import OUTLOOK_DAYS, busyness
from pipelines.sources.simulator.toll import toll

Floats = NDArray[np.float64]

# Margins are told by these spans of days after the end, so that a reader may discount them and choose among
# the windows over which value is promised.
SPANS = ((0, 90), (90, 91), (91, 182), (182, 365))
STEP_DAYS = 7  # within a step orders are counted exactly, and all that happens to them in its middle
HORIZON = OUTLOOK_DAYS
LEAST = 1e-9  # no probability is told below it: sums of tails are no more exact


@dataclass(frozen=True)
class Prospects:
    """The truth about n customers, in their order.

    churn_probability: P(no order within the horizon) [n]; 1 for those who have left. Margins in minor units
    of the last day's money, not discounted, by SPANS [n, spans]: `margin` as things stand; `margin_if_silent`
    given no order within the horizon; `margin_if_kept` if the customer were there and did not leave of their
    own accord within the horizon; `margin_if_swayed` if they were there and did not so for as long as an
    offer keeps whom it sways. Who has left earns nothing, and what leaving costs is `margin_if_kept`.
    buys, buys_if_swayed: P(an order while a coupon sent now is valid), as things stand and if swayed [n].
    """

    churn_probability: Floats
    margin: Floats
    margin_if_silent: Floats
    margin_if_kept: Floats
    margin_if_swayed: Floats
    buys: Floats
    buys_if_swayed: Floats


@dataclass(frozen=True)
class _Ahead:
    """The time ahead in steps that end with every span.

    clock: busy days passed by each midnight [days + 1]. edges, middle: of the steps, in days.
    """

    clock: Floats
    edges: NDArray[np.int64]
    middle: Floats

    @property
    def busy(self) -> Floats:
        """Busy days passed by each edge."""
        return self.clock[self.edges]


def look_ahead(wishes: Wishes, history: History, catalogue: Catalogue) -> Prospects:
    """The prospects of every customer, group by group of the same regularity."""
    ahead, n = _time_ahead(wishes), len(wishes.customers)
    there = history.lives.leaves_at > wishes.time.end
    pending = still_deciding(wishes, history)
    swayed = pending.swayed(ABOUT_TO_LEAVE_DAYS)
    left, elapsed = toll(wishes), _elapsed(wishes)
    p, buys, back = np.ones((3, n))
    now, silent, kept, won = np.zeros((4, n, len(ahead.middle)))
    for shape in ERLANG_SHAPES:
        who = np.flatnonzero(wishes.customers.regularity == shape)
        speed = shape * wishes.customers.rate[who]
        behind = phases(speed, shape, elapsed[who])
        stays, own = pending.of(who), wishes.customers.hazard[who, None]
        p[who] = _silent_probability(behind, speed, stays, ahead, HORIZON)
        buys[who] = 1 - _silent_probability(behind, speed, stays, ahead, VALID_DAYS)
        back[who] = 1 - _silent_probability(behind, speed, swayed.of(who), ahead, VALID_DAYS)
        orders = expected_orders(behind, speed, left[who], ahead.busy)
        now[who] = orders * stays.at(ahead.middle)
        won[who] = orders * swayed.of(who).at(ahead.middle)
        kept[who] = orders * np.exp(-own * np.maximum(0, ahead.middle - HORIZON))
        silent[who] = _orders_after_silence(behind, speed, left[who], ahead) * stays.at(ahead.middle)
    p[~there] = 1
    now[~there] = silent[~there] = buys[~there] = 0
    turned = [
        margin_of_an_order(wishes.settings, wishes.customers, catalogue, float(part)) for part in TURNED
    ]

    def worth(spared: Floats) -> Floats:
        return _margin_by_step(wishes, np.stack(turned, axis=1), ahead, spared=spared - ahead.middle)

    as_it_is = worth(pending.spared[:, None])
    return Prospects(
        churn_probability=p,
        margin=_by_span(now * as_it_is, ahead),
        margin_if_silent=_by_span(silent * as_it_is, ahead) / p[:, None],
        margin_if_kept=_by_span(kept * worth(np.full((n, 1), float(HORIZON))), ahead),
        margin_if_swayed=_by_span(won * worth(swayed.spared[:, None]), ahead),
        buys=buys,
        buys_if_swayed=back,
    )


def _time_ahead(wishes: Wishes) -> _Ahead:
    last = SPANS[-1][1]
    settings, days = wishes.settings, wishes.time.days
    first = settings.first_day + timedelta(days=days)
    busy = pace(settings, days + last)[days:] * [busyness(first + timedelta(days=day)) for day in range(last)]
    passed = np.concatenate([[0.0], np.cumsum(busy)])
    edges = np.array(sorted({*range(0, last, STEP_DAYS), *(day for span in SPANS for day in span)}))
    return _Ahead(passed, edges, (edges[1:] + edges[:-1]) / 2)


def _silent_probability(behind: Floats, speed: Floats, stays: Pending, ahead: _Ahead, days: int) -> Floats:
    """1 − Σ over so many days of P(the next order falls due then) · P(still there then) [n]."""
    waits = still_waiting(behind, speed, ahead.clock[: days + 1])
    ordered = -np.diff(waits, axis=1) * stays.at(np.arange(0.5, days))
    silent: Floats = np.maximum(1 - ordered.sum(axis=1), LEAST)
    return silent


def _orders_after_silence(behind: Floats, speed: Floats, left: Floats, ahead: _Ahead) -> Floats:
    """Expected orders of each step, of those without any within the horizon [n, steps]."""
    begin = int(np.searchsorted(ahead.edges, HORIZON))
    passed = float(ahead.busy[begin])
    waited = waiting_phases(behind, speed, passed)
    later = expected_orders(waited, speed, left, ahead.busy[begin:] - passed)
    return np.hstack([np.zeros((len(behind), begin)), later])


def _margin_by_step(wishes: Wishes, turned: Floats, ahead: _Ahead, *, spared: Floats) -> Floats:
    """Expected margin of an order in each step [n, steps]: the shop's own prices go on rising.

    turned: the margin of an order today by how far a customer has turned away, at TURNED [n, 5]. spared:
    days from each step on for which the customer does not leave of their own accord, if above 0.
    """
    settings, time, customers = wishes.settings, wishes.time, wishes.customers
    years = (time.days + ahead.middle) / DAYS_PER_YEAR
    level = price_level(settings, time.start, np.array([time.end]))
    grown = (1 + settings.price_growth_per_year) ** years * level
    reprieve = np.broadcast_to(np.maximum(spared, 0), (len(customers), len(years)))
    worth: Floats = expected_over_fading(turned, customers.hazard, reprieve) * grown
    return worth


def _elapsed(wishes: Wishes) -> Floats:
    """Busy days since each customer's last wish to order (since the start if none) [n]."""
    time = wishes.time
    past = np.flatnonzero(wishes.orders.at <= time.end)
    last = np.full(len(wishes.customers), time.start)
    last[wishes.orders.customer[past]] = wishes.orders.at[past]
    day = np.interp(last, time.midnights, np.arange(len(time.midnights)))
    elapsed: Floats = np.maximum(0, time.busy[time.days] - time.busy_at(day))
    return elapsed


def _by_span(by_step: Floats, ahead: _Ahead) -> Floats:
    starts = np.searchsorted(ahead.edges, [after for after, _ in SPANS])
    by_span: Floats = np.add.reduceat(by_step, starts, axis=1)
    return by_span
