"""What our code costs around LightGBM: CPU time of a fit, parted into what is LightGBM's and what is not.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/training.py
    ROWS=1000000 FEATURES=100 …          to choose the size

A whole fit of churn and one of value, with the trees, leaves and seeds of params.yaml and no cap on rows. The
peer is inside: `lightgbm.train`, the binning of its Dataset and its predictions are timed within the very
same run, so what is left over is ours, whatever else the machine does. The result goes to
benchmarks/results/training.md.
"""

import os
import platform
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from typing import Any
from unittest.mock import patch

import lightgbm as lgb

from benchmarks.commands.spent import ROOT
from benchmarks.prediction_speed.turns import spent_by
from benchmarks.prediction_speed.world import customers, labelled
from models.learned.booster import Booster
from models.learned.settings import ChurnSettings, ValueSettings
from models.learned.training import churn, lifetime_value
from pipelines.params import section

RESULT = ROOT / "benchmarks" / "results" / "training.md"
ROWS = int(os.environ.get("ROWS", "1000000"))
FEATURES = int(os.environ.get("FEATURES", "100"))
BOOSTING, BINNING, LOGISTIC = (
    "boosting, `lightgbm.train`",
    "binning, `Dataset.construct`",
    "logistic regressions",
)
PREDICTING = "predicting every row, so that totals come out"
REST = "all else (amounts, levels, ensembles as text and back)"
PAGE = """\
# Training

Command: `make bench`, `benchmarks/training.py`, one fit each, one thread, CPU seconds.
Machine: {machine}, load {load:.1f} at the end; Python {python}; lightgbm {lightgbm}, numpy {numpy}.
{rows:,} rows × {features} features, every row used; trees, leaves and seeds as in `params.yaml`: churn
{seeds} × {trees} trees of {leaves} leaves, value twice {value_trees} (those who stayed, those who left).
The first three lines are LightGBM's, timed within the same run; what remains is ours.

| | churn, CPU s | ÷ boosting | value, CPU s | ÷ boosting |
|---|---|---|---|---|
{table}

Both fits together: ours {share:.2f} of boosting. Wanted: at most .15.
"""


class Parts:
    """CPU seconds within named functions, while they are watched."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    def watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same function; its time is added to `name`."""

        def timed(*given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return call(*given, **named)
            finally:
                self.spent[name] += time.process_time() - began

        return timed


def parted(fit: Callable[[], object]) -> Counter[str]:
    """CPU seconds of a fit by part."""
    parts = Parts()
    with (
        patch.object(lgb, "train", parts.watched(BOOSTING, lgb.train)),
        patch.object(lgb.Dataset, "construct", parts.watched(BINNING, lgb.Dataset.construct)),
        patch.object(Booster, "raw", parts.watched(PREDICTING, Booster.raw)),
        patch.object(churn, "fit_logistic", parts.watched(LOGISTIC, churn.fit_logistic)),
        patch.object(lifetime_value, "fit_logistic", parts.watched(LOGISTIC, lifetime_value.fit_logistic)),
    ):
        whole = spent_by(fit)
    parts.spent[REST] = whole - parts.spent.total()
    return parts.spent


def main() -> None:
    """Measure, print the page and keep it."""
    of_churn = replace(section(ChurnSettings, "churn"), max_training_rows=100_000_000)
    of_value = replace(section(ValueSettings, "value"), max_training_rows=100_000_000)
    rows = labelled(customers(ROWS, seed=8, features=FEATURES))
    found = (
        parted(lambda: churn.fit_churn(rows, of_churn, seeds=of_churn.seeds)),
        parted(lambda: lifetime_value.fit_value(rows, of_value)),
    )
    page = PAGE.format(
        machine=f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        load=os.getloadavg()[0],
        python=platform.python_version(),
        lightgbm=version("lightgbm"),
        numpy=version("numpy"),
        rows=ROWS,
        features=FEATURES,
        seeds=of_churn.seeds,
        trees=of_churn.booster.trees,
        leaves=of_churn.booster.leaves,
        value_trees=of_value.booster.trees,
        table=table(*found),
        share=sum(map(ours, found)) / sum(spent[BOOSTING] for spent in found),
    )
    RESULT.write_text(page)
    print(page)


def table(*found: Counter[str]) -> str:
    """A line a part, and ours in all."""
    lines = [
        line(name, *((spent[name], spent[BOOSTING]) for spent in found))
        for name in (BOOSTING, BINNING, PREDICTING, LOGISTIC, REST)
    ]
    last = line("**ours: the last two**", *((ours(spent), spent[BOOSTING]) for spent in found))
    return "\n".join([*lines, last])


def ours(spent: Counter[str]) -> float:
    """CPU seconds outside LightGBM."""
    return spent[LOGISTIC] + spent[REST]


def line(name: str, *figures: tuple[float, float]) -> str:
    """Seconds, and how often boosting's, for each fit."""
    cells = " | ".join(f"{seconds:.1f} | {seconds / boosting:.3f}" for seconds, boosting in figures)
    return f"| {name} | {cells} |"


if __name__ == "__main__":
    main()
