"""What 40 % inflation a year does to predicted value, with a price index and without.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/inflation.py

For each seed three worlds with the same customers, orders and times: stable prices, inflation with the
published index, inflation without it. Each goes through the stages of the pipeline at the default settings.
Reported: predicted ÷ actual value over W of all closed backtests together, the same of those that had two
years of log behind them, and the lifetime value that the list tells in today's money beside the stable
world's times the rise of prices. The result goes to benchmarks/results/inflation.md.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import yaml

from benchmarks.commands.machine import measured_on
from models.contract.parse_instants import parse_instant
from models.contract.storage import read_table
from models.domain.instants import DAY
from pipelines.workspace import environment

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "inflation.md"
SEEDS = tuple(int(seed) for seed in os.environ.get("SEEDS", "3 7 11").split())
CUSTOMERS = int(os.environ.get("CUSTOMERS", "3000"))
INFLATION, YEARS = 0.4, 4
WANTED_BIAS = (0.95, 1.05)
LONG_LOG_DAYS = 730
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

## Is the bias itself small?

Wanted in the world with inflation and the index: {low} to {high}. *Two years*: the backtests at whose moment
the log was two years long, so that whole years could be learned from and had closed.

| seed | stable, all | stable, two years | with index, all | with index, two years | by backtest, with index |
|---|---|---|---|---|---|
{biases}

Within {low} to {high}, of {worlds} worlds: with the index {within_all} over all backtests and {within_long}
over those with two years of log; with stable prices {stable_all} and {stable_long}. What lies beyond is not
inflation's.
"""


@dataclass(frozen=True)
class Outcome:
    """Predicted ÷ actual, all backtests and each of them; and all lifetime value told, in minor units.

    long_bias: of the backtests at whose moment the log was two years long.
    """

    bias: float
    long_bias: float
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
    began = json.loads((folder / "data/tables/source.json").read_text())["first_order_at"]
    cuts = {parse_instant(at, "UTC", "cut"): cut for at, cut in value["cuts"].items()}
    long = [cut for at, cut in cuts.items() if at - began >= LONG_LOG_DAYS * DAY]
    return Outcome(value["pooled"]["bias"], pooled(long), tuple(cut["bias"] for cut in cuts.values()), told)


def pooled(cuts: Sequence[Mapping[str, float]]) -> float:
    """Predicted ÷ actual of several backtests together."""
    predicted, actual = (sum(cut[f"{name}_total_minor"] for cut in cuts) for name in ("predicted", "actual"))
    return predicted / actual


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


def bias_row(seed: int, found: Sequence[Outcome]) -> str:
    """One line of the table of biases."""
    stable, index, _ = found
    biases = [f"{bias:.3f}" for one in (stable, index) for bias in (one.bias, one.long_bias)]
    by_cut = " ".join(f"{bias:.2f}" for bias in index.by_cut)
    return f"| {' | '.join([str(seed), *biases, by_cut])} |"


def within(biases: Sequence[float]) -> int:
    """How many lie in `WANTED_BIAS`."""
    low, high = WANTED_BIAS
    return sum(low <= bias <= high for bias in biases)


def page(found: dict[int, tuple[Outcome, Outcome, Outcome]]) -> str:
    """The result as Markdown, with machine, versions, command and spread."""
    packages = ("lightgbm", "numba", "numpy", "pyarrow")
    return PAGE.format(
        inflation=INFLATION,
        **measured_on(packages),
        customers=CUSTOMERS,
        years=YEARS,
        rows="\n".join(row(seed, outcomes) for seed, outcomes in found.items()),
        moved=spread([index.bias - stable.bias for stable, index, _ in found.values()]),
        unmended=spread([none.bias - stable.bias for stable, _, none in found.values()]),
        low=WANTED_BIAS[0],
        high=WANTED_BIAS[1],
        biases="\n".join(bias_row(seed, outcomes) for seed, outcomes in found.items()),
        worlds=len(found),
        within_all=within([index.bias for _, index, _ in found.values()]),
        within_long=within([index.long_bias for _, index, _ in found.values()]),
        stable_all=within([stable.bias for stable, _, _ in found.values()]),
        stable_long=within([stable.long_bias for stable, _, _ in found.values()]),
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
