"""What a run of the default pipeline costs, beside the same graph of stages that do nothing.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/pipeline.py

CPU seconds (user + system, all processes) and wall seconds of `dvc repro`: everything, then nothing changed.
The peer is DVC alone: as many stages that only copy an empty file. Then each stage alone, imports included.
Ours and the peer's alternate; medians and spread are printed and written to benchmarks/results/pipeline.md.
"""

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import yaml

from pipelines.workspace import DVC_CONFIG, environment

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "pipeline.md"
ROUNDS = int(os.environ.get("ROUNDS", "3"))
REPRO = [sys.executable, "-m", "dvc", "repro"]
Cost = tuple[float, float]


def spent(command: Sequence[str], folder: Path) -> Cost:
    """CPU and wall seconds of a command and all its children."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment(os.environ), check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - started


def lay_out(folder: Path) -> list[str]:
    """The project as it is in an empty folder; returns the names of its stages in order."""
    for package in ("models", "pipelines"):
        shutil.copytree(ROOT / package, folder / package)
    for name in ("dvc.yaml", "params.yaml", ".dvcignore"):
        shutil.copy2(ROOT / name, folder / name)
    configure(folder)
    return list(yaml.safe_load((folder / "dvc.yaml").read_text())["stages"])


def lay_out_nothing(folder: Path, stages: Sequence[str]) -> None:
    """As many stages, one after another, that do nothing."""
    folder.mkdir(parents=True)
    (folder / "start.txt").write_text("")
    inputs = ["start.txt", *(f"{stage}.txt" for stage in stages)]
    chain = {
        stage: {"cmd": f"cp {before} {stage}.txt", "deps": [before], "outs": [f"{stage}.txt"]}
        for stage, before in zip(stages, inputs, strict=False)
    }
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": chain}, sort_keys=False))
    configure(folder)


def configure(folder: Path) -> None:
    """DVC without git, and without a word to anybody."""
    (folder / ".dvc").mkdir()
    (folder / ".dvc" / "config").write_text(DVC_CONFIG)


def one_round(place: Path) -> dict[str, Cost]:
    """Everything once, ours and the peer's, in folders of their own."""
    ours, peer = place / "ours", place / "peer"
    stages = lay_out(ours)
    lay_out_nothing(peer, stages)
    costs = {
        "`dvc repro`, everything": spent(REPRO, ours),
        "peer: DVC with stages that do nothing": spent(REPRO, peer),
        "`dvc repro`, nothing changed": spent(REPRO, ours),
        "peer: DVC, nothing changed": spent(REPRO, peer),
    }
    for stage in stages:
        costs[f"stage {stage}"] = spent([sys.executable, "-m", f"pipelines.{stage}"], ours)
    return costs


def rows(rounds: Sequence[dict[str, Cost]]) -> list[str]:
    """One line of the table per measured thing: medians, and least to most."""
    lines = []
    for name in rounds[0]:
        cpu, wall = zip(*(costs[name] for costs in rounds), strict=True)
        lines.append(f"| {name} | {told(cpu)} | {told(wall)} |")
    return lines


def told(seconds: Sequence[float]) -> str:
    """The median, and the least and the most."""
    return f"{statistics.median(seconds):.1f} ({min(seconds):.1f}–{max(seconds):.1f})"


def page(rounds: Sequence[dict[str, Cost]]) -> str:
    """The result as Markdown, with machine, versions and command."""
    packages = ("dvc", "lightgbm", "mlflow", "numba", "numpy", "pyarrow", "scikit-learn")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    head = [
        "# What a run of the default pipeline costs",
        "",
        f"Command: `make bench`, {len(rounds)} rounds of `benchmarks/pipeline.py`; median (least–most).",
        f"Machine: {machine}; Python {platform.python_version()}; {versions}.",
        "",
        "| | CPU s | wall s |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows(rounds)]) + "\n"


def main() -> None:
    """Run the rounds, print the table and keep it."""
    rounds = []
    for number in range(ROUNDS):
        with tempfile.TemporaryDirectory() as place:
            rounds.append(one_round(Path(place)))
        print(f"round {number + 1} of {ROUNDS}")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(page(rounds))
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
