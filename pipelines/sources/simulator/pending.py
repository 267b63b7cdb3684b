"""Who is still there on each day ahead, given that they are there now: nature, and minds being made up."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY
from pipelines.sources.simulator.history import History, Wishes
from pipelines.sources.simulator.law_of_complaints import LAW_DAYS, MIND_MADE_UP_DAYS, PATIENCE_DAYS
from pipelines.sources.simulator.onboarding import undecided_stay
from pipelines.sources.simulator.silent_problems import LEAVES_AFTER_DAYS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LONGEST_HESITATION = 5  # in mean times: nobody hesitates longer


@dataclass(frozen=True)
class Pending:
    """Customers [n], and troubles [m] over which some of them may be about to leave.

    hazard: natural departures a day [n]. spared: days for which a recent complaint still suspends them [n].
    early, joined: the chance with which a newcomer came of being lost early, and days since then [n].
    customer: place of the one who met the trouble [m]. since: days since the mind could be made up, negative
    if that lies ahead [m]. odds: of being lost over this trouble, before anybody saw them stay, against being
    lost over none [m]. voiced: whether it is a complaint, which suspends nature [m].
    """

    hazard: Floats
    spared: Floats
    early: Floats
    joined: Floats
    customer: Integers
    since: Floats
    odds: Floats
    voiced: Flags

    def of(self, who: Integers) -> "Pending":
        """The same of some customers, places ascending."""
        place = np.searchsorted(who, self.customer)
        found = who[np.minimum(place, len(who) - 1)] == self.customer if len(who) else place < 0
        troubles = (self.since[found], self.odds[found], self.voiced[found])
        people = (self.hazard[who], self.spared[who], self.early[who], self.joined[who])
        return Pending(*people, place[found], *troubles)

    def swayed(self, days: float) -> "Pending":
        """The same customers once an offer has swayed them: nature waits for so many days at least."""
        return replace(self, spared=np.maximum(self.spared, days), early=np.zeros_like(self.early))

    def at(self, days: Floats) -> Floats:
        """P(still there after so many days | there now) [n, len(days)].

        Bayes: whoever is still there is the likelier not to be lost the longer the verdict could have fallen.
        """
        nature = np.exp(-self.hazard[:, None] * np.maximum(0, days - self.spared[:, None]))
        there, now = nature.copy(), np.ones(len(self.hazard))
        beside = np.where(self.voiced[:, None], 1, nature[self.customer])
        np.add.at(there, self.customer, self.odds[:, None] * beside * self._hesitate(days))
        np.add.at(now, self.customer, self.odds * self._hesitate(np.zeros(1))[:, 0])
        still: Floats = there / now[:, None] * undecided_stay(self.early, self.joined, days)
        return still

    def _hesitate(self, days: Floats) -> Floats:
        """P(a mind that is made up over a trouble has not parted by so many days from now) [m, days]."""
        mean = np.where(self.voiced, MIND_MADE_UP_DAYS, LEAVES_AFTER_DAYS)
        passed = np.maximum(self.since[:, None] + days, 0) / mean[:, None]
        return np.where(passed < LONGEST_HESITATION, np.exp(-passed), 0.0)


def still_deciding(wishes: Wishes, history: History) -> Pending:
    """What is pending at the end of the tables, over troubles of the last LAW_DAYS."""
    troubles, end = wishes.troubles, wishes.time.end
    recent = (troubles.at <= end) & (troubles.at > end - LAW_DAYS * DAY)
    met = np.flatnonzero(recent & _by_trouble(wishes, history.made, history.suffered))
    who, voiced, ago = troubles.customer[met], troubles.voiced[met], (end - troubles.at[met]) / DAY
    spared = np.zeros(len(wishes.customers))
    np.maximum.at(spared, who[voiced], LAW_DAYS - ago[voiced])
    return Pending(
        hazard=wishes.customers.hazard,
        spared=spared,
        # The law of complaints speaks instead of nature, and a newcomer's whim is nature.
        early=np.where(spared > 0, 0, wishes.onboarding.chance),
        joined=(end - wishes.customers.joined_at) / DAY,
        customer=who,
        since=ago - _waits(wishes)[met],
        odds=_odds(who, _lost(wishes)[met]),
        voiced=voiced,
    )


def _by_trouble(wishes: Wishes, voiced: NDArray[Any], silent: NDArray[Any]) -> NDArray[Any]:
    """One value a trouble, of those of complaints and of silent problems, each in their own order."""
    values = np.empty(len(wishes.troubles), voiced.dtype)
    values[wishes.troubles.voiced], values[~wishes.troubles.voiced] = voiced, silent
    return values


def _waits(wishes: Wishes) -> Floats:
    """Days after which the mind is made up over each trouble: at the answer, or at once."""
    answered = np.minimum(wishes.complaints.answered_after_days, PATIENCE_DAYS)
    return _by_trouble(wishes, answered, np.zeros(len(wishes.silent)))


def _lost(wishes: Wishes) -> Floats:
    """The chance with which each trouble takes its customer away."""
    return _by_trouble(wishes, wishes.verdicts.probability, wishes.silent.lost_probability)


def _odds(customer: Integers, lost: Floats) -> Floats:
    """P(lost over this one, not over an earlier one) ÷ P(lost over none), troubles in order [m]."""
    kept = np.log1p(-lost)
    spent = np.cumsum(kept[::-1])[::-1]  # the logarithm of being kept from here on, over all later customers
    after = np.append(spent, 0.0)[np.searchsorted(customer, customer, side="right")]
    odds: Floats = lost * np.exp(after - spent)
    return odds
