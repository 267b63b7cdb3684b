"""What 40 % inflation a year does to predicted value, with a price index and without.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/inflation.py

For each seed three worlds with the same customers, orders and times: stable prices, inflation with the
published index, inflation without it. Each goes through the stages of the pipeline at the default settings.
Reported: predicted ÷ actual value over W of all closed backtests together, and the lifetime value that the
list tells in today's money beside the stable world's times the rise of prices. The result goes to
benchmarks/results/inflation.md.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow.compute as pc
import yaml

from models.contract.storage import read_table
from pipelines.workspace import environment

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "inflation.md"
SEEDS = tuple(int(seed) for seed in os.environ.get("SEEDS", "3 7 11").split())
CUSTOMERS = int(os.environ.get("CUSTOMERS", "3000"))
INFLATION, YEARS = 0.4, 4
LEARNING = (
    "build_features", "build_labels", "train_churn", "train_lifetime_value", "train_uplift", "evaluate",
    "publish",
)  # fmt: skip
PAGE = """\
# What {inflation:.0%} inflation a year does to predicted value

Command: `make bench`, or `PYTHONPATH=. .venv/bin/python benchmarks/inflation.py`.
Machine: {machine}; Python {python}; {versions}.
Worlds: {customers:,} customers, {years} years, default settings. Customers, orders and times are the same in
all three worlds of a seed. The index is monthly, to two decimals, published 16 to 25 days after the month.

Bias is predicted ÷ actual value over W, all closed backtests of a world together. *Worst cut*: the greatest
difference at one backtest, with the index. *Told*: lifetime value of all customers as the list tells it with
the index, over that of the stable world times the rise of prices (1 is right).

| seed | bias, stable | with index | without | moved with | moved without | worst cut | told |
|---|---|---|---|---|---|---|---|
{rows}

With the index inflation moves the bias by {moved} (wanted: at most .05 either way), without it by {unmended}.
"""


@dataclass(frozen=True)
class Outcome:
    """Predicted ÷ actual, all backtests and each of them; and all lifetime value told, in minor units."""

    bias: float
    by_cut: tuple[float, ...]
    told_minor: int


def live(folder: Path, seed: int, inflation: float, *, with_index: bool = True) -> Outcome:
    """One world through the pipeline, in a folder of its own."""
    folder.mkdir()
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["simulator"] |= {
        "customers": CUSTOMERS,
        "years": YEARS,
        "seed": seed,
        "inflation_per_year": inflation,
    }
    (folder / "params.yaml").write_text(yaml.safe_dump(settings))
    stage(folder, "ingest")
    if not with_index:
        (folder / "data/tables/price_index.parquet").unlink()
    for name in LEARNING:
        stage(folder, name)
    # Nothing to compare with, so nothing for the gate to decide.
    shutil.copytree(folder / "data/release", folder / "data/live")
    stage(folder, "score")
    value = json.loads((folder / "data/metrics/lifetime_value.json").read_text())
    told = pc.sum(read_table(folder / "data/scores/scores.parquet")["lifetime_value_minor"]).as_py()
    return Outcome(value["pooled"]["bias"], tuple(cut["bias"] for cut in value["cuts"].values()), told)


def stage(folder: Path, name: str) -> None:
    """Run one stage there, with the code here."""
    where = {**environment(os.environ), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"pipelines.{name}"]
    subprocess.run(command, cwd=folder, env=where, check=True, capture_output=True)


def measure(seed: int) -> tuple[Outcome, Outcome, Outcome]:
    """Stable prices, inflation with the index, inflation without."""
    with tempfile.TemporaryDirectory() as place:
        return (
            live(Path(place) / "stable", seed, 0.0),
            live(Path(place) / "index", seed, INFLATION),
            live(Path(place) / "none", seed, INFLATION, with_index=False),
        )


def row(seed: int, found: Sequence[Outcome]) -> str:
    """One line of the table."""
    stable, index, none = found
    worst = max(abs(a - b) for a, b in zip(stable.by_cut, index.by_cut, strict=True))
    rise = (1 + INFLATION) ** YEARS
    biases = [f"{one.bias:.4f}" for one in found]
    moved = [f"{one.bias - stable.bias:+.4f}" for one in (index, none)]
    told = index.told_minor / (stable.told_minor * rise)
    return f"| {' | '.join([str(seed), *biases, *moved, f'{worst:.4f}', f'{told:.3f}'])} |"


def page(found: dict[int, tuple[Outcome, Outcome, Outcome]]) -> str:
    """The result as Markdown, with machine, versions, command and spread."""
    packages = ("lightgbm", "numba", "numpy", "pyarrow")
    return PAGE.format(
        inflation=INFLATION,
        machine=f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        python=platform.python_version(),
        versions=", ".join(f"{name} {version(name)}" for name in packages),
        customers=CUSTOMERS,
        years=YEARS,
        rows="\n".join(row(seed, outcomes) for seed, outcomes in found.items()),
        moved=spread([index.bias - stable.bias for stable, index, _ in found.values()]),
        unmended=spread([none.bias - stable.bias for stable, _, none in found.values()]),
    )


def spread(differences: Sequence[float]) -> str:
    """The least and the most."""
    return f"{min(differences):+.4f} to {max(differences):+.4f}"


def main() -> None:
    """Live through the worlds, print the table and keep it."""
    found = {}
    for seed in SEEDS:
        found[seed] = measure(seed)
        print(row(seed, found[seed]), flush=True)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(page(found))
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
