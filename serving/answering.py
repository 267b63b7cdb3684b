"""What is answered of customers: looked up where the run has judged them, judged anew where it has not.

The run's own scores speak for the data's own as-of. Who was told of since, and everybody for a later instant,
is judged anew from what is known of them, by the same functions that judged all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.contract.merged_rows import merged
from models.contract.told_by_then import known_by
from models.contract.told_rows import Rows
from models.domain.text import normalise
from models.domain.vocabulary import DoNotContactReason, ModelUsed
from models.domain.words import words_in
from models.policy.save_list import act_by
from models.retention.judging.columns import score_columns
from models.retention.judging.from_rows import known_of, said_of
from models.retention.judging.judge import Judged, judged
from serving.as_of import AsOf
from serving.intervals import interval_columns
from serving.judging import Judging
from serving.plain_routes import json_bytes
from serving.rows import row_of, told_instant
from serving.schemas import Action, Score
from serving.snapshot import Snapshot
from serving.telling import Told
from serving.written import nulls

Answer: TypeAlias = dict[str, Any]

NO_PURCHASE = "no purchase by this customer is known"
NOT_IN_TABLE = "this customer is not in the table"
AT_ONCE = 500  # judged together, so that memory stays bounded

PLANNED, JUDGED = "plan", "policy"  # who decided on the action: within budgets, or before them

_INSTANTS = ("last_order_at", "next_order_expected_by", "as_of")
_WIDE = ("currency", "model_version", "as_of")  # said once, of the whole answer
_NOTHING: Mapping[str, Any] = {**dict.fromkeys(Score.model_fields), **dict.fromkeys(Action.model_fields)}


@dataclass(frozen=True)
class Asked:
    """A customer asked about: an id, and all that is known of them where the caller brought it."""

    customer_id: str
    rows: Rows | None = None


def answers(snapshot: Snapshot, told: Told, asked: Sequence[Asked], at: AsOf) -> Iterator[Answer]:
    """What is to be said of each customer, in the order asked; every answer has its score and its action."""
    for begin in range(0, len(asked), AT_ONCE):
        yield from _some(snapshot, told, asked[begin : begin + AT_ONCE], at)


def _some(snapshot: Snapshot, told: Told, asked: Sequence[Asked], at: AsOf) -> Iterator[Answer]:
    stored = (normalise(one.customer_id) for one in asked if one.rows is None)
    since = told.told_rows_of(stored) if snapshot.judging is not None else {}

    def is_anew(one: Asked) -> bool:
        return at.anew or one.rows is not None or normalise(one.customer_id) in since

    anew = [one for one in asked if is_anew(one)]
    judged_anew = iter(_judged_anew(snapshot, since, anew, at) if anew else ())
    for one in asked:
        found = next(judged_anew) if is_anew(one) else _looked_up(snapshot, normalise(one.customer_id))
        yield found or unknown(snapshot, one.customer_id)


def _judged_anew(
    snapshot: Snapshot, since: Mapping[str, Rows], asked: Sequence[Asked], at: AsOf
) -> Iterator[Answer | None]:
    """Answers in the order asked, None of who is unknown; since: what was told of some since the batch.

    Who is brought goes into a round where nobody else has that id; the first is of those who are stored.
    """
    judging = snapshot.judging_or_refuse()
    rounds: list[dict[str, Rows]] = [{}]
    places = []
    for one in asked:
        name, number = normalise(one.customer_id), 0
        if one.rows is not None:
            free = (at for at, each in enumerate(rounds) if at > 0 and name not in each)
            number = next(free, len(rounds))
            rounds += [{}] * (number == len(rounds))
        rounds[number][name] = (
            joined(judging, name, since.get(name, {}), at.told_by) if one.rows is None else one.rows
        )
        places.append((number, name))
    found = [judge_anew(snapshot, judging, rows_of, at.instant) for rows_of in rounds]
    return (found[number].get(name) for number, name in places)


def rows_known(judging: Judging, told: Told, customer_id: str, told_by: int | None = None) -> Rows:
    """All that is known of a customer: the batch's rows, and what was told since.

    told_by: as `AsOf` has it.
    """
    return joined(judging, customer_id, told.told_rows(customer_id), told_by)


def joined(judging: Judging, customer_id: str, since: Rows, told_by: int | None) -> Rows:
    """The batch's rows of a customer, and what was told since; told_by: as `AsOf` has it."""
    base = judging.histories.rows_of(customer_id) or {}
    if not since:
        return base
    both = merged(base, since)
    return both if told_by is None else known_by(both, since, told_by)


def judged_of(judging: Judging, rows_of: Mapping[str, Rows], as_of: int) -> Judged:
    """Those of some customers who are known by an instant (microseconds), judged."""
    return judged(judging.desk.judge, known_of(judging.desk, rows_of, as_of))


def judge_anew(
    snapshot: Snapshot, judging: Judging, rows_of: Mapping[str, Rows], as_of: int
) -> dict[str, Answer]:
    """Answers by customer; who was not known by then is missing."""
    words, desk = words_in(snapshot.language), judging.desk
    known = known_of(desk, rows_of, as_of)
    if not len(known.customer_id):
        return {}
    found = judged(desk.judge, known)
    decided = found.assessed()
    columns = score_columns(found, decided, said_of(desk, known, rows_of, words), words)
    choice = decided.choice
    columns |= {
        name: getattr(choice, name)
        for name in ("recommended_action", "recommended_offer", "owner", "channel", "expected_gain_minor")
    }
    due = act_by(as_of, choice.deadline_days, snapshot.timezone)
    columns["act_by"] = np.where(choice.acts, due, np.iinfo(np.int64).min)
    columns |= interval_columns(snapshot.shares, columns["churn_probability"])
    plain = {name: _plain(name, values) for name, values in columns.items() if name not in _WIDE}
    rows = (dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True))
    return {row["customer_id"]: {**row, "known": True, "rank": None, "decided_by": JUDGED} for row in rows}


def _plain(name: str, values: NDArray[Any]) -> list[Any]:
    if name in _INSTANTS or name == "act_by":
        return [told_instant(value) for value in values.tolist()]
    if values.dtype.kind == "f":
        return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124  # NaN
    return values.tolist() if values.dtype.kind == "i" else [value or None for value in values.tolist()]


def _looked_up(snapshot: Snapshot, customer_id: str) -> Answer | None:
    """The run's own answer; None of somebody it does not know."""
    row = snapshot.score_rows.get(customer_id)
    if row is None:
        return None
    planned = snapshot.plan_rows.get(customer_id)
    action = NO_ACTION if planned is None else row_of(snapshot.read_actions, planned)
    return {**row_of(snapshot.read_scores, row), **action, "known": True, "decided_by": PLANNED}


def looked_up_text(snapshot: Snapshot, customer_id: str) -> bytes | None:
    """The run's own answer as the members of a JSON object; None of somebody it does not know."""
    row = snapshot.score_rows.get(customer_id)
    if row is None:
        return None
    planned = snapshot.plan_rows.get(customer_id)
    action = _NO_ACTION_TEXT if planned is None else snapshot.written_actions.row(planned)
    return b"%b,%b,%b" % (snapshot.written_scores.row(row), action, _KNOWN_TEXT)


def unknown(snapshot: Snapshot, customer_id: str) -> Answer:
    """The cold-start answer, with what the data should have known the customer from."""
    return cold_start(customer_id, NO_PURCHASE if snapshot.knows_purchases else NOT_IN_TABLE)


def cold_start(customer_id: str, why: str) -> Answer:
    """What can be said of a customer nobody has seen: nothing, and that nothing may be spent.

    why: in words, where the data should have known the customer from.
    """
    return {
        **_NOTHING,
        "customer_id": customer_id,
        "known": False,
        "incentive_cap_minor": 0,
        "reason_1": why,
        "do_not_contact_reason": DoNotContactReason.UNSCORED.value,
        "model_used": ModelUsed.COLD_START.value,
    }


NO_ACTION: Mapping[str, Any] = dict.fromkeys(Action.model_fields)
_NO_ACTION_TEXT = nulls(tuple(NO_ACTION))
_KNOWN_TEXT = json_bytes({"known": True, "decided_by": PLANNED})[1:-1]


def run_of(snapshot: Snapshot, at: AsOf) -> Answer:
    """Which run an answer comes from, and for which instant."""
    return _run_of(snapshot.release_id, snapshot.end, snapshot.currency, at)


def run_text(snapshot: Snapshot, at: AsOf) -> bytes:
    """The same as a JSON object."""
    return _run_text(snapshot.release_id, snapshot.end, snapshot.currency, at)


def _run_of(release_id: str, end: int, currency: str, at: AsOf) -> Answer:
    return {
        "model_version": release_id,
        "data_as_of": told_instant(end),
        "as_of": told_instant(at.instant),
        "hypothetical": at.hypothetical,
        "stale": at.stale,
        "currency": currency,
    }


@lru_cache(maxsize=16)  # most answers speak of one run and one instant
def _run_text(release_id: str, end: int, currency: str, at: AsOf) -> bytes:
    return json_bytes(_run_of(release_id, end, currency, at))
