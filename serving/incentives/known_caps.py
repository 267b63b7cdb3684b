"""Caps that were worked out already, for as long as nothing that they follow from has changed.

A cap is a function of the run, of what was told of the customer since, of the instant, the action and the
purpose. To judge a customer anew takes milliseconds, and money is often asked for again: by retries, by the
next coupon of a basket, after a dry run.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.contract.told_rows import Rows
from serving.incentives.in_force import InForce

MOST_KEPT = 10_000

Question = tuple[object, ...]


@dataclass(frozen=True)
class OfRun:
    """The caps of one run by question, each with what was told of its customer.

    run: compared by identity: a run that is read again, or from which somebody was erased, is another one.
    """

    run: object
    found: dict[Question, tuple[Rows, InForce]]


@dataclass
class KnownCaps:
    """What is known of the newest run. Threads may write at once: what they write of a run is the same."""

    newest: OfRun = field(default_factory=lambda: OfRun(None, {}))


def cap_known(
    known: KnownCaps, run: object, question: Question, told: Rows, work_out: Callable[[], InForce]
) -> InForce:
    """The cap that a question about a customer of whom `told` was told has; worked out where it must be."""
    of_run = known.newest
    if of_run.run is not run or len(of_run.found) >= MOST_KEPT:
        of_run = known.newest = OfRun(run, {})
    kept = of_run.found.get(question)
    if kept is not None and kept[0] == told:
        return kept[1]
    cap = work_out()
    of_run.found[question] = (told, cap)
    return cap
