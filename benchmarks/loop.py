"""Two rounds of the loop through the pipeline: what a plan brought is learned from by the next one.

    PYTHONPATH=. .venv/bin/python benchmarks/loop.py

A simulated shop goes through the stages of the pipeline; its plan is given to its customers, whose lives go on
by the simulator's laws; a hundred days later assignments and redemptions come back among the files of the shop,
everything is learned anew, and a second plan is made. What plans earn is the law's, over all futures, never an
estimate. The result goes to benchmarks/results/loop.md. SEEDS="7 8" runs these only, CUSTOMERS=3000 makes the
worlds smaller.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.commands.machine import measured_on
from benchmarks.two_rounds.rounds import HORIZON_AND_A_BIT, Round, two_rounds
from pipelines.sources.simulator.settings import SimulatorSettings

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "loop.md"
SEEDS = tuple(int(seed) for seed in os.environ.get("SEEDS", "1 2 3 4 5 6 7 8 9 10").split())
CUSTOMERS = int(os.environ.get("CUSTOMERS", "8000"))
STRENGTH = float(os.environ.get("STRENGTH", "2"))
LOTS = float(os.environ.get("LOTS", "0.3"))


def shipped() -> dict[str, Any]:
    """The settings that a new shop begins with, but for the share that is left to chance."""
    params: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["policy"]["experiment"]["exploration_share"] = LOTS
    params["snapshots"] |= {"churn_cuts": 1, "max_value_cuts": 3}
    params["churn"]["seeds"] = 1
    return params


def world(params: Mapping[str, Any], seed: int) -> SimulatorSettings:
    """The world of a seed. Nobody only looks around: visits cost time and tell coupons nothing."""
    return SimulatorSettings(customers=CUSTOMERS, seed=seed, offer_strength=STRENGTH, visits_per_order=0.0)


def main() -> None:
    """Live through the worlds, print the table and keep it."""
    params = shipped()
    for seed in SEEDS:
        begun = time.process_time()
        with tempfile.TemporaryDirectory() as place:
            found = two_rounds(Path(place), world(params, seed), params)
        print(seed, [(r.state, r.treated, round(r.earned/100), round(r.most/100), r.usable) for r in found], found[1].campaigns, f"{time.process_time()-begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
