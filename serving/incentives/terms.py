"""Caps as the server judges them at the moment of the grant: from what is known of the customer by then."""

from dataclasses import dataclass
from functools import partial

from models.domain.text import normalise
from models.domain.vocabulary import Purpose
from models.policy.budget_settings import BY_STAGE
from models.policy.cap_explained import cap_of_action, explained_cap
from models.policy.cap_inputs import RECOVERY
from models.policy.caps_table import RunCaps
from models.retention.judging.from_rows import newest_version
from serving.answering import judged_of, rows_known
from serving.as_of import AsOf, instant_for
from serving.incentives.in_force import InForce, Terms
from serving.incentives.known_caps import KnownCaps, cap_known
from serving.judging import Judging
from serving.snapshot import Snapshot
from serving.telling import Told


def terms_of(snapshot: Snapshot, told: Told, at: AsOf, caps: KnownCaps) -> Terms:
    """What money is granted by under a release. Raises what `Snapshot.judging_or_refuse` raises."""
    judging = snapshot.judging_or_refuse()
    known = _Known(snapshot, told, at, judging, caps)
    cap, at_hand = partial(cap_in_force, known), partial(_is_at_hand, known)
    return Terms(judging.desk.judge.policy, snapshot.currency, cap, at.stale, at_hand)


@dataclass(frozen=True)
class _Known:
    snapshot: Snapshot
    told: Told
    at: AsOf
    judging: Judging
    caps: KnownCaps


def cap_in_force(known: _Known, customer_id: str, action: str, purpose: Purpose) -> InForce:
    """The cap of one customer for an action's id, '' for none in particular, and its purpose.

    0 for somebody unknown. What is owed has no cap, and 0 stands for that. Where an action was not shown to
    work, only whom the plan drew for it gets more than its cap.
    """
    snapshot, at = known.snapshot, known.at
    if purpose is Purpose.OWED:
        return InForce(0, "", {}, snapshot.release_id)
    name = normalise(customer_id)
    row = _row_of_the_run(known, name) if action or purpose is Purpose.RECOVERY else None
    if snapshot.caps is not None and row is not None:
        drawn = snapshot.was_drawn(name, action)
        return _of_the_run(snapshot, snapshot.caps, row, action, drawn=drawn)
    instant, told = instant_for(name, known.told, at), known.told.told_rows(name)
    question = (name, action, purpose, instant, at.told_by)
    work_out = partial(_worked_out, known, name, action, purpose, instant)
    return cap_known(known.caps, snapshot, question, told, work_out)


def _row_of_the_run(known: _Known, name: str) -> int | None:
    """Where the run's own cap stands, if the run speaks for the instant and nothing was told since."""
    snapshot = known.snapshot
    by_stage = known.judging.desk.judge.policy.budgets.segment_by == BY_STAGE
    if snapshot.caps is None or not by_stage or known.at.untold != snapshot.end:
        return None
    return None if known.told.told_of([name]) else snapshot.caps_row(name)


def _is_at_hand(known: _Known, customer_id: str) -> bool:
    return _row_of_the_run(known, normalise(customer_id)) is not None


def _of_the_run(snapshot: Snapshot, caps: RunCaps, row: int, action: str, *, drawn: bool) -> InForce:
    """The run's own cap: what `_worked_out` comes to from what is known as of the run."""
    figures = caps.inputs(row)
    cap_minor = caps.cap(row, action, drawn=drawn) if action else figures[RECOVERY]
    return InForce(cap_minor, figures["stage"], {"as_of": snapshot.end, **figures}, snapshot.release_id)


def _worked_out(known: _Known, name: str, action: str, purpose: Purpose, instant: int) -> InForce:
    snapshot, judging = known.snapshot, known.judging
    rows = rows_known(judging, known.told, name, known.at.told_by)
    found = judged_of(judging, {name: rows}, instant)
    if not len(found.inputs):
        return InForce(0, "", {"known": False}, snapshot.release_id)
    policy, mean_order = found.judge.policy, found.mean_order_amount_minor
    if action:
        drawn = snapshot.was_drawn(name, action)
        cap_minor, inputs = cap_of_action(found.inputs, policy, mean_order, action, drawn=drawn)
    else:
        explained = explained_cap(found.inputs, policy, mean_order, purpose)
        cap_minor, inputs = explained.cap_minor, explained.inputs
    figures: dict[str, object] = {"as_of": instant}
    figures |= {one.symbol: one.value for one in inputs}
    by = policy.budgets.segment_by
    segment = figures["stage"] if by == BY_STAGE else newest_version(rows, instant).get(by)
    return InForce(cap_minor, str(segment or ""), figures, snapshot.release_id)
