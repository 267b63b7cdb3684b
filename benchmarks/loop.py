"""Two rounds of the loop through the pipeline: what came of one plan is learned from by the next.

    PYTHONPATH=. .venv/bin/python benchmarks/loop.py

A simulated shop goes through the stages of the pipeline; its plan is given to its customers, whose lives go
on by the simulator's laws; a hundred days later assignments and redemptions come back among the files of the
shop, everything is learned anew, and a second plan is made. What plans earn is the law's, over all futures,
never an estimate. The result goes to benchmarks/results/loop.md. SEEDS="7 8" runs these only, CUSTOMERS=3000
makes the worlds smaller, STRENGTH=1 the coupons weaker, and LOTS is the share that is left to chance.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from benchmarks.commands.machine import measured_on
from benchmarks.two_rounds.rounds import Round, two_rounds
from pipelines.sources.simulator.settings import SimulatorSettings

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "loop.md"
SEEDS = tuple(int(seed) for seed in os.environ.get("SEEDS", "1 2 3 4 5 6 7 8 9 10").split())
CUSTOMERS = int(os.environ.get("CUSTOMERS", "8000"))
STRENGTH = float(os.environ.get("STRENGTH", "2"))
LOTS = float(os.environ.get("LOTS", "0.3"))
PAGE = """\
# Two rounds of the loop

Command: `SEEDS="{seeds}" CUSTOMERS={customers} STRENGTH={strength:g} LOTS={lots:g} PYTHONPATH=. \
.venv/bin/python benchmarks/loop.py`.
Machine: {machine}; Python {python}; {versions}. CPU: {cpu:.0f} s.
Simulated shops of {customers:,} customers over four years with the simulator's own three past campaigns,
offers {strength:g} times as strong as by default, {lots:.0%} of those who may get something left to the lot;
one churn backtest and one booster, so that ten worlds can be lived in; all other settings as shipped. Each is
lived through twice by the stages from `ingest` to `plan`: 100 days before its end, and, once the first plan
has been given to its customers and has come back with what they used, at the end. EUR, true profit of the
plan's coupons over all futures, lots and holdout included; *most*: what who knew all would earn within the
same caps. *Without*: the second plan, had nothing of the first come back. Treating nobody earns 0.

| seed | first: known as | coupons | earns | most | second: known as | coupons | earns | most | without |
|---|---|---|---|---|---|---|---|---|---|
{table}

The second round earns {more} EUR more than the first, and at least as much in {won} of {worlds} worlds; of
the most that could be earned, the first earns {share_first}, the second {share_second}. What came back of
the first plan adds {lesson} EUR to the second. (Mean ± standard error over the worlds.) That the
second earns more is not the lesson's doing, for which there is no sign of a gain: what who knew all would
earn has grown about as much, with books that are 100 days longer and in another season, and either round
earns about the same share of it. Plans of shops of this size try little, within their caps, beside what the
trials in their books have taught.
"""


def settings() -> dict[str, Any]:
    """Those that a new shop begins with, but for more lots and fewer backtests."""
    params: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["policy"]["experiment"]["exploration_share"] = LOTS
    params["snapshots"] |= {"churn_cuts": 1, "max_value_cuts": 3}
    params["churn"]["seeds"] = 1
    return params


def world(seed: int) -> SimulatorSettings:
    """The world of a seed. Nobody only looks around: visits cost time and tell coupons nothing."""
    return SimulatorSettings(customers=CUSTOMERS, seed=seed, offer_strength=STRENGTH, visits_per_order=0.0)


def line(seed: int, rounds: tuple[Round, Round, Round]) -> str:
    """A row of the table."""
    first, second, without = rounds
    cells = [str(seed), *cells_of(first), *cells_of(second), f"{without.earned / 100:,.0f}"]
    return f"| {' | '.join(cells)} |"


def cells_of(found: Round) -> Iterator[str]:
    """How effects were known, how many coupons, what they earn, and the most they could."""
    yield found.state.replace("_", " ")
    yield f"{found.treated:,}"
    yield f"{found.earned / 100:,.0f}"
    yield f"{found.most / 100:,.0f}"


def told(values: Sequence[float], form: str = "+,.0f") -> str:
    """Mean ± standard error."""
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return f"{statistics.mean(values):{form}} ± {error:{form.lstrip('+')}}"


def page(seeds: Sequence[int], worlds: Sequence[tuple[Round, Round, Round]], cpu: float) -> str:
    """The result as Markdown, with machine, versions and command."""
    more = [(second.earned - first.earned) / 100 for first, second, _ in worlds]
    shares = [[one[turn].earned / max(1.0, one[turn].most) for one in worlds] for turn in (0, 1)]
    return PAGE.format(
        **measured_on(("lightgbm", "numpy")),
        seeds=" ".join(str(seed) for seed in seeds),
        customers=CUSTOMERS,
        strength=STRENGTH,
        lots=LOTS,
        cpu=cpu,
        table="\n".join(line(seed, rounds) for seed, rounds in zip(seeds, worlds, strict=True)),
        more=told(more),
        won=sum(each >= 0 for each in more),
        worlds=len(worlds),
        share_first=told(shares[0], ".2f"),
        share_second=told(shares[1], ".2f"),
        lesson=told([(second.earned - without.earned) / 100 for _, second, without in worlds]),
    )


def main() -> None:
    """Live through the worlds, and keep the table after each."""
    begun, worlds = time.process_time(), []
    for number, seed in enumerate(SEEDS, start=1):
        with tempfile.TemporaryDirectory() as place:
            worlds.append(two_rounds(Path(place), world(seed), settings()))
        print(line(seed, worlds[-1]), flush=True)
        RESULT.write_text(page(SEEDS[:number], worlds, time.process_time() - begun))
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
