"""Scores, values and reasons: ours beside LightGBM's C interface, its Python package and its own SHAP values.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/prediction.py
    ROUNDS=20 CUSTOMERS=1000000 …     to choose how often, and how many customers are predicted for at once

Models have the settings of params.yaml and read every declared feature; one more ensemble is large. Every
row is another, since a row asked about twice is half predicted already. Ours and the peers take turns; CPU
time of this process. The result goes to benchmarks/results/prediction.md.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from benchmarks.commands.spent import ROOT, environment
from benchmarks.prediction_speed.peers import one_by_one
from benchmarks.prediction_speed.turns import in_turn, spent_by
from benchmarks.prediction_speed.world import FAMILY_OF, Shipped, customers, frame_of, large, shipped
from models.features.frame import FeatureFrame
from models.learned.booster import Booster
from models.learned.churn import ChurnModel
from models.learned.explanations import explain, family_parts, reasons

RESULT = ROOT / "benchmarks" / "results" / "prediction.md"
ROUNDS = int(os.environ.get("ROUNDS", "15"))
CUSTOMERS = int(os.environ.get("CUSTOMERS", "1000000"))
ONE_BY_ONE, SOME, EXPLAINED_BY_THEM = 200, 20_000, 1_000
LOADS = {
    "Python alone": "",
    "… with NumPy and pyarrow": "import numpy, pyarrow.parquet, pyarrow.compute",
    "… with both models loaded": (
        "import sys, pathlib; from models.learned import churn, lifetime_value;"
        "folder = pathlib.Path(sys.argv[1]);"
        "churn.load(folder / 'churn'); lifetime_value.load(folder / 'value')"
    ),
    "peer: NumPy and LightGBM's package, the same five ensembles": (
        "import sys, pathlib, numpy, lightgbm;"
        "[lightgbm.Booster(model_file=str(text)) for text in pathlib.Path(sys.argv[1]).rglob('*.txt')]"
    ),
}
# What a parent is told of a child's peak holds its own from before the child began: so the child is asked.
TELL = """
import re, time
print(time.process_time(), re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""
PAGE = """\
# Prediction

Command: `make bench`, {rounds} rounds of `benchmarks/prediction.py`, everything in turn, one thread, CPU
time: median, and least to most of the rounds (what else runs on the cores can double it).
Machine: {machine}, load {load:.1f} at the end; Python {python};
{versions}.
*Shipped*: churn is {boosters} boosters of {trees} trees with {leaves} leaves beside logistic RFM, value two
more, as `params.yaml` has them, over {features} features. *Large*: 500 trees of 47 leaves over 40 features.
Every row is another; a tenth of the values is missing.

## One customer

{one}

Raw scores of one ensemble are the same to the bit in every way. A customer alone, from features in memory:

{alone}

## Many customers

{many}

Contributions differ from LightGBM's by {apart:.0e} at most.

## {customers:,} customers, once

{million}

## Loading

{loading}

Wanted: one prediction at most 1.2 times the C interface (large); score, value and reasons of a customer in
500 µs; a million customers through four boosters in 60 s, their reasons in 25 s a model, within 1e-10 of
LightGBM's; the models loaded in .4 s and 60 MB.
"""


def main() -> None:
    """Measure, print the page and keep it."""
    models, big = shipped(), large()
    some = customers(SOME, seed=6)
    ours = models.churn.boosters[0]
    theirs = lgb.Booster(model_str=ours.text)
    page = PAGE.format(
        rounds=ROUNDS,
        one=table_of_one({"shipped": (theirs, some), "large": (big, some[:, :40].copy())}),
        alone=table_of_alone(models, some[:ONE_BY_ONE]),
        many=table_of_many(ours, theirs, some),
        apart=apart(ours, theirs, some[:EXPLAINED_BY_THEM]),
        customers=CUSTOMERS,
        million=table_of_all(models, customers(CUSTOMERS, seed=7)),
        loading=table_of_loading(models),
        **about(models),
    )
    RESULT.write_text(page)
    print(page)


def table_of_one(ensembles: Mapping[str, tuple[lgb.Booster, NDArray[np.float32]]]) -> str:
    """One row at a time, by every way, after a check that all say the same to the bit."""
    lines = []
    for shape, (trees, values) in ensembles.items():
        calls = one_by_one(trees, values[:ONE_BY_ONE])
        said = {name: np.array(call(), float).ravel().tobytes() for name, (call, _) in calls.items()}
        assert len(set(said.values())) == 1, f"{shape}: not all say the same"
        taken = in_turn(calls, ROUNDS)
        limit = next(iter(taken.values()))
        lines += [(f"{shape}: {name}", one.cells, f"{one.times(limit):.2f}") for name, one in taken.items()]
    return table(("one row", "µs", "rounds", "times the first"), lines)


def table_of_alone(models: Shipped, values: NDArray[np.float32]) -> str:
    """Everything that is said of one customer, each another."""
    frames = [frame_of(values[row : row + 1]) for row in range(len(values))]
    churn, value, half = models.churn, models.value, np.array([0.5])

    def of_all(say: Callable[[int], object]) -> tuple[Callable[[], object], int]:
        return (lambda: [say(number) for number in range(len(frames))]), len(frames)

    def why(number: int, p: NDArray[np.float64] | None = None) -> object:
        return told(churn, frames[number], p)

    def everything(number: int) -> object:
        p = churn.probability(frames[number])
        return value.estimate(frames[number], p), why(number, p)

    calls = {
        "score (`ChurnModel.probability`)": of_all(lambda number: churn.probability(frames[number])),
        "value, given the score (`ValueModel.estimate`)": of_all(
            lambda number: value.estimate(frames[number], half)
        ),
        "top reasons in words, given the score (`reasons`)": of_all(lambda number: why(number, half)),
        "score, value and top reasons": of_all(everything),
    }
    taken = in_turn(calls, ROUNDS)
    return table(("one customer", "µs", "rounds"), [(name, one.cells) for name, one in taken.items()])


def table_of_many(ours: Booster, theirs: lgb.Booster, values: NDArray[np.float32]) -> str:
    """One ensemble of the shipped shape over many rows at once."""
    few = values[:EXPLAINED_BY_THEM]
    calls = {
        "score: ours": (lambda: ours.raw(values), len(values)),
        "score: `lightgbm.Booster.predict`": (
            lambda: theirs.predict(values, raw_score=True, num_threads=1),
            len(values),
        ),
        "contributions: ours, tables": (lambda: ours.contributions(values), len(values)),
        "contributions: `pred_contrib=True`": (
            lambda: theirs.predict(few, pred_contrib=True, num_threads=1),
            len(few),
        ),
    }
    taken = in_turn(calls, max(3, ROUNDS // 3))
    return table(("one booster", "µs a row", "rounds"), [(name, one.cells) for name, one in taken.items()])


def told(churn: ChurnModel, frame: FeatureFrame, p: NDArray[np.float64] | None) -> list[tuple[str, ...]]:
    """The three sentences of each row."""
    parts = family_parts(churn, frame, FAMILY_OF, p)
    return reasons(*parts, frame, "EUR", evidence=[None] * len(frame))


def apart(ours: Booster, theirs: lgb.Booster, values: NDArray[np.float32]) -> float:
    """By how much contributions differ at most, from tables by arrays and compiled."""
    expected = theirs.predict(values, pred_contrib=True, num_threads=1)
    ways = (ours.contributions(values), ours.contributions(values[: len(values) // 2]))
    return max(float(np.abs(way - expected[: len(way)]).max()) for way in ways)


def table_of_all(models: Shipped, values: NDArray[np.float32]) -> str:
    """The whole population once."""
    frame, churn = frame_of(values), models.churn
    half = np.full(len(values), 0.5)
    calls = {
        f"score ({len(churn.boosters)} boosters and logistic RFM)": lambda: churn.probability(frame),
        "value (2 boosters and 2 logistic models)": lambda: models.value.estimate(frame, half),
        "contributions of one booster": lambda: churn.boosters[0].contributions(values),
        "parts that sum to logit(p) (`explain`)": lambda: [
            explain(churn, frame.rows(block), half[block]) and None
            for block in np.array_split(np.arange(len(frame)), max(1, len(frame) // SOME))
        ],
        "the same and its three sentences (`reasons`)": lambda: told(churn, frame, half),
    }
    lines = [(name, f"{spent_by(call):,.1f}") for name, call in calls.items()]
    return table(("all customers", "CPU s"), lines)


def table_of_loading(models: Shipped) -> str:
    """Processes of their own that load the models from files."""
    with tempfile.TemporaryDirectory() as folder:
        models.churn.save(Path(folder) / "churn")
        models.value.save(Path(folder) / "value")
        lines = [(name, *loaded(code + TELL, folder)) for name, code in LOADS.items()]
    return table(("a process of its own", "CPU s", "MB"), lines)


def loaded(code: str, folder: str) -> tuple[str, str]:
    """CPU seconds and peak MB of a process, as it says itself; the median of three."""
    command = [sys.executable, "-c", code, folder]
    told = [
        subprocess.run(
            command, cwd=ROOT, env=environment(), check=True, capture_output=True, text=True
        ).stdout.split()
        for _ in range(3)
    ]
    seconds, kilobytes = (statistics.median(map(float, column)) for column in zip(*told, strict=True))
    return f"{seconds:.2f}", f"{kilobytes / 1024:.0f}"


def about(models: Shipped) -> dict[str, object]:
    """Machine, versions and shape."""
    text = models.churn.boosters[0].text
    return {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": ", ".join(f"{name} {version(name)}" for name in ("lightgbm", "numpy", "numba", "pandas")),
        "boosters": len(models.churn.boosters),
        "trees": text.count("\nTree="),
        "leaves": max(int(line[11:]) for line in text.splitlines() if line.startswith("num_leaves=")),
        "features": len(models.churn.feature_names),
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells as Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
