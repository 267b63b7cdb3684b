"""What the system estimated beside the truth of its world: `make oracle-report`, after `make`.

No stage of the pipeline: it alone reads data/oracle, and nothing that is learned or decided reads what it
writes (data/oracle_report). Only a simulated world has a truth to read.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from models.contract.absent import MARKER
from models.contract.storage import read_json, read_summary, read_table, write_json
from models.domain.errors import HoldfastError, InvalidSetting, one_of
from models.domain.vocabulary import ModelUsed
from models.evaluation.churn_report import MODEL
from models.evaluation.oracle import Estimates, Truth, discounted, oracle_report
from models.evaluation.schedule import Schedule
from models.features.attributes import encoded, from_json
from models.features.looked_up import PARETO_NBD, SILENCE
from models.learned import churn
from models.learned.calibration import probability
from models.learned.rows import read_frame
from pipelines import paths
from pipelines.customer_facts import customers_at
from pipelines.oracle_profit import coupon_law, profits
from pipelines.params import raw_section
from pipelines.report.oracle import page
from pipelines.stage import run

Floats = NDArray[np.float64]

LOGISTIC, PARETO = "logistic_rfm", PARETO_NBD
GUESSED = (ModelUsed.COLD_START.value, ModelUsed.NONE.value)
# The report beside the pipeline's own: DVC removes what a stage has not written from the stage's outs.
REPORT_JSON = paths.ORACLE_REPORT / "oracle.json"
REPORT_PAGE = paths.ORACLE_REPORT / "oracle.md"


class NoOracle(HoldfastError):
    """There is no truth to compare with, or nothing to compare with it."""


def main() -> None:
    """Write data/oracle_report, and print its table."""
    figures = compare()
    text = page(figures, read_summary(paths.TABLES).currency)
    write_json(figures, REPORT_JSON)
    REPORT_PAGE.write_text(text)
    print(text)


def compare() -> dict[str, Any]:
    """Every figure of the run in this folder. Raises `NoOracle`, or `InvalidSetting` for other windows."""
    scores = judged(scores_of_a_world())
    ids = scores["customer_id"].to_numpy().astype(object)
    margin = margins(ids, _window(scores), raw_section("value")["annual_discount_rate"])
    law = coupon_law(_of(read_table(paths.ORACLE / "coupons.parquet"), ids), margin)
    figures = oracle_report(read_truth(ids, margin), estimates(scores, peers(ids)))
    return {**figures, "plan": profits(scores, law)}


def scores_of_a_world() -> pa.Table:
    """Every customer's scores. Raises `NoOracle` where no truth lies beside them."""
    marker = paths.ORACLE / MARKER
    if marker.exists():
        raise NoOracle(
            "there is no truth to compare estimates with",
            given=read_json(marker)["reason"],
            remedy="Run the simulator: source.kind: simulator in params.yaml, then make.",
        )
    path = paths.SCORES / "scores.parquet"
    if not path.exists() or not paths.ORACLE.exists():
        raise NoOracle("nothing has been scored here yet", remedy="Run `make` first.")
    return read_table(path)


def judged(scores: pa.Table) -> pa.Table:
    """Customers of whom a model spoke: the others have not bought yet, and share one rate."""
    spoken = pc.invert(pc.is_in(scores["model_used"], pa.array(GUESSED)))
    return scores.filter(pc.and_(spoken, pc.is_valid(scores["churn_probability"])))


def margins(ids: NDArray[np.object_], window_days: int, rate: float) -> Callable[[str], Floats]:
    """Gives any margin of the oracle for customers [n] in the order of `ids`, discounted over the window."""
    return margins_of(read_table(paths.ORACLE / "worth.parquet"), ids, window_days, rate)


def margins_of(
    worth: pa.Table, ids: NDArray[np.object_], window_days: int, rate: float
) -> Callable[[str], Floats]:
    """The same from the oracle's table `worth`."""
    spans = _spans(worth)
    _same_windows(spans, window_days)

    def margin(column: str) -> Floats:
        told = [_of(worth.filter(pc.equal(worth["until_days"], until)), ids) for _, until in spans]
        by_span = np.stack([part[column].to_numpy() for part in told], axis=1)
        return discounted(by_span, spans, window_days, rate)

    return margin


def read_truth(ids: NDArray[np.object_], margin: Callable[[str], Floats]) -> Truth:
    """The truth about customers [n] in the order of `ids`."""
    customers = _of(read_table(paths.ORACLE / "customers.parquet"), ids)
    return Truth(
        churn_probability=customers["churn_probability"].to_numpy(),
        churned=customers["churned"].to_numpy().astype(np.float64),
        there=customers["left_at"].is_null().to_numpy(),
        value=margin("margin_minor"),
        if_silent=margin("margin_if_silent_minor"),
        leaving_cost=margin("margin_if_kept_minor"),
    )


def peers(ids: NDArray[np.object_]) -> Mapping[str, Floats]:
    """What plain models say alone, where there are any: logistic RFM inside the live one, and Pareto/NBD [n].

    Pareto/NBD was fitted to times of purchases alone, without labels; where it knows too little of some of
    the customers it says what it says of the others on average.
    """
    model = churn.load(paths.LIVE / "churn")
    as_of = read_summary(paths.TABLES).as_of
    encodings = from_json(read_json(paths.LIVE / "features.json").get("attributes", []))
    frame = read_frame(paths.FEATURES / "features.parquet", [as_of])
    frame = encoded(frame, customers_at(paths.TABLES, as_of), encodings)
    place = np.searchsorted(frame.customer_id, ids)
    told = {} if model.logistic is None else {LOGISTIC: probability(model.logistic.log_odds(frame))[place]}
    if not frame.has(SILENCE):
        return told
    silence = probability(frame.column(SILENCE).astype(np.float64)[place])
    return {**told, PARETO: np.where(np.isnan(silence), np.nanmean(silence), silence)}


def estimates(scores: pa.Table, others: Mapping[str, Floats]) -> Estimates:
    """What scores say, beside what others say of the chance of churn."""

    def column(name: str) -> Floats:
        values: Floats = scores[name].to_numpy().astype(np.float64)
        return values

    return Estimates(
        churn_probability={MODEL: column("churn_probability"), **others},
        lifetime_value=column("lifetime_value_minor"),
        stake=column("value_at_stake_minor"),
        stake_low=column("value_at_stake_low_minor"),
        cap=column("incentive_cap_minor"),
    )


def _of(table: pa.Table, ids: NDArray[np.object_]) -> pa.Table:
    """The rows of some customers, in the order of `ids`."""
    return table.take(
        pc.index_in(pa.array(ids, pa.string()), value_set=table["customer_id"].combine_chunks())
    )


def _spans(worth: pa.Table) -> list[tuple[int, int]]:
    days = worth.select(["after_days", "until_days"]).group_by(["after_days", "until_days"]).aggregate([])
    return sorted(zip(days["after_days"].to_pylist(), days["until_days"].to_pylist(), strict=True))


def _window(scores: pa.Table) -> int:
    """The days over which scores speak of value. Raises `NoOracle` where no model spoke of anybody."""
    if not scores.num_rows:
        raise NoOracle(
            "no model has spoken of anybody yet: there is nothing to compare",
            remedy="Give the world more customers or years (simulator in params.yaml), and run make again.",
        )
    return int(scores["value_window_days"][0].as_py())


def _same_windows(spans: Sequence[tuple[int, int]], window_days: int) -> None:
    """Raise `InvalidSetting` unless scores speak of a horizon and a window that the oracle knows of."""
    horizon = Schedule.from_json(read_json(paths.FEATURES / "schedule.json")).horizon_days
    ends = [until for _, until in spans]
    for setting, asked, known in (
        ("churn.horizon_days", horizon, ends[:1]),
        ("snapshots.windows_days", window_days, ends),
    ):
        if asked not in known:
            raise InvalidSetting(
                f"the oracle knows nothing of the {asked} days of which the scores speak",
                allowed=f"{setting}: {one_of([str(days) for days in known])}",
                given=asked,
                remedy=f"Change {setting} in params.yaml, and run make again.",
            )


if __name__ == "__main__":
    run(main)
