"""Whether a price index may be believed: every row of it, how far it reaches, and how far it rises.

An index with holes bends every amount, so a row that cannot be used stops the run instead of being left out.
"""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fates import Fates, reasons, refused
from models.contract.prices import Prices, prices_of
from models.contract.storage import RowCounts, SourceSummary
from models.domain.errors import BadSource
from models.domain.instants import DAY, iso

# A level older than this says little about an amount: a year and the delay of its publication.
OLDEST_DAYS = 400
# Levels hardly ever fall like this from one period to the next; rates of change do all the time.
MOST_FALL = 1 / 3
NOTICEABLE_FALL = 0.05
FEWEST_FALLS = 3
SHARE_OF_FALLS = 1 / 3
# Beyond a thousandfold rise, amounts in the prices of the first period would lose their digits.
MOST_FOLD = 1_000
FEWEST_PERIODS = 2


def checked_index(rows: pa.Table, fates: Fates, shown: str) -> pa.Table:
    """Rows in contract types and the fates of reading them, as an index with known-at, each row once.

    A value without a known-at became known at the end of its period: where the next one begins, and for the
    last one a longest period after its start. `shown` names the file. Raises `BadSource` for a row that is of
    no use, two values of one publication, fewer than two periods, a thousandfold rise or fall, or values that
    fall like rates of change.
    """
    _require_readable(rows, fates, shown)
    starts = sorted(pc.unique(rows["period_start"]).cast(pa.int64()).to_pylist())
    if len(starts) < FEWEST_PERIODS:
        raise BadSource(
            f"{shown} holds no price index",
            allowed=f"at least {FEWEST_PERIODS} periods",
            given=len(starts),
            remedy="Bring the values of all periods since the first orders.",
        )
    dated = _with_known_at(rows, starts)
    _require_known_after_start(dated, shown)
    index = dated.group_by(["period_start", "index", "known_at"], use_threads=False).aggregate([])
    index = index.select(["period_start", "index", "known_at"])
    index = index.sort_by([("period_start", "ascending"), ("known_at", "ascending"), ("index", "ascending")])
    _require_one_value_each(index, shown)
    _require_digits_kept(index, shown)
    _require_levels(index, shown)
    return index.combine_chunks()


def known_by(index: pa.Table, as_of: int) -> pa.Table:
    """The rows that were published by `as_of` (µs); what an office said later nobody knew."""
    return index.filter(pc.less_equal(index["known_at"].cast(pa.int64()), as_of)).combine_chunks()


def counted(read: int, index: pa.Table, known: pa.Table) -> RowCounts:
    """What became of the rows read: repeats were merged, what was published after as-of is out of scope."""
    later = index.num_rows - known.num_rows
    return RowCounts(
        read=read, accepted=known.num_rows, merged=read - index.num_rows, out_of_scope=later, rejected=0
    )


def reach(known: pa.Table, summary: SourceSummary, shown: str) -> str:
    """A sentence about what the index does, once it covers all amounts of the source.

    Raises `BadSource` where, from the first order to as-of, the level would be more than `OLDEST_DAYS` old.
    """
    if not known.num_rows:
        raise BadSource(
            f"{shown} holds nothing that was known as of {iso(summary.as_of)}",
            allowed="values that were published by then",
            remedy="Bring the values of the years of the orders; leave known_at out if it is not known.",
        )
    prices = prices_of(known, summary.timezone)
    first_order_at = summary.as_of if summary.first_order_at is None else summary.first_order_at
    changes = prices.since.tolist()
    begin = max((at for at in changes if at <= first_order_at), default=first_order_at)
    for before, after in pairwise([begin, *(at for at in changes if at > begin), summary.as_of]):
        if after - before > OLDEST_DAYS * DAY:
            raise BadSource(
                f"{shown} has no value that became known between {iso(before)} and {iso(after)}",
                allowed=f"at most {OLDEST_DAYS} days without one, from the first order on",
                remedy="Bring the missing values. A known_at that only says when the file was downloaded is "
                "better left out: a value then counts as known from the end of its period.",
            )
    return _sentence(prices, first_order_at, summary.as_of)


def _sentence(prices: Prices, first_order_at: int, as_of: int) -> str:
    early = "; order lines before the first known value are taken as they stand"
    return (
        f"amounts are learned from in {prices.money} and told in those of as-of, which are "
        f"{prices.level_at(as_of):.4g} times as high" + (early if first_order_at < prices.since[0] else "")
    )


def _require_readable(rows: pa.Table, fates: Fates, shown: str) -> None:
    unusable = refused(fates)
    if unusable.any():
        at = int(np.flatnonzero(unusable)[0])
        why = str(reasons(fates)[0])
    else:
        values = rows["index"].to_numpy()
        bad = rows["period_start"].is_null().to_numpy() | ~np.isfinite(values) | ~(values > 0)
        if not bad.any():
            return
        at, why = int(np.flatnonzero(bad)[0]), "missing, or not above 0"
    raise BadSource(
        f"row {at + 1} of {shown} cannot be used: {why.replace('_', ' ')}",
        allowed="period_start (a date), index (a number above 0), known_at (a date, or empty)",
        remedy="Mend the file: an index with holes would bend every amount.",
    )


def _with_known_at(rows: pa.Table, starts: list[int]) -> pa.Table:
    longest = max(after - before for before, after in pairwise(starts))
    ends = dict(zip(starts, [*starts[1:], starts[-1] + longest], strict=True))
    kind = rows.schema.field("period_start").type
    of_period = [ends[start] for start in rows["period_start"].cast(pa.int64()).to_pylist()]
    end = pa.chunked_array([pa.array(of_period, pa.int64()).cast(kind)])
    known = pc.coalesce(rows["known_at"], end) if "known_at" in rows.column_names else end
    return pa.table({"period_start": rows["period_start"], "index": rows["index"], "known_at": known})


def _require_known_after_start(index: pa.Table, shown: str) -> None:
    early = pc.less(index["known_at"], index["period_start"]).to_numpy()
    if early.any():
        at = int(np.flatnonzero(early)[0])
        raise BadSource(
            f"row {at + 1} of {shown} says that a value was known before its period began",
            given=str(index["known_at"][at]),
            remedy="Correct known_at, or leave it out: the value then counts as known from its period's end.",
        )


def _require_one_value_each(index: pa.Table, shown: str) -> None:
    keys = list(zip(index["period_start"].to_pylist(), index["known_at"].to_pylist(), strict=True))
    for first, second in pairwise(keys):
        if first == second:
            raise BadSource(
                f"{shown} holds two values of one period that became known at once",
                given=first[0].isoformat(),
                remedy="Remove one of them, or say by known_at which came later.",
            )


def _require_digits_kept(index: pa.Table, shown: str) -> None:
    values = index["index"].to_numpy()
    fold = values / values[0]
    if fold.max() > MOST_FOLD or fold.min() < 1 / MOST_FOLD:
        raise BadSource(
            f"prices in {shown} differ from those of its first period by more than {MOST_FOLD} times, and "
            "amounts in those prices would lose their digits",
            allowed=f"{1 / MOST_FOLD:g} to {MOST_FOLD:,} times",
            given=f"{fold.min():.4g} to {fold.max():.4g} times",
            remedy="Leave out the periods long before the first orders.",
        )


def _require_levels(index: pa.Table, shown: str) -> None:
    """Each period counts with its last published value: a revision is no step from one period to the next."""
    last = dict(zip(index["period_start"].to_pylist(), index["index"].to_pylist(), strict=True))
    values = np.array(list(last.values()))
    falls = 1 - values[1:] / values[:-1]
    noticeable = np.count_nonzero(falls > NOTICEABLE_FALL)
    often = noticeable >= FEWEST_FALLS and noticeable >= SHARE_OF_FALLS * len(falls)
    if often or falls.max() > MOST_FALL:
        at = int(falls.argmax())
        raise BadSource(
            f"prices in {shown} fall as they hardly ever do: this looks like rates of change (inflation per "
            "month or year), or like an index that was put on a new base; the level of prices is needed",
            allowed=f"levels that fall by at most {MOST_FALL:.0%} from one period to the next, and by more "
            f"than {NOTICEABLE_FALL:.0%} in fewer than one step of three",
            given=f"{values[at]:g}, then {values[at + 1]:g}",
            remedy="Bring the index itself, on one base. From monthly rates it is 100 × (1 + rate/100), "
            "multiplied up month by month.",
        )
