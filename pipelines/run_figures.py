"""What a release has to tell a tracking server: settings, figures and plots, without knowing any server."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.contract.storage import read_json
from models.domain.instants import to_micros
from models.release import Manifest
from pipelines.plot_data import CONTRIBUTIONS
from pipelines.report import charts
from pipelines.report.swarm import swarm

MILLISECOND = 1_000
PLOTS = "metrics"
CALIBRATION = "calibration.csv"
SWARM = Path("churn") / CONTRIBUTIONS

# Where each model's settings and figures stand in a release. What is set of effects no release says.
SOURCES: Mapping[str, tuple[str | None, str]] = {
    "churn": ("churn/recipe.json", "metrics/churn.json"),
    "lifetime_value": ("lifetime_value/recipe.json", "metrics/lifetime_value.json"),
    "uplift": (None, "metrics/uplift.json"),
}


@dataclass(frozen=True)
class Figure:
    """One number. at: milliseconds, the instant it speaks for. step: the number of its backtest, or 0."""

    name: str
    value: float
    at: int
    step: int = 0


@dataclass(frozen=True)
class Figures:
    """What is told of one model: words and settings as params, numbers with their intervals as metrics.

    backtests: the figures of each cut in the order of cuts, under one name, so that they draw a line.
    """

    params: Mapping[str, str]
    metrics: tuple[Figure, ...]
    backtests: tuple[Figure, ...] = ()


def model_figures(release: Path, manifest: Manifest, name: str) -> Figures:
    """What is known of one of the models in `SOURCES`."""
    settings, figures = SOURCES[name]
    told = read_json(release / figures)
    cuts = told.pop("cuts", {})
    found = dict(flat(told))
    words = {key: value for key, value in found.items() if not is_number(value)}
    words |= flat(read_json(release / settings)) if settings else ()
    at = manifest.as_of // MILLISECOND
    return Figures(
        params={key: str(value) for key, value in words.items()},
        metrics=tuple(Figure(key, value, at) for key, value in found.items() if is_number(value)),
        backtests=tuple(_series(cuts, at)),
    )


def release_params(manifest: Manifest, inputs: Mapping[str, str]) -> dict[str, str]:
    """What a release is made of: what the manifest says, and the SHA-256 of its files and its inputs."""
    said = ("currency", "timezone", "horizon_days", "value_window_days", "window_reason", "response_state")
    return {
        **{name: str(getattr(manifest, name)) for name in (*said, "feature_fingerprint")},
        **{f"file/{name}": digest for name, digest in manifest.files.items()},
        **{f"input/{name}": digest for name, digest in inputs.items()},
    }


def plots(release: Path) -> dict[str, str]:
    """Plots by file name: the data as CSV; calibration and what features did (SHAP) drawn."""
    found = {path.name: path.read_text() for path in sorted((release / PLOTS).glob("*.csv"))}
    if CALIBRATION in found:
        rows = list(csv.DictReader(found[CALIBRATION].splitlines()))
        predicted, observed = ([float(row[name]) for row in rows] for name in ("predicted", "observed"))
        found["calibration.svg"] = charts.calibration(predicted, observed, "Who left, by what was predicted")
    if (release / SWARM).exists():  # not in releases before there was one
        found[CONTRIBUTIONS] = (release / SWARM).read_text()
        found["contributions.svg"] = swarm(list(csv.DictReader(found[CONTRIBUTIONS].splitlines())))
    return found


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested mappings as dotted keys, lists whole; nothing for None and lists of mappings."""
    for key, value in sorted(values.items()):
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif value is not None and not (isinstance(value, list) and value and isinstance(value[0], Mapping)):
            yield f"{prefix}{key}", value


def is_number(value: Any) -> bool:
    """Whether a value can be a metric."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _series(cuts: Mapping[str, Any], as_of: int) -> Iterator[Figure]:
    """The numbers of each cut; ISO instants in UTC sort as time does, and folds are all of `as_of`."""
    for step, (cut, values) in enumerate(sorted(cuts.items())):
        at = to_micros(datetime.fromisoformat(cut)) // MILLISECOND if cut[0].isdigit() else as_of
        for key, value in flat(values, "cuts."):
            if is_number(value):
                yield Figure(key, value, at, step)
