"""Facts that an export puts before the moment at which anybody could have known them.

An export shows how things ended. Where its columns are dated by how they began (a rating by the opening of
the complaint, an end by the start of the contract), a model trained on the past is told the future. One row
proves nothing, so a share of many rows must; a finding is named, and a person decides.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.attributes import PREFIX
from models.contract.columns import Table
from models.contract.fates import ACCEPTED, Fates
from models.contract.tables import table as declaration
from models.contract.todays_attributes import ENOUGH_CUSTOMERS, attributes_of_today, too_few_to_check
from models.contract.validation import MAY_LIE_AHEAD, known_instants
from models.domain.errors import Leakage
from models.domain.instants import DAY, MINUTE

# A desk that closes a ticket as it opens it takes some seconds for both.
AT_ONCE = MINUTE
ENOUGH_ROWS = 30
SUSPECT_SHARE = 0.5
# Dates without a time put all that happens on one day at one instant: an answer on the same day is no leak.
ENOUGH_ROWS_BY_DAY = 100
SUSPECT_SHARE_BY_DAY = 0.98
_TIMES_OF_WHOLE_DAYS = 4  # midnights in a few offsets from UTC
_MOMENT = ["customer_id", "at"]


@dataclass(frozen=True)
class Finding:
    """A column that knows too early: its name (`table.column`), what is wrong in numbers, and what to do."""

    column: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class _Ending:
    """A value that only the end of something tells, and what began it."""

    table: str
    column: str
    fact: str
    beginning: str
    remedy: str


_RESOLUTION = "Map resolved_at (and resolved_known_at) to the moment of the resolution"
_ENDINGS = (
    _Ending(
        "complaints", "satisfaction", "resolved_at", "opened_at",
        f"{_RESOLUTION}; a rating is known from then on. Without such a moment leave satisfaction out",
    ),
    _Ending(
        "complaints", "resolved_at", "resolved_at", "opened_at", f"{_RESOLUTION}, or leave resolved_at out"
    ),
    _Ending(
        "offers", "redeemed_at", "redeemed_at", "assigned_at",
        "Map redeemed_at to the moment of use, or leave it out",
    ),
    _Ending(
        "contracts", "ended_at", "ended_at", "started_at",
        "Map ended_known_at to the moment of the notice, or leave it out: an end is then known when it comes",
    ),
)  # fmt: skip


def find_leaks(
    tables: Mapping[str, pa.Table], static_attributes: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Everything suspicious in tables of the contract (accepted rows), in order of detector and column.

    static_attributes: names of attributes of customers that never change.
    """
    endings = [_dated_at_the_beginning(tables, ending) for ending in _ENDINGS]
    found = [finding for finding in (*endings, _rated_at_opening(tables)) if finding is not None]
    if "customers" in tables and "orders" in tables:
        for column, problem in attributes_of_today(tables["customers"], tables["orders"], static_attributes):
            found.append(Finding(f"customers.{column}", problem, _attribute_remedy(column)))
    return tuple(found)


def unchecked(tables: Mapping[str, pa.Table], static_attributes: Collection[str] = ()) -> tuple[str, ...]:
    """Notes on attributes of customers of whom there are too few to tell whether it is today's."""
    if "customers" not in tables or "orders" not in tables:
        return ()
    return tuple(
        f"customers.{column}: fewer than {ENOUGH_CUSTOMERS} customers have a value, too few to check whether "
        "it is today's on rows of long ago"
        for column in too_few_to_check(tables["customers"], static_attributes)
    )


def known_too_early(rows: pa.Table, declared: Table, fates: Fates) -> tuple[Finding, ...]:
    """Known-at columns that lie before their fact in most rows; `fates` [n] as the reader left them.

    Such rows are refused one by one. Where most are, the mapping is wrong, and that says more.
    """
    considered = rows.filter(pa.array(fates == ACCEPTED))
    found = []
    for fact, known in declared.known_at:
        if fact == known or (declared.name, fact) in MAY_LIE_AHEAD or not _has(considered, fact, known):
            continue
        both = considered.select([fact, known]).drop_null()
        early = _count(pc.less(both[known], both[fact]))
        if both.num_rows >= ENOUGH_ROWS and early >= SUSPECT_SHARE * both.num_rows:
            problem = f"lies before {fact} itself in {early:,} of {both.num_rows:,} rows"
            remedy = f"Map {known} to the moment at which {fact} was noted, or leave it out"
            found.append(Finding(f"{declared.name}.{known}", problem, remedy))
    return tuple(found)


def stop_for_leaks(findings: Collection[Finding], accepted: Collection[str], setting: str) -> tuple[str, ...]:
    """Notes on findings that were accepted by name; raises `Leakage`, which names all others."""
    refused = [finding for finding in findings if finding.column not in accepted]
    if refused:
        remedies = ". ".join(f"{one.column}: {one.remedy}" for one in refused)
        raise Leakage(
            "the source tells things before they could be known",
            given="; ".join(f"{one.column} {one.problem}" for one in refused),
            remedy=f"{remedies}. If it is right as it stands, list the column in {setting}.",
        )
    return tuple(f"accepted in {setting}: {finding.column} {finding.problem}" for finding in findings)


def _dated_at_the_beginning(tables: Mapping[str, pa.Table], ending: _Ending) -> Finding | None:
    rows = tables.get(ending.table)
    if rows is None or not _has(rows, ending.column, ending.fact):
        return None
    known = known_instants(rows, declaration(ending.table), ending.fact)
    began = rows[ending.beginning]
    counts = pc.and_(rows[ending.column].is_valid(), known.is_valid())
    waited = pc.subtract(known.cast(pa.int64()), began.cast(pa.int64()))
    at_once = _count(pc.and_(counts, pc.less_equal(waited, AT_ONCE)))
    total = _count(counts)
    if not _suspicious(at_once, total, began):
        return None
    problem = f"is known at {ending.beginning} already in {at_once:,} of {total:,} rows"
    return Finding(f"{ending.table}.{ending.column}", problem, ending.remedy)


def _rated_at_opening(tables: Mapping[str, pa.Table]) -> Finding | None:
    """Survey answers that stand at the very moment at which the same customer opened a complaint."""
    if "surveys" not in tables or "complaints" not in tables:
        return None
    answers, complaints = tables["surveys"], tables["complaints"]
    at = known_instants(answers, declaration("surveys"), "answered_at")
    answered = pa.table([answers["customer_id"], at], names=_MOMENT)
    opened = pa.table([complaints["customer_id"], complaints["opened_at"]], names=_MOMENT)
    at_once = answered.join(opened, keys=_MOMENT, join_type="left semi", use_threads=False).num_rows
    if not _suspicious(at_once, answered.num_rows, at):
        return None
    problem = (
        f"is a moment at which the same customer complained in {at_once:,} of {answered.num_rows:,} rows"
    )
    return Finding("surveys.answered_at", problem, "Map answered_at to the moment of the answer")


def _suspicious(rows: int, of: int, moments: pa.ChunkedArray) -> bool:
    if _whole_days(moments):
        return of >= ENOUGH_ROWS_BY_DAY and rows >= SUSPECT_SHARE_BY_DAY * of
    return of >= ENOUGH_ROWS and rows >= SUSPECT_SHARE * of


def _whole_days(moments: pa.ChunkedArray) -> bool:
    """Whether instants come from dates without a time: all at one time of day, clock changes aside."""
    times = np.unique(moments.drop_null().cast(pa.int64()).to_numpy() % DAY)
    return len(times) <= _TIMES_OF_WHOLE_DAYS


def _attribute_remedy(column: str) -> str:
    name = column.removeprefix(PREFIX)
    return (
        f"Bring its versions, each with the known_at from which it held, or set known_at to the day of the "
        f"export; if it never changes, list {name} in source.static_attributes"
    )


def _has(rows: pa.Table, *names: str) -> bool:
    return all(name in rows.column_names for name in names)


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)
