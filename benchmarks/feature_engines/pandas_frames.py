"""The same in pandas: customers as codes from the start, rows filtered once a window, one group-by each."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.feature_engines.columns import DAY, HOUR, Columns, name_of, names


def start() -> None:
    """Nothing but imports."""


def compute(folder: Path, columns: Columns, snapshots: list[int], out: Path) -> None:
    """Write the features of a log."""
    orders = pd.read_parquet(folder / "orders.parquet")
    code, ids = pd.factorize(orders["customer_id"], sort=True)
    at, known = _micros(orders["ordered_at"]), _micros(orders["known_at"])
    orders = pd.DataFrame(
        {"code": code, "at": at, "seen": np.maximum(at, known), "amount": orders["amount_minor"]}
    )
    told = pd.read_parquet(folder / "complaints.parquet")
    complaints = pd.DataFrame(
        {
            "code": pd.Index(ids).get_indexer(told["customer_id"]),
            "at": _micros(told["opened_at"]),
            "answered": _micros(told["first_response_at"]),
            "resolved": _micros(told["resolved_at"]),
        }
    )
    complaints = complaints[complaints["code"] >= 0]
    frames = [one(orders, complaints, ids, columns, snapshot) for snapshot in snapshots]
    pd.concat(frames).to_parquet(out, compression="zstd", index=False)


def _micros(column: pd.Series) -> np.ndarray:
    """Microseconds; where there is none, later than everything."""
    micros = column.astype("datetime64[us, UTC]").astype("int64").to_numpy()
    return np.where(column.isna(), np.iinfo(np.int64).max, micros)


def one(
    orders: pd.DataFrame, complaints: pd.DataFrame, ids: pd.Index, columns: Columns, snapshot: int
) -> pd.DataFrame:
    """The features of one snapshot."""
    known = orders[orders["seen"] <= snapshot]
    bought, back = known[known["amount"] > 0], known[known["amount"] < 0]
    found = pd.DataFrame(index=np.unique(bought["code"]))
    times = bought.groupby("code")["at"].agg(["max", "min"])
    found["recency_days"] = (snapshot - times["max"]) / DAY
    found["tenure_days"] = (snapshot - times["min"]) / DAY
    for window in {window for windows in columns.values() for window in windows}:
        _add(
            found, bought, columns, {"purchases": "count", "spend": "sum", "largest": "max"}, window, snapshot
        )
        _add(found, back, columns, {"returns": "count", "returned": "sum"}, window, snapshot)
        if window in columns["mean_amount"]:
            mean = found[name_of("spend", window)] / found[name_of("purchases", window)]
            found[name_of("mean_amount", window)] = mean
        if window in columns["returned"]:
            found[name_of("returned", window)] *= -1
    _add_complaints(found, complaints[complaints["at"] <= snapshot], columns, snapshot)
    told = found[names(columns)].astype("float32")
    told.insert(0, "snapshot", pd.Timestamp(snapshot, unit="us", tz="UTC"))
    told.insert(0, "customer_id", np.asarray(ids)[found.index])
    return told


def _add(  # noqa: PLR0917 -- a line of the table each
    found: pd.DataFrame,
    rows: pd.DataFrame,
    columns: Columns,
    kinds: dict[str, str],
    window: int | None,
    snapshot: int,
) -> None:
    kinds = {kind: how for kind, how in kinds.items() if window in columns[kind]}
    if not kinds:
        return
    within = rows if window is None else rows[rows["at"] > snapshot - window * DAY]
    told = within.groupby("code")["amount"].agg(list(kinds.values())).reindex(found.index)
    for kind, how in kinds.items():
        found[name_of(kind, window)] = told[how] if kind == "largest" else told[how].fillna(0)


def _add_complaints(found: pd.DataFrame, rows: pd.DataFrame, columns: Columns, snapshot: int) -> None:
    for window in columns["complaints"]:
        within = rows if window is None else rows[rows["at"] > snapshot - window * DAY]
        count = within["code"].value_counts(sort=False).reindex(found.index)
        found[name_of("complaints", window)] = count.fillna(0)
    unresolved = rows[rows["resolved"] > snapshot]
    count = unresolved["code"].value_counts(sort=False).reindex(found.index)
    found["complaints_open"] = count.fillna(0)
    found["days_since_complaint"] = ((snapshot - rows.groupby("code")["at"].max()) / DAY).reindex(found.index)
    answered = rows[(rows["answered"] <= snapshot) & (rows["at"] > snapshot - 365 * DAY)]
    took = (answered["answered"] - answered["at"]).groupby(answered["code"]).mean() / HOUR
    found["first_response_hours"] = took.reindex(found.index)
