"""Stage: put what was fitted, decided and measured into one release."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from models.contract.absent import MARKER
from models.contract.storage import read_json, read_summary, write_json
from models.domain.settings import plain
from models.evaluation.folds import plan_from_json
from models.features.frame import FeatureFrame
from models.learned.rhythm import RHYTHM_FILE
from models.learned.rows import read_frame
from models.policy.settings import PolicySettings
from models.release import Manifest, assemble, write_manifest
from pipelines import paths
from pipelines.params import section
from pipelines.stage import run


def main() -> None:
    """Write data/release."""
    policy_file = paths.RELEASE.with_name("policy.unfinished.json")
    write_json(plain(section(PolicySettings, "policy")), policy_file)
    parts = {
        "churn": paths.FITTED_CHURN,
        "lifetime_value": paths.FITTED_LIFETIME_VALUE,
        "response": paths.FITTED_UPLIFT,
        "population": paths.FITTED_POPULATION,
        **rhythm_parts(),
        "features.json": paths.FEATURES / "features.json",
        "metrics/churn.json": paths.METRICS / "churn.json",
        "metrics/lifetime_value.json": paths.METRICS / "lifetime_value.json",
        "metrics/segments.json": paths.METRICS / "segments.json",
        "metrics/stages.json": paths.METRICS / "stages.json",
        "metrics/uplift.json": paths.METRICS / "uplift.json",
        "metrics/calibration.csv": paths.PLOTS / "calibration.csv",
        "metrics/gains.csv": paths.PLOTS / "gains.csv",
        "metrics/value_deciles.csv": paths.PLOTS / "value_deciles.csv",
        "policy.json": policy_file,
    }
    files = assemble(paths.RELEASE, parts)
    policy_file.unlink()
    manifest = describe(files)
    write_manifest(paths.RELEASE, manifest)
    print(f"release {manifest.release_id}: {len(files)} files")


def rhythm_parts() -> dict[str, Path]:
    """The models that features are looked up in, or why there are none, by their names in the release."""
    fitted = (paths.FITTED_BTYD / name for name in (RHYTHM_FILE, MARKER))
    return {f"btyd/{path.name}": path for path in fitted if path.exists()}


def describe(files: dict[str, str]) -> Manifest:
    """The manifest of the release from what the stages left."""
    summary = read_summary(paths.TABLES)
    schedule = plan_from_json(read_json(paths.FEATURES / "schedule.json"))
    features = read_json(paths.FEATURES / "features.json")
    scoring = read_frame(paths.FEATURES / "features.parquet", [schedule.scoring])
    return Manifest(
        as_of=summary.as_of,
        currency=summary.currency,
        timezone=summary.timezone,
        horizon_days=schedule.horizon_days,
        value_window_days=schedule.window_days,
        window_reason=schedule.window_reason,
        response_state=read_json(paths.FITTED_UPLIFT / "response.json")["state"],
        mean_order_amount_minor=mean_order(scoring, read_json(paths.FITTED_LIFETIME_VALUE / "recipe.json")),
        feature_fingerprint=features["fingerprint"],
        files=files,
    )


def mean_order(scoring: FeatureFrame, value_recipe: Mapping[str, Any]) -> int:
    """The population's mean order in minor units.

    A table knows no orders: what those brought who brought anything stands in for it. Where it knows no value
    either, nothing is ever spent and the scale is 1.
    """
    if scoring.has("mean_order_amount"):
        return int(np.nanmean(scoring.column("mean_order_amount").astype(np.float64)))
    return max(1, int(value_recipe["mean_value_minor"]))


if __name__ == "__main__":
    run(main)
