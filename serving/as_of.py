"""For which instant a question is answered."""

import time
from dataclasses import dataclass
from datetime import datetime

from models.domain.instants import DAY, HOUR, SECOND, iso, to_micros
from serving.refusals import OtherAsOf
from serving.snapshot import Snapshot
from serving.telling import Told

FURTHEST_DAYS = 3 * 365  # beyond the data's end; no model was ever checked even that far ahead


@dataclass(frozen=True)
class AsOf:
    """The instant (microseconds) that is spoken for.

    anew: whether the run's own scores do not speak for it, of whomever. untold: the instant for customers of
    whom nothing was told: the run's own as long as its scores stand. hypothetical: whether the instant lies
    beyond all that is known, so that the answer tells what would be if nothing happened. stale: whether the
    data end too long before now. asked: whether the caller named it; else what was told of a customer after
    it counts too.
    """

    instant: int
    untold: int
    anew: bool
    hypothetical: bool
    stale: bool
    asked: bool = False

    @property
    def told_by(self) -> int | None:
        """By when all that was told counts as known; None where instants count as they were told."""
        return None if self.asked else self.instant


@dataclass(frozen=True)
class Patience:
    """Hours after the data's end: how long scores stand for whom nothing was told of, when data are stale."""

    stands_hours: float
    stale_after_hours: float


def as_of_asked(
    asked: datetime | None, snapshot: Snapshot, told: Told, patience: Patience, now: int | None = None
) -> AsOf:
    """The instant asked for, else where the feed of orders ends. now: microseconds, the clock unless given.

    Raises `OtherAsOf` for one before the data's end, too far behind it, or where there are no histories.
    """
    batch = snapshot.end
    end = batch if snapshot.judging is None else max(batch, told.feed_end())
    instant = end if asked is None else _asked(asked, batch)
    if instant != batch and snapshot.judging is None:
        raise _refused("this folder holds no histories, so it answers for its own as-of only", batch, asked)
    if instant < batch:
        raise _refused(
            "an instant before the data's end cannot be answered: the models have learned from what came "
            "after it, and articles are known only as they are counted now",
            batch,
            asked,
        )
    if instant > end + FURTHEST_DAYS * DAY:
        raise _refused(f"more than {FURTHEST_DAYS} days ahead nothing can be foretold", batch, asked)
    clock = time.time_ns() // 1000 if now is None else now
    stands = asked is None and instant - batch <= patience.stands_hours * HOUR
    return AsOf(
        instant,
        untold=batch if stands else instant,
        anew=instant != batch and not stands,
        hypothetical=instant > end,
        stale=clock - end > patience.stale_after_hours * HOUR,
        asked=asked is not None,
    )


def instant_for(customer_id: str, told: Told, at: AsOf) -> int:
    """The instant (microseconds) that is spoken for of one customer."""
    return at.instant if at.untold == at.instant or told.told_of([customer_id]) else at.untold


def _asked(asked: datetime, batch: int) -> int:
    """Whole seconds are enough: who repeats what an answer said means that instant."""
    instant = to_micros(asked)
    return batch if instant // SECOND == batch // SECOND else instant


def _refused(problem: str, batch: int, asked: datetime | None) -> OtherAsOf:
    return OtherAsOf(
        problem,
        allowed=iso(batch),
        given=None if asked is None else asked.isoformat(),
        remedy="Leave `as_of` out, or run the pipeline with data up to that instant.",
    )
