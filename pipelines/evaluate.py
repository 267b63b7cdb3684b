"""Stage: how good is it? Metrics and plots from the backtests; no model is loaded."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.storage import read_json, read_table, write_json
from models.domain.instants import DAY, iso
from models.domain.settings import settings_from
from models.evaluation.bound_report import bound_backtests
from models.evaluation.churn_report import (
    MODEL,
    JudgedChurn,
    calibration_points,
    churn_report,
    final_part,
    gain_points,
    logistic_name,
)
from models.evaluation.folds import fold_name
from models.evaluation.segments import failing, segment_report
from models.evaluation.stage_moves import StagesAt, stage_moves
from models.evaluation.value_report import JudgedValue, decile_points, value_report
from models.learned.training.bounds import ClosedBacktest
from models.policy.lifecycle_settings import LifecycleSettings
from pipelines import paths
from pipelines.backtest_segments import segments_at, stages_at
from pipelines.params import raw_section
from pipelines.plot_data import write_csv
from pipelines.stage import run

COLUMNS = {
    MODEL: "p_model",
    "logistic_rfm": "p_logistic",
    "pareto_nbd": "p_pareto_nbd",
    "default_lightgbm": "p_default_lightgbm",
}
FOLD = "fold"
NAMED = 3
# How the models were judged, where that is not over time, or why they could not be judged at all.
TOLD = ("validated", "unjudged")


def main() -> None:
    """Write data/metrics/{churn,lifetime_value,segments,stages}.json and data/plots/*.csv."""
    churn = read_churn(read_table(paths.FITTED_CHURN / "backtest.parquet"))
    value = read_value(read_table(paths.FITTED_LIFETIME_VALUE / "backtest.parquet"))
    bounds = read_json(paths.FITTED_LIFETIME_VALUE / "bounds.json")
    recipe = read_json(paths.FITTED_LIFETIME_VALUE / "recipe.json")
    fitted = read_json(paths.FITTED_CHURN / "recipe.json")
    validated = fitted.get("validated")
    name = iso if validated is None else fold_name
    churn_metrics = churn_report(churn, name) | {key: fitted[key] for key in TOLD if key in fitted}
    window = {key: recipe[key] for key in ("window_days", "window_reason", "money") if key in recipe}
    held = {} if validated else {"backtests": bound_backtests(closed_values(value), recipe["window_days"])}
    value_metrics = {**value_report(value, name), **window, "bound": {**bounds, **held}}
    write_json(churn_metrics, paths.METRICS / "churn.json")
    segments = read_segments()
    write_json(segments, paths.METRICS / "segments.json")
    write_json(read_moves(), paths.METRICS / "stages.json")
    write_json(value_metrics, paths.METRICS / "lifetime_value.json")
    final = churn.at(int(churn.cut.max(initial=0)))
    write_csv(
        calibration_points(final),
        paths.PLOTS / "calibration.csv",
        ("predicted", "observed", "customers"),
    )
    write_csv(gain_points(final), paths.PLOTS / "gains.csv", ("model", "customers_share", "leavers_share"))
    write_csv(
        decile_points(value), paths.PLOTS / "value_deciles.csv", ("decile", "predicted_minor", "actual_minor")
    )
    print_found(churn_metrics, value_metrics["pooled"])
    for words in failing(segments)[:NAMED]:
        print(f"the model fails for {words}")


def read_churn(backtest: pa.Table) -> JudgedChurn:
    """The churn backtests, by cut or by fold; a peer with a missing prediction anywhere is left out."""
    rows = (
        backtest if FOLD in backtest.column_names else backtest.filter(pc.equal(backtest["purpose"], "churn"))
    )
    held = {name: column for name, column in COLUMNS.items() if column in rows.column_names}
    present = {name: column for name, column in held.items() if rows[column].null_count == 0}
    return JudgedChurn(
        customer=rows["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64),
        cut=_cuts(rows),
        churned=pc.cast(rows["churned"], pa.float64()).to_numpy(),
        p={name: rows[column].to_numpy() for name, column in present.items()},
    )


def read_segments() -> dict[str, Any]:
    """Figures by segment at the final cut; none where customers were held out instead of time."""
    rows = read_table(paths.FITTED_CHURN / "backtest.parquet")
    if FOLD in rows.column_names:
        return {}
    rows = rows.filter(pc.equal(rows["purpose"], "churn"))
    if not rows.num_rows:
        return {}
    cut = int(_cuts(rows).max())
    final = rows.filter(pa.array(_cuts(rows) == cut))
    p, churned = (pc.cast(final[name], pa.float64()).to_numpy() for name in ("p_model", "churned"))
    ids = final["customer_id"].to_numpy().astype(object)
    return segment_report(p, churned, segments_at(cut, ids, p, read_lifecycle()))


def read_moves() -> dict[str, Any]:
    """How customers moved between stages from each cut to the next; none where there are no two cuts."""
    rows = read_table(paths.FITTED_CHURN / "backtest.parquet")
    if FOLD in rows.column_names:
        return {}
    rows = rows.filter(pc.equal(rows["purpose"], "churn"))
    at, settings = _cuts(rows), read_lifecycle()
    cuts = np.unique(at).tolist()
    if len(cuts) < 2:
        return {}
    ids = np.array(rows["customer_id"].to_pylist(), dtype=object)
    p = pc.cast(rows["p_model"], pa.float64()).to_numpy()
    moments = [
        StagesAt(ids[at == cut], stages_at(cut, ids[at == cut], p[at == cut], settings)) for cut in cuts
    ]
    return {"cuts": [iso(cut) for cut in cuts], "moves": stage_moves(moments)}


def read_lifecycle() -> LifecycleSettings:
    """Only these settings: a price changed in the policy must not judge the models anew."""
    return settings_from(LifecycleSettings, raw_section("policy")["lifecycle"], where="policy.lifecycle")


def read_value(backtest: pa.Table) -> JudgedValue:
    """The value backtests; none at all gives arrays of length 0."""
    return JudgedValue(
        cut=_cuts(backtest),
        predicted=pc.cast(backtest["predicted_minor"], pa.float64()).to_numpy(),
        actual=pc.cast(backtest["actual_minor"], pa.float64()).to_numpy(),
    )


def closed_values(value: JudgedValue) -> list[ClosedBacktest]:
    """The value backtests apart, oldest first, by the number of their day."""
    cuts = [int(cut) for cut in np.unique(value.cut)]
    # Cuts are local midnights: to the nearest day, whatever the offset, they lie whole days apart.
    return [
        ClosedBacktest(round(cut / DAY), one.predicted, one.actual) for cut in cuts for one in [value.at(cut)]
    ]


def _cuts(rows: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The instant of each row's cut in microseconds, or its fold where customers were held out [n]."""
    cuts: np.ndarray[tuple[int], np.dtype[np.int64]]
    cuts = pc.cast(rows[FOLD if FOLD in rows.column_names else "cut"], pa.int64()).to_numpy()
    return cuts


def print_found(churn: Mapping[str, Any], value: Mapping[str, Any] | None) -> None:
    """Say how good it is, in two lines."""
    if churn["final_cut"] is None:
        print(f"churn: not judged; {churn['unjudged']}")
    else:
        print(_figures(churn))
    if value is None:
        print("value: no backtest has closed")
    else:
        print(f"value: predicted ÷ actual {value['bias']}, normalised Gini {value['normalised_gini']}")


def _figures(churn: Mapping[str, Any]) -> str:
    ours, logistic = churn["final_cut"]["model"], churn["final_cut"]["logistic_rfm"]
    return (
        f"churn at the {final_part(churn)}: log-loss {ours['log_loss']:.4f} "
        f"({logistic_name(churn)} {logistic['log_loss']:.4f}), "
        f"AUC {ours['auc'] or 0:.4f}, ECE {ours['ece']:.4f} (noise up to {ours['ece_noise_q95']:.4f})"
    )


if __name__ == "__main__":
    run(main)
