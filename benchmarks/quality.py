"""How well churn and value are foretold on real logs: ours beside its peers, and beside what was wanted.

    HOLDFAST_REAL_DATA=/path make bench      or
    HOLDFAST_REAL_DATA=/path PYTHONPATH=. .venv/bin/python benchmarks/quality.py

Settings are those of benchmarks/prediction_quality/settings.py. Ours are the pipeline's own ingest, features,
labels, models and choices with the shipped settings of each log; every model of a setting sees the same log.
Ours learn from every row, whatever `churn.max_training_rows`, and average the boosters of three seeds.
SEEDS (0 1 2) deal customers into folds; elsewhere nothing is left to chance. The result goes to
benchmarks/results/quality.md.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.commands.machine import measured_on
from benchmarks.prediction_quality.figures import behind, in_all, silence, worth
from benchmarks.prediction_quality.logs import Log, read_log
from benchmarks.prediction_quality.predicted import OURS, Cut, predict, prepare
from benchmarks.prediction_quality.settings import SETTINGS, Setting
from models.evaluation.comparison import Difference, Verdict

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "quality.md"
SEEDS = tuple(int(seed) for seed in os.environ.get("SEEDS", "0 1 2").split())
TIE = 0.003
PAGE = """\
# How well churn and value are foretold

Command: `HOLDFAST_REAL_DATA=/path PYTHONPATH=. .venv/bin/python benchmarks/quality.py`, seeds {seeds}.
Machine: {machine}; Python {python}; {versions}.

Scored is the chance of no purchase within H days; every purchase day is one order. T is a midnight, in days
after the one that a log begins with. Figures of several cuts are their means, and all are means over seeds.
*Got* is compared with what was *wanted* of it: a gap under {tie:.3f} is a tie. Ours learn from every row.

## Who falls silent

| setting | AUC wanted / stretch / got | log-loss wanted / stretch / got | ECE (noise to) |
|---|---|---|---|
{silence}

| setting | model | AUC | log-loss | ECE | ours ahead in AUC (90 %) | ours ahead in log-loss (90 %) |
|---|---|---|---|---|---|---|
{peers}

Intervals are paired and drawn by customers, all cuts together; shown is seed {first}'s, with the verdicts of
all seeds. Logistic RFM has six terms and next to no regularisation. Pareto/NBD and BG/NBD are fitted at the
cut on everybody; a BG/NBD without a row could not be fitted. Default LightGBM reads all features.

## What customers spend

| setting | normalised Gini wanted / stretch / got | Pareto/NBD × Gamma-Gamma | bias | decile MAPE |
|---|---|---|---|---|
{worth}

Spending within H days, returns taken off. Bias is predicted ÷ actual; in brackets Pareto/NBD's.
"""

Runs = Sequence[Sequence[Cut]]
Found = tuple[Setting, Runs]


def main() -> None:
    """Run every setting, print the tables and keep them."""
    if not os.environ.get("HOLDFAST_REAL_DATA"):
        print("No real logs here: set HOLDFAST_REAL_DATA to the folder that holds them.")
        return
    real = Path(os.environ["HOLDFAST_REAL_DATA"])
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as room:
        logs: dict[str, Log] = {}
        for setting in SETTINGS:
            if setting.source not in logs:
                logs[setting.source] = read_log(setting.source, real, Path(room) / setting.source)
            prepared = prepare(setting, logs[setting.source])
            found.append((setting, [predict(prepared, seed) for seed in SEEDS]))
            print(wanted_row(*found[-1]), flush=True)
    RESULT.write_text(page(found))
    print(RESULT.read_text())


def page(found: Sequence[Found]) -> str:
    """The result as Markdown."""
    packages = ("lightgbm", "numba", "numpy", "pyarrow", "scikit-learn")
    return PAGE.format(
        seeds=" ".join(map(str, SEEDS)),
        first=SEEDS[0],
        **measured_on(packages),
        tie=TIE,
        silence="\n".join(wanted_row(setting, runs) for setting, runs in found),
        peers="\n".join(
            peer_row(setting, runs, model) for setting, runs in found for model in in_all(runs[0])
        ),
        worth="\n".join(worth_row(setting, runs) for setting, runs in found if setting.wanted.gini),
    )


def wanted_row(setting: Setting, runs: Runs) -> str:
    """What was wanted of ours and what was got."""
    wanted, stretch = setting.wanted, setting.stretch
    area, loss, error, noise = (mean_over(runs, OURS, name) for name in ("auc", "log_loss", "ece", "noise"))
    return (
        f"| {setting.name} | {wanted.auc:.3f} / {stretch.auc:.3f} / {area:.4f}: {word(area - wanted.auc)} "
        f"| {wanted.log_loss:.3f} / {stretch.log_loss:.3f} / {loss:.4f}: {word(wanted.log_loss - loss)} "
        f"| {error:.3f} ({noise:.3f}) |"
    )


def peer_row(setting: Setting, runs: Runs, model: str) -> str:
    """One model of a setting, and how far it is behind ours."""
    figures = [f"{mean_over(runs, model, name):.4f}" for name in ("auc", "log_loss")]
    error = f"{mean_over(runs, model, 'ece'):.3f}"
    if model == OURS:
        return f"| {setting.name} | ours{spread(runs)} | {' | '.join(figures)} | {error} | | |"
    pairs = [behind(cuts, model) for cuts in runs]
    told = [differing([pair[place] for pair in pairs]) for place in (0, 1)]
    return f"| | {model} | {' | '.join(figures)} | {error} | {' | '.join(told)} |"


def worth_row(setting: Setting, runs: Runs) -> str:
    """Value: what was wanted and what was got, the peer beside it."""
    wanted, stretch = setting.wanted.gini, setting.stretch.gini
    if wanted is None or stretch is None:
        raise AssertionError("a row without value")
    ours, peer = ([worth(cuts, model) for cuts in runs] for model in (OURS, "Pareto/NBD"))
    gini = mean([one.gini for one in ours])
    pairs = [
        f"{mean([pick(one) for one in ours]):.3f} ({mean([pick(one) for one in peer]):.3f})"
        for pick in (lambda one: one.bias, lambda one: one.decile_mape)
    ]
    return (
        f"| {setting.name} | {wanted:.3f} / {stretch:.3f} / {gini:.4f}: {word(gini - wanted)} "
        f"| {mean([one.gini for one in peer]):.4f} | {' | '.join(pairs)} |"
    )


def word(ahead: float) -> str:
    """'reached', 'tie' or 'missed'."""
    if ahead >= 0:
        return "reached"
    return "tie" if ahead > -TIE else "missed"


def differing(found: Sequence[Difference]) -> str:
    """The first seed's difference with its interval, and how all seeds see it."""
    one, verdicts = found[0], [each.verdict for each in found]
    agreed = verdicts[0].value if len(set(verdicts)) == 1 else ", ".join(counted(verdicts))
    return f"{one.advantage:+.4f} ({one.low:+.4f} to {one.high:+.4f}): {agreed}"


def counted(verdicts: Sequence[Verdict]) -> list[str]:
    """'better 2, tie 1'."""
    return [f"{verdict.value} {verdicts.count(verdict)}" for verdict in Verdict if verdict in verdicts]


def spread(runs: Runs) -> str:
    """From the least to the greatest log-loss of the seeds, where they differ."""
    losses = [silence(cuts, OURS).log_loss for cuts in runs]
    return "" if np.ptp(losses) < 5e-5 else f" (log-loss {min(losses):.4f} to {max(losses):.4f})"


def mean_over(runs: Runs, model: str, name: str) -> float:
    """One figure of a model, over seeds."""
    return mean([getattr(silence(cuts, model), name) for cuts in runs])


def mean(values: Sequence[float]) -> float:
    """Their mean."""
    return float(np.mean(values))


if __name__ == "__main__":
    main()
