"""Stage: how good is it? Metrics and plots from the backtests; no model is loaded."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.storage import read_json, read_table, write_json
from models.evaluation.churn_report import MODEL, JudgedChurn, calibration_points, churn_report, gain_points
from models.evaluation.value_report import JudgedValue, decile_points, value_report
from pipelines import paths
from pipelines.stage import run

COLUMNS = {
    MODEL: "p_model",
    "logistic_rfm": "p_logistic",
    "default_lightgbm": "p_default_lightgbm",
}


def main() -> None:
    """Write data/metrics/{churn,lifetime_value}.json and data/plots/*.csv."""
    churn = read_churn(read_table(paths.FITTED_CHURN / "backtest.parquet"))
    value = read_value(read_table(paths.FITTED_LIFETIME_VALUE / "backtest.parquet"))
    bounds = read_json(paths.FITTED_LIFETIME_VALUE / "bounds.json")
    recipe = read_json(paths.FITTED_LIFETIME_VALUE / "recipe.json")
    churn_metrics = churn_report(churn)
    window = {key: recipe[key] for key in ("window_days", "window_reason")}
    value_metrics = {**value_report(value), **window, "bound": bounds}
    write_json(churn_metrics, paths.METRICS / "churn.json")
    write_json(value_metrics, paths.METRICS / "lifetime_value.json")
    final = churn.at(int(churn.cut.max()))
    write_csv(
        calibration_points(final),
        paths.PLOTS / "calibration.csv",
        ("predicted", "observed", "customers"),
    )
    write_csv(gain_points(final), paths.PLOTS / "gains.csv", ("model", "customers_share", "leavers_share"))
    write_csv(
        decile_points(value), paths.PLOTS / "value_deciles.csv", ("decile", "predicted_minor", "actual_minor")
    )
    print_found(churn_metrics["final_cut"], value_metrics["pooled"])


def read_churn(backtest: pa.Table) -> JudgedChurn:
    """The churn backtests; a peer with a missing prediction anywhere is left out."""
    rows = backtest.filter(pc.equal(backtest["purpose"], "churn"))
    present = {name: column for name, column in COLUMNS.items() if rows[column].null_count == 0}
    return JudgedChurn(
        customer=rows["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64),
        cut=pc.cast(rows["cut"], pa.int64()).to_numpy(),
        churned=pc.cast(rows["churned"], pa.float64()).to_numpy(),
        p={name: rows[column].to_numpy() for name, column in present.items()},
    )


def read_value(backtest: pa.Table) -> JudgedValue:
    """The value backtests; none at all gives arrays of length 0."""
    return JudgedValue(
        cut=pc.cast(backtest["cut"], pa.int64()).to_numpy(),
        predicted=pc.cast(backtest["predicted_minor"], pa.float64()).to_numpy(),
        actual=pc.cast(backtest["actual_minor"], pa.float64()).to_numpy(),
    )


def write_csv(rows: Sequence[Mapping[str, Any]], path: Path, columns: tuple[str, ...]) -> None:
    """Write a plot's rows; the heading stands even when there are none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def print_found(churn: Mapping[str, Any], value: Mapping[str, Any] | None) -> None:
    """Say how good it is, in two lines."""
    ours, logistic = churn["model"], churn["logistic_rfm"]
    print(
        f"churn at the final cut: log-loss {ours['log_loss']:.4f} (logistic RFM {logistic['log_loss']:.4f}), "
        f"AUC {ours['auc'] or 0:.4f}, ECE {ours['ece']:.4f} (noise up to {ours['ece_noise_q95']:.4f})"
    )
    if value is None:
        print("value: no backtest has closed")
    else:
        print(f"value: predicted ÷ actual {value['bias']}, normalised Gini {value['normalised_gini']}")


if __name__ == "__main__":
    run(main)
