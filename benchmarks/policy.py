"""What the plan's coupons earn in truth beside rules of thumb that promise as much, over several worlds.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/policy.py

Each seed is a world that goes through the pipeline at the default settings and then through the oracle report
(docs/simulator-oracle.md says what is compared). The result goes to benchmarks/results/policy.md.
SEEDS="7 8" runs these only, CUSTOMERS=3000 makes the worlds smaller.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.commands.machine import measured_on
from benchmarks.oracle import CUSTOMERS, ROOT, SEEDS, live
from models.evaluation.realised_profit import PLAN, SHARES
from pipelines.report.oracle import FREE, RULES

World = Mapping[str, Any]

RESULT = ROOT / "benchmarks" / "results" / "policy.md"
PAGE = """\
# What the plan earns beside rules of thumb

Command: `SEEDS="{seeds}" CUSTOMERS={customers} PYTHONPATH=. .venv/bin/python benchmarks/policy.py`.
Machine: {machine}; Python {python}; {versions}.
Worlds: {customers:,} customers, default settings; seeds {seeds}, {number} of the ten that `make bench` runs.
What is compared: [docs/simulator-oracle.md](../../docs/simulator-oracle.md). True profit in EUR, over all
futures: mean over the worlds (least–most). Treating nobody earns 0. *Plan ahead*: by how much the plan earns
more than the rule in the same world, mean ± its standard error, and in how many worlds.

Within the caps {allowed} customers may get a coupon. The promised money is a quarter, half and all of what
the plan promises without a budget: {budgets} EUR on average.

| promised | rule | customers | true profit | plan ahead by | in worlds |
|---|---|---|---|---|---|
{rules}

The policy believed its own plans to earn {believed} EUR, by effects that it learned or assumed.

The same rules with the plan's commonest coupon for anybody, whatever caps and stages say:

| promised | rule | customers | true profit | plan ahead by | in worlds |
|---|---|---|---|---|---|
{free}
"""
WORDS = ("a quarter", "half", "all")


def lines(worlds: Sequence[World], section: str, rules: Mapping[str, str]) -> Iterator[str]:
    """One line a budget and rule."""
    for place, share in enumerate(WORDS):
        for rule, words in rules.items():
            told = [world["budgets"][place][section][rule] for world in worlds]
            plans = [world["budgets"][place]["rules"][PLAN] for world in worlds]
            ahead = [
                (plan["profit_minor"] - one["profit_minor"]) / 100
                for plan, one in zip(plans, told, strict=True)
            ]
            cells = [share, words, f"{statistics.mean(one['customers'] for one in told):,.0f}"]
            cells.append(spread([one["profit_minor"] / 100 for one in told]))
            cells += ["", ""] if (section, rule) == ("rules", PLAN) else [beside(ahead), won(ahead)]
            yield f"| {' | '.join(cells)} |"


def spread(values: Sequence[float]) -> str:
    """Mean (least–most)."""
    return f"{statistics.mean(values):,.0f} ({min(values):,.0f} – {max(values):,.0f})"


def beside(ahead: Sequence[float]) -> str:
    """Mean ± standard error."""
    error = statistics.stdev(ahead) / len(ahead) ** 0.5 if len(ahead) > 1 else float("nan")
    return f"{statistics.mean(ahead):+,.0f} ± {error:,.0f}"


def won(ahead: Sequence[float]) -> str:
    """In how many worlds the plan earned more."""
    return f"{sum(value > 0 for value in ahead)} of {len(ahead)}"


def page(worlds: Sequence[World]) -> str:
    """The result as Markdown, with machine, versions and command."""

    def means(of: Callable[[World], float]) -> str:
        return ", ".join(
            f"{statistics.mean(of(world['budgets'][place]) for world in worlds) / 100:,.0f}"
            for place in range(len(SHARES))
        )

    packages = ("lightgbm", "numba", "numpy", "pyarrow", "scikit-learn", "scipy")
    return PAGE.format(
        **measured_on(packages),
        customers=CUSTOMERS,
        number=len(worlds),
        seeds=" ".join(str(seed) for seed in SEEDS[: len(worlds)]),
        allowed=spread([world["allowed"] for world in worlds]),
        budgets=means(lambda one: one["budget_minor"]),
        rules="\n".join(lines(worlds, "rules", RULES)),
        believed=means(lambda one: one["believed_minor"]),
        free="\n".join(lines(worlds, "without_caps", FREE)),
    )


def main() -> None:
    """Live through the worlds, print the table and keep it."""
    worlds = []
    for number, seed in enumerate(SEEDS, start=1):
        with tempfile.TemporaryDirectory() as place:
            worlds.append(live(Path(place), seed)["plan"])
        print(f"world {number} of {len(SEEDS)}, seed {seed}", flush=True)
        RESULT.write_text(page(worlds))
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
