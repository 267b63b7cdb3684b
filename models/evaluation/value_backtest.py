"""Rolling-origin backtests of lifetime value over the validated window."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.domain.errors import ContractViolation
from models.domain.instants import EPOCH, local_date
from models.evaluation.churn_backtest import BacktestPurpose
from models.evaluation.schedule import Schedule, check_embargo
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import ValueEstimate, floored
from models.learned.rows import LabelledRows, require_closed
from models.learned.settings import ValueSettings
from models.learned.told_alike import RhythmOfDay, told_alike
from models.learned.training.bounds import ClosedBacktest, fit_bound
from models.learned.training.lifetime_value import fit_value

Track = Callable[[Iterable[int], str], Iterable[int]]


@dataclass(frozen=True)
class ValueBacktest:
    """Predictions at one cut (microseconds) for n customers, and their margin over W in minor units [n]."""

    cut: int
    customer_id: NDArray[np.object_]
    estimate: ValueEstimate
    actual: NDArray[np.float64]


def backtest_value(
    rows: LabelledRows,
    schedule: Schedule,
    p_at_cut: Mapping[int, NDArray[np.float64]],
    *,
    settings: ValueSettings,
    rhythms: Sequence[RhythmOfDay],
    zone: str,
    track: Track,
) -> tuple[ValueBacktest, ...]:
    """One backtest per value cut, oldest first. `p_at_cut`: churn probabilities of the rows at each cut.

    `rhythms`: a cut's training rows are told by the newest of its time. Raises `Leakage` when an embargo is
    broken.
    """
    for cut in schedule.value_cuts:
        check_embargo(schedule.value_training[cut], schedule.window_days, cut, zone)
    return tuple(
        _run(
            cut,
            told_alike(rows.at(schedule.value_training[cut]), rhythms, cut),
            rows.at((cut,)),
            p_at_cut[cut],
            settings,
        )
        for cut in track(schedule.value_cuts, "value backtests")
    )


def probabilities_at(
    churn_backtest: pa.Table, rows: LabelledRows, cuts: Sequence[int]
) -> dict[int, NDArray[np.float64]]:
    """The p that a churn model of that time gave the customers of each cut.

    Raises `ContractViolation` when the churn backtest judged other customers.
    """
    chosen = churn_backtest.filter(pc.equal(churn_backtest["purpose"], BacktestPurpose.VALUE.value))
    instants = pc.cast(chosen["cut"], pa.int64()).to_numpy()
    customer_id, p = chosen["customer_id"].to_numpy(), chosen["p_model"].to_numpy()
    found = {cut: p[instants == cut] for cut in cuts}
    for cut in cuts:
        if not np.array_equal(customer_id[instants == cut], rows.at((cut,)).frame.customer_id):
            raise ContractViolation(
                "the churn backtest does not hold the customers of a value cut",
                given=cut,
                remedy="Run train_churn again on the same features.",
            )
    return found


def bound_of(backtests: Sequence[ValueBacktest], schedule: Schedule, zone: str) -> LowerBound:
    """k_lo for the scoring snapshot; 0, with the reason, where no window is validated."""
    if not schedule.validated:
        return LowerBound(0.0, schedule.window_reason)
    closed = [ClosedBacktest(_day(one.cut, zone), one.estimate.lifetime, one.actual) for one in backtests]
    return fit_bound(closed, _day(schedule.scoring, zone))


def as_table(backtests: Sequence[ValueBacktest]) -> pa.Table:
    """All backtests as rows: customer × cut, in order of cut and customer."""
    schema = pa.schema(
        [
            ("customer_id", pa.string()),
            ("cut", pa.timestamp("us", tz="UTC")),
            *((name, pa.int64()) for name in _MONEY),
        ]
    )
    return pa.concat_tables([schema.empty_table(), *(_table(one, schema) for one in backtests)])


_MONEY = ("predicted_minor", "predicted_retained_minor", "predicted_lost_minor", "actual_minor")


def _run(
    cut: int,
    training: LabelledRows,
    judged: LabelledRows,
    p: NDArray[np.float64],
    settings: ValueSettings,
) -> ValueBacktest:
    require_closed(judged.margin, "judging lifetime value")
    estimate = fit_value(training, settings).estimate(judged.frame, p)
    return ValueBacktest(cut, judged.frame.customer_id, estimate, judged.margin)


def _day(instant: int, zone: str) -> int:
    return (local_date(instant, zone) - EPOCH.date()).days


def _table(one: ValueBacktest, schema: pa.Schema) -> pa.Table:
    money = (one.estimate.lifetime, one.estimate.retained, one.estimate.lost, one.actual)
    arrays = [
        pa.array(one.customer_id, type=pa.string()),
        pa.array(np.full(len(one.customer_id), one.cut), type=pa.timestamp("us", tz="UTC")),
        *(pa.array(floored(amounts)) for amounts in money),
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
