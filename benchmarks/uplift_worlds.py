"""What treating by learned effects earns in light worlds, beside rules of thumb and what could be earned.

    PYTHONPATH=. .venv/bin/python benchmarks/uplift_worlds.py

A trial teaches; a plan for 20,000 other customers then spends at most 2 % of their margin, counted as
liability. What could be earned: the same allocation by the true gain of every offer, regressed on what is
seen over 400,000 other customers. Shares are of that. The result goes to benchmarks/results/uplift_worlds.md.
SEEDS=3 NULLS=5 runs fewer worlds.
"""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import yaml
from numpy.typing import NDArray

from benchmarks.commands.machine import measured_on
from benchmarks.light_worlds import offers as world
from models.domain.settings import settings_from
from models.domain.vocabulary import ResponseState
from models.evaluation.uplift_gate import Verdict, judge
from models.learned.calibration import probability
from models.learned.settings import BoosterSettings, UpliftSettings
from models.learned.training.boosting import Objective, bin_rows, boost
from models.learned.training.uplift import cross_fit, fit_effects
from models.learned.training.uplift_shapes import Learner
from models.learned.trial import Floats, Integers, Trial
from models.learned.uplift import Effects
from models.policy.allocation.allocate import allocate
from models.policy.allocation.problem import NOTHING, Limits, Options

Seen: TypeAlias = NDArray[np.float32]

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "uplift_worlds.md"
SEEDS, NULLS = int(os.environ.get("SEEDS", "10")), int(os.environ.get("NULLS", "40"))
PLANNED, BOUND_ROWS, BUDGET, FIRST = 20_000, 400_000, 0.02, 1_000
UNSEEN = 100  # settings of learners and gate were chosen on seeds below
CHURN = BoosterSettings(
    trees=60, leaves=8, rate=0.08, ridge=20, column_share=0.5, row_share=0.7, min_rows_leaf=100
)
TRUTH = BoosterSettings(
    trees=150, leaves=31, rate=0.1, ridge=5, column_share=0.8, row_share=0.5, min_rows_leaf=200
)
RULES = ("learned behind the gate", "learned, ungated", "DR, ungated", "by risk", "by value")


def shipped() -> UpliftSettings:
    """The settings that a new shop begins with."""
    return settings_from(
        UpliftSettings, yaml.safe_load((ROOT / "params.yaml").read_text())["uplift"], where="uplift"
    )


def study(
    trial: Trial, people: world.Customers, settings: UpliftSettings
) -> tuple[Verdict, Effects, Effects]:
    """What the gate says of a trial, and its effects, believed or not: by the best learner, and by DR."""
    found = cross_fit(trial, settings)
    verdict = judge(trial, found, world.stakes(people), settings)
    best = fit_effects(trial, settings, verdict.learner, verdict.slope)
    if verdict.learner is Learner.DR:
        return verdict, best, best
    return verdict, best, fit_effects(trial, settings, Learner.DR, found.slopes[Learner.DR])


def believed(verdict: Verdict, effects: Effects, values: Seen) -> Floats:
    """τ̂ [arms, n] as far as the gate allows."""
    if verdict.state is ResponseState.LEARNED:
        return effects.of(values)
    if verdict.state is ResponseState.UNIFORM:
        return effects.flat().of(values)
    return np.zeros((len(world.FACES), len(values)))


def churn_model(strength: float, seed: int) -> Callable[[Seen], Floats]:
    """R₀ learned from customers who were left alone."""
    past = world.customers(PLANNED, strength, FIRST * 3 + seed)
    stayed = past.outcome(np.zeros(len(past), np.int64))
    booster = boost(bin_rows(past.values, world.NAMES, stayed, bins=63), Objective.BINARY, CHURN, 0)
    return lambda values: probability(booster.raw(values))


def bound(strength: float) -> Callable[[Seen], Floats]:
    """The true gain of each offer, regressed on what is seen over many customers."""
    fresh = world.customers(BOUND_ROWS, strength, FIRST * 9)
    models = [
        boost(bin_rows(fresh.values, world.NAMES, gain, bins=63), Objective.MEAN, TRUTH, 0)
        for gain in fresh.gain()
    ]
    return lambda values: np.stack([model.raw(values) for model in models])


def plan(gain: Floats, budget: int) -> Integers:
    """Who gets which offer within the budget on liability, `NOTHING` for nobody [n]."""
    liability = np.repeat((world.CONTACT + world.FACES).astype(np.int64)[:, None], gain.shape[1], axis=1)
    options = Options(
        np.floor(gain).astype(np.int64), liability, ((),) * len(gain), np.zeros(gain.shape[1], np.int64)
    )
    return allocate(options, Limits(budget)).choice


def going_down(order: Floats, budget: int, offer: int = 1) -> Integers:
    """The same offer to the greatest of `order` until the budget is spent [n]."""
    many = int(budget // (world.CONTACT + world.FACES[offer]))
    choice = np.full(len(order), NOTHING)
    choice[np.argsort(-order, kind="stable")[:many]] = offer
    return choice


def earned(people: world.Customers, choice: Integers) -> float:
    """The true gain of a plan."""
    taken = np.flatnonzero(choice != NOTHING)
    return float(people.gain()[choice[taken], taken].sum())


def shares(
    strength: float,
    rows: int,
    seed: int,
    truth: Callable[[Seen], Floats],
) -> Mapping[str, float]:
    """What each rule earns of what could be earned, in one world."""
    settings = shipped()
    tried = world.customers(rows, strength, FIRST + seed)
    verdict, effects, by_dr = study(world.trial(tried, seed), tried, settings)
    people = world.customers(PLANNED, strength, FIRST * 2 + seed)
    retention, costs = churn_model(strength, seed)(people.values), world.stakes(people)
    budget = int(BUDGET * float((people.retention * people.worth).sum()))
    gain = partial(costs.gain, retention=retention)
    choices = {
        RULES[0]: plan(gain(believed(verdict, effects, people.values)), budget),
        RULES[1]: plan(gain(effects.of(people.values)), budget),
        RULES[2]: plan(gain(by_dr.of(people.values)), budget),
        RULES[3]: going_down(-retention, budget),
        RULES[4]: going_down(people.stake, budget),
    }
    best = earned(people, plan(truth(people.values), budget))
    return {name: earned(people, choice) / best for name, choice in choices.items()} | {
        "open": float(verdict.state is not ResponseState.NO_EFFECT),
        "learned": float(verdict.state is ResponseState.LEARNED),
    }


def nulls(rows: int, many: int, first: int = 0) -> tuple[int, int]:
    """Of so many campaigns without any effect, how many gates open, and how many of them to targeting."""
    states = []
    for seed in range(first, first + many):
        tried = world.customers(rows, 0.0, FIRST * 5 + seed)
        verdict, *_ = study(world.trial(tried, seed), tried, shipped())
        states.append(verdict.state)
    return sum(s is not ResponseState.NO_EFFECT for s in states), sum(
        s is ResponseState.LEARNED for s in states
    )


@dataclass(frozen=True)
class Round:
    """What a plan truly gained, minor units, and what the gate had said."""

    gain: float
    state: ResponseState


def two_rounds(
    seed: int, strength: float = 2.0, first: int = 10_000, lots: float = 1.0
) -> tuple[Round, Round]:
    """Two rounds of plans; the second has learned from lots among others than either plan is for, too."""
    settings = shipped()
    tried = world.customers(first, strength, FIRST * 6 + seed)
    log, retention = world.trial(tried, seed), churn_model(strength, seed)
    drawn = world.customers(int(lots * PLANNED), strength, FIRST * 10 + seed)
    lived = (tried, log), (joined(tried, drawn), appended(log, world.trial(drawn, FIRST + seed)))
    rounds = []
    for turn, (those, told_of) in enumerate(lived):
        verdict, effects, _ = study(told_of, those, settings)
        people = world.customers(PLANNED, strength, FIRST * (7 + turn) + seed)
        budget = int(BUDGET * float((people.retention * people.worth).sum()))
        gain = world.stakes(people).gain(believed(verdict, effects, people.values), retention(people.values))
        rounds.append(Round(earned(people, plan(gain, budget)), verdict.state))
    return rounds[0], rounds[1]


def joined(some: world.Customers, more: world.Customers) -> world.Customers:
    """Both side by side."""
    pairs = ((getattr(some, name), getattr(more, name)) for name in vars(some))
    parts = [np.concatenate(pair, axis=-1 if pair[0].shape[0] == len(world.FACES) else 0) for pair in pairs]
    return world.Customers(*parts)


def appended(some: Trial, more: Trial) -> Trial:
    """Both logs as one, of different customers."""
    both = {
        name: np.concatenate([getattr(some, name), getattr(more, name)])
        for name in ("values", "arm", "propensity", "outcome")
    }
    return Trial(some.names, arms=some.arms, person=np.arange(len(both["arm"])), **both)


def told(values: Sequence[float]) -> str:
    """Mean ± standard error."""
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return f"{statistics.mean(values):+.2f} ± {error:.2f}"


def line(strength: float, rows: int, worlds: Sequence[Mapping[str, float]]) -> str:
    """One line of the table."""
    cells = [told([each[rule] for each in worlds]) for rule in RULES]
    gates = f"{sum(w['open'] for w in worlds):.0f} ({sum(w['learned'] for w in worlds):.0f}) of {len(worlds)}"
    return f"| ×{strength:g} | {rows:,} | {gates} | {' | '.join(cells)} |"


PAGE = """\
# What learned effects earn in light worlds

Command: `SEEDS={seeds} NULLS={nulls} PYTHONPATH=. .venv/bin/python benchmarks/uplift_worlds.py`.
Machine: {machine}; Python {python}; {versions}. CPU: {cpu:.0f} s.
20,000 customers to plan for, four face values and nothing, liability of at most 2 % of their margin. Shares
of what the true gains, regressed on what is seen over 400,000 other customers, would earn under the same
budget: mean ± standard error over the worlds. Treating nobody earns 0. ×1 is about the effect of the
simulator's coupons. Settings were chosen on other seeds than these (from {first} on).

| effect | customers in the trial | gates open (to targeting) | {rules} |
|---|---|---|{dashes}
{table}

Without any effect, {null_rows:,} customers in the trial: {opened} of {nulls} gates open, {targeting} to
targeting.

{rounds}

Light worlds are kind to `t`: that somebody parts is a logistic function of what is seen in part, as its lines
are. On Hillstrom's experiment it finds no more than `dr` on women's e-mails, and nowhere more beyond chance
(benchmarks/results/uplift.md).

Why these worlds are light and not the simulator's own: its trial takes everybody who bought within a year,
44 % of the customers of four years, so one of 40,000 takes a shop of 90,000. The stages of such a shop up to
a plan cost some 400 s of CPU (36 s with 8,000 customers), ten seeds of it an hour; and features of 400,000
fresh customers for the bound come on top. What the pipeline earns in the simulator's worlds, with the trials
they have, is in benchmarks/results/loop.md and policy.md.
"""


ROUNDS = """\
Two rounds (a trial of 10,000 at ×2, then lots of 20,000 more; the plans are for others still): {first} of
{worlds} gates open in the first, {second} in the second. The second plan earns {mean:+,.0f} ± {error:,.0f}
EUR more than the first: more {won} times, as much {tied} times, less {lost} times."""


def of_rounds(rounds: Sequence[tuple[Round, Round]]) -> str:
    """What two rounds earned, and how many gates opened in each, as a paragraph."""
    more = [(second.gain - first.gain) / 100 for first, second in rounds]
    opened = [sum(each[turn].state is not ResponseState.NO_EFFECT for each in rounds) for turn in (0, 1)]
    won, tied = sum(each > 0 for each in more), sum(each == 0 for each in more)
    error = statistics.stdev(more) / len(more) ** 0.5 if len(more) > 1 else float("nan")
    return ROUNDS.format(
        worlds=len(rounds),
        first=opened[0],
        second=opened[1],
        mean=statistics.mean(more),
        error=error,
        won=won,
        tied=tied,
        lost=len(more) - won - tied,
    )


def main() -> None:
    """Live through the worlds and keep the table."""
    begun, lines, null_rows = time.process_time(), [], 10_000
    for strength, sizes in ((2.0, (40_000,)), (1.0, (2_000, 10_000, 40_000))):
        truth = bound(strength)
        for rows in sizes:
            worlds = [shares(strength, rows, UNSEEN + seed, truth) for seed in range(SEEDS)]
            lines.append(line(strength, rows, worlds))
            print(lines[-1], f"{time.process_time() - begun:.0f} s", flush=True)
    opened, targeting = nulls(null_rows, NULLS, UNSEEN)
    print(f"nulls: {opened} ({targeting}) of {NULLS}", flush=True)
    rounds = [two_rounds(UNSEEN + seed) for seed in range(SEEDS)]
    text = PAGE.format(
        **measured_on(("lightgbm", "numpy")),
        seeds=SEEDS,
        first=UNSEEN,
        nulls=NULLS,
        null_rows=null_rows,
        cpu=time.process_time() - begun,
        rules=" | ".join(RULES),
        dashes="---|" * len(RULES),
        table="\n".join(lines),
        opened=opened,
        targeting=targeting,
        rounds=of_rounds(rounds),
    )
    RESULT.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
