"""Who is still there on each day ahead, given that they are there now: nature, and verdicts still out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.law_of_complaints import LAW_DAYS, MIND_MADE_UP_DAYS, PATIENCE_DAYS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LONGEST_HESITATION = 5  # in mean times: nobody hesitates longer


@dataclass(frozen=True)
class Pending:
    """Customers [n], and complaints [m] over which some of them may be about to leave.

    hazard: natural departures a day [n]. spared: days for which a recent complaint still suspends them [n].
    customer: place of the one who complained [m]. since: days since the mind could be made up, negative if
    that lies ahead [m]. odds: of being lost over this complaint, before anybody saw them stay, against being
    lost over none [m].
    """

    hazard: Floats
    spared: Floats
    customer: Integers
    since: Floats
    odds: Floats

    def of(self, who: Integers) -> "Pending":
        """The same of some customers, places ascending."""
        place = np.searchsorted(who, self.customer)
        found = who[np.minimum(place, len(who) - 1)] == self.customer if len(who) else place < 0
        return Pending(self.hazard[who], self.spared[who], place[found], self.since[found], self.odds[found])

    def at(self, days: Floats) -> Floats:
        """P(still there after so many days | there now) [n, len(days)].

        Bayes: whoever is still there is the likelier not to be lost the longer the verdict could have fallen.
        """
        there = np.exp(-self.hazard[:, None] * np.maximum(0, days - self.spared[:, None]))
        now = np.ones(len(self.hazard))
        np.add.at(there, self.customer, self.odds[:, None] * _hesitates(self.since[:, None] + days))
        np.add.at(now, self.customer, self.odds * _hesitates(self.since))
        still: Floats = there / now[:, None]
        return still


def still_deciding(wishes: Wishes, history: History) -> Pending:
    """What is pending at the end of the tables, over complaints for which the law still speaks."""
    complaints, end = wishes.complaints, wishes.time.end
    recent = (complaints.opened_at <= end) & (complaints.opened_at > end - LAW_DAYS * DAY)
    made = np.flatnonzero(history.made & recent)
    ago = (end - complaints.opened_at[made]) / DAY
    spared = np.zeros(len(wishes.customers))
    np.maximum.at(spared, complaints.customer[made], LAW_DAYS - ago)
    since = ago - np.minimum(complaints.answered_after_days[made], PATIENCE_DAYS)
    return Pending(
        hazard=wishes.customers.hazard,
        spared=spared,
        customer=complaints.customer[made],
        since=since,
        odds=_odds(complaints.customer[made], wishes.verdicts.probability[made]),
    )


def _hesitates(days: Floats) -> Floats:
    """P(a mind that could be made up so many days ago, and is, has not parted yet)."""
    passed = np.maximum(days, 0) / MIND_MADE_UP_DAYS
    return np.where(passed < LONGEST_HESITATION, np.exp(-passed), 0.0)


def _odds(customer: Integers, lost: Floats) -> Floats:
    """P(lost over this one, not over an earlier one) ÷ P(lost over none), complaints in order [m]."""
    kept = np.log1p(-lost)
    spent = np.cumsum(kept[::-1])[::-1]  # the logarithm of being kept from here on, over all later customers
    after = np.append(spent, 0.0)[np.searchsorted(customer, customer, side="right")]
    odds: Floats = lost * np.exp(after - spent)
    return odds
