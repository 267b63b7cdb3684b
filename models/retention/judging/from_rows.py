"""What is known of some customers, from their rows: how a server comes to what the pipeline reads from files.

Features are folded by the same plan and kernel, one customer after another; everything else is asked of the
rows in the same words as of whole tables (`told.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.contract.attributes import Attribute
from models.contract.prices import row_in_constant_money
from models.contract.tables import CHANNELS
from models.contract.tables import table as contract_table
from models.contract.told_rows import Rows
from models.domain.errors import DamagedRelease
from models.domain.words import Words
from models.features.attributes import encode_rows
from models.features.frame import FeatureFrame
from models.features.laid_out import LaidOut, Row
from models.features.online import OnlinePlan, compute_one, lay_out
from models.learned.attribute_words import sentences_of
from models.policy.consent import NO, UNKNOWN, YES
from models.retention.judging.facts import READS
from models.retention.judging.judge import Judge, Known, looked_up
from models.retention.judging.told import RowsTold, Told

Compute: TypeAlias = Callable[[LaidOut, int], NDArray[np.float32]]


@dataclass(frozen=True)
class Desk:
    """A judge with what it takes to read rows: made once for a release and the source that it scores.

    held: the columns of each table of the source. knows_purchases: False for one wide table, whose customers
    all have features. compute: features [k] of what is laid out, as of an instant.
    """

    judge: Judge
    plan: OnlinePlan
    held: Mapping[str, frozenset[str]]
    attributes: tuple[Attribute, ...]
    knows_purchases: bool
    compute: Compute


def desk(
    judge: Judge,
    plan: OnlinePlan,
    held: Mapping[str, frozenset[str]],
    attributes: tuple[Attribute, ...],
    *,
    knows_purchases: bool,
) -> Desk:
    """A desk that computes features uncompiled. Raises `DamagedRelease` unless they are the release's."""
    names = (
        *(feature.name for feature in plan.plan.features),
        *judge.rhythm.names,
        *(name for each in judge.encodings for name in each.names),
    )
    if names != judge.names:
        raise DamagedRelease(
            "the release reads other features than its source can answer",
            allowed=f"{len(judge.names)} features",
            given=", ".join(sorted({*names} ^ {*judge.names})) or "the same in another order",
            remedy="Run `make`.",
        )
    return Desk(judge, plan, held, attributes, knows_purchases, partial(compute_one, plan))


def known_of(desk: Desk, rows_of: Mapping[str, Rows], as_of: int) -> Known:
    """What is known at an instant (microseconds) of the customers of some rows, by id.

    Who has neither bought nor been known of by then is not among them.
    """
    newest = {customer: newest_version(rows, as_of) for customer, rows in rows_of.items()}
    featured = [customer for customer, rows in sorted(rows_of.items()) if _is_featured(desk, rows, as_of)]
    ids = sorted({*featured, *(customer for customer, version in newest.items() if version)})
    outcomes = [_outcome(rows_of[customer]) for customer in ids]
    return Known(
        as_of=as_of,
        customer_id=np.array(ids, dtype=object),
        frame=_frame(desk, featured, rows_of, newest, as_of),
        labelled=np.array([_outcome(rows_of[one]).get("churned") is not None for one in featured], np.bool_),
        consents=_consents(desk, [newest[customer] for customer in ids]),
        gone=_gone(desk, outcomes),
        told=_told(desk, [rows_of[customer] for customer in ids]),
    )


def said_of(desk: Desk, known: Known, rows_of: Mapping[str, Rows], words: Words) -> dict[str, list[str]]:
    """Sentences that say an attribute as the customers have it, by its column, of those with features."""
    newest = [newest_version(rows_of[customer], known.as_of) for customer in known.frame.customer_id]
    return sentences_of(desk.attributes, newest, words)


def newest_version(rows: Rows, as_of: int) -> Row:
    """The row of `customers` that counts at an instant; {} where none was known by then."""
    known = [row for row in rows.get("customers", ()) if _at(row, "known_at") <= as_of]
    return max(known, key=lambda row: _at(row, "known_at"), default={})


def _at(row: Row, column: str) -> int:
    value: int = row[column]
    return value


def _is_featured(desk: Desk, rows: Rows, as_of: int) -> bool:
    """Whether the customer has features: where purchases are known, who bought."""
    if not desk.knows_purchases:
        return bool(newest_version(rows, as_of))
    return any(
        _number(row, "amount_minor") > 0
        and _number(row, "ordered_at") <= as_of
        and _number(row, "known_at", "ordered_at") <= as_of
        for row in rows.get("orders", ())
    )


def _number(row: Row, *columns: str) -> int:
    """The first of some columns that has a value."""
    value: int = next(row[column] for column in columns if row.get(column) is not None)
    return value


def _frame(
    desk: Desk, ids: Sequence[str], rows_of: Mapping[str, Rows], newest: Mapping[str, Row], as_of: int
) -> FeatureFrame:
    plan = desk.plan
    names = tuple(feature.name for feature in plan.plan.features)
    values = np.empty((len(ids), len(names)), np.float32)
    for number, customer in enumerate(ids if names else ()):  # one wide table has no events to fold
        known = lay_out(plan, _constant(desk, rows_of[customer]))
        values[number] = desk.compute(known, as_of)
    frame = FeatureFrame(names, values, np.array(ids, dtype=object), np.full(len(ids), as_of))
    frame = looked_up(desk.judge, frame)
    encodings = desk.judge.encodings
    if not encodings:
        return frame
    held = desk.held.get("customers", frozenset())
    encoded = encode_rows([newest[customer] for customer in ids], encodings, held)
    return replace(
        frame,
        names=(*frame.names, *(name for each in encodings for name in each.names)),
        values=np.concatenate([frame.values, encoded], axis=1),
    )


def _constant(desk: Desk, rows: Rows) -> Rows:
    """The rows with amounts in the money that features count in."""
    prices = desk.judge.prices
    if prices.base is None:
        return rows
    return {
        name: [row_in_constant_money(row, contract_table(name), prices) for row in of_table]
        for name, of_table in rows.items()
    }


def _consents(desk: Desk, newest: Sequence[Row]) -> dict[str, NDArray[np.int8]]:
    """Consent codes by channel [n], of the channels that the source or anybody's row records."""
    recorded = desk.held.get("customers", frozenset()).union(*newest)
    codes = {None: UNKNOWN, True: YES, False: NO}
    return {
        channel: np.array([codes[row.get(f"may_contact_{channel}")] for row in newest], np.int8)
        for channel in CHANNELS
        if f"may_contact_{channel}" in recorded
    }


def _outcome(rows: Rows) -> Row:
    return next(iter(rows.get("outcomes", ())), {})


def _gone(desk: Desk, outcomes: Sequence[Row]) -> NDArray[np.bool_] | None:
    if "gone" not in desk.held.get("outcomes", ()):
        return None
    return np.array([row.get("gone") is True for row in outcomes], np.bool_)


def _told(desk: Desk, rows: Sequence[Rows]) -> dict[str, Told]:
    return {
        name: RowsTold(contract_table(name), [each.get(name, ()) for each in rows])
        for name in READS
        if name in desk.held or any(name in each for each in rows)
    }
