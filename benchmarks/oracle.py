"""How far every estimate lies from the truth, over worlds of several seeds.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/oracle.py

Each seed is a world of 20,000 customers that goes through the stages of the pipeline at the default settings,
and then through the oracle report (docs/simulator-oracle.md). Logistic RFM, Pareto/NBD and the truth itself
stand beside the model. Mean and spread over seeds are printed and written to benchmarks/results/oracle.md.
SEEDS="7 8" runs these only, CUSTOMERS=3000 makes the worlds smaller.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.commands.machine import measured_on
from pipelines.workspace import environment

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "oracle.md"
SEEDS = tuple(int(seed) for seed in os.environ.get("SEEDS", "1 2 3 4 5 6 7 8 9 10").split())
CUSTOMERS = int(os.environ.get("CUSTOMERS", "20000"))
LEARNING = (
    "ingest", "build_features", "build_labels", "train_churn", "train_lifetime_value", "train_uplift",
    "evaluate", "publish",
)  # fmt: skip
OF_CHURN = ("bias", "regret", "expected_auc", "log_odds_rmse", "log_loss", "auc")
OF_AMOUNTS = ("bias", "spearman", "decile_mape")
AMOUNTS = ("lifetime_value", "stake", "stake_of_those_still_there", "stake_against_silence")
OF_BOUNDS = ("share_of_truth", "holds", "deciles_held")
BOUNDS = ("stake_low", "stake_low_of_those_still_there")
OF_CAPS = ("customers", "beyond_truth", "holds")
PAGE = """\
# How far the estimates lie from the truth

Command: `make bench`, or `SEEDS="{seeds}" PYTHONPATH=. .venv/bin/python benchmarks/oracle.py`.
Machine: {machine}; Python {python}; {versions}.
Worlds: {customers:,} customers, default settings; seeds {seeds}, {number} of the ten that `make bench` runs.
Mean over these seeds, and the least and the most.
What each figure means: [docs/simulator-oracle.md](../../docs/simulator-oracle.md) and the report itself
(`make oracle-report`). `holds` is the share of the worlds in which it does.

| estimate | figure | mean | least | most |
|---|---|---|---|---|
{rows}
"""


def live(folder: Path, seed: int) -> dict[str, Any]:
    """One world through the pipeline and the report, in a folder of its own: the report's figures."""
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["simulator"] |= {"customers": CUSTOMERS, "seed": seed}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    for name in LEARNING:
        run(folder, name)
    # Nothing to compare with, so nothing for the gate to decide.
    shutil.copytree(folder / "data/release", folder / "data/live")
    for name in ("score", "oracle_report"):
        run(folder, name)
    found: dict[str, Any] = json.loads((folder / "data/oracle_report/oracle.json").read_text())
    return found


def run(folder: Path, name: str) -> None:
    """Run one module there, with the code here."""
    where = {**environment(os.environ), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"pipelines.{name}"]
    subprocess.run(command, cwd=folder, env=where, check=True, capture_output=True)


def figures(found: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """The figures of one world that the table shows, by estimate and name."""
    churn = {
        (f"churn, {name}", figure): said[figure]
        for name, said in found["churn"].items()
        for figure in OF_CHURN
    }
    rest = {
        (name.replace("_", " "), figure): found[name][figure]
        for names, wanted in ((AMOUNTS, OF_AMOUNTS), (BOUNDS, OF_BOUNDS), (("cap",), OF_CAPS))
        for name in names
        for figure in wanted
    }
    return {key: float(value) for key, value in (churn | rest).items()}


def rows(worlds: Sequence[dict[tuple[str, str], float]]) -> list[str]:
    """One line a figure: mean, least and most over the worlds."""
    lines = []
    for estimate, figure in worlds[0]:
        values = [world[estimate, figure] for world in worlds]
        told = [f"{value:.4g}" for value in (statistics.mean(values), min(values), max(values))]
        lines.append(f"| {' | '.join([estimate, figure.replace('_', ' '), *told])} |")
    return lines


def page(worlds: Sequence[dict[tuple[str, str], float]]) -> str:
    """The result as Markdown, with machine, versions and command."""
    packages = ("lightgbm", "numba", "numpy", "pyarrow", "scikit-learn")
    return PAGE.format(
        **measured_on(packages),
        customers=CUSTOMERS,
        number=len(SEEDS),
        seeds=" ".join(str(seed) for seed in SEEDS),
        rows="\n".join(rows(worlds)),
    )


def main() -> None:
    """Live through the worlds, print the table and keep it."""
    worlds = []
    for number, seed in enumerate(SEEDS, start=1):
        with tempfile.TemporaryDirectory() as place:
            worlds.append(figures(live(Path(place), seed)))
        print(f"world {number} of {len(SEEDS)}, seed {seed}", flush=True)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(page(worlds))
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
