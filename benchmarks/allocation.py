"""A plan under budgets: ours beside HiGHS' linear program (and its integer program, where that ends).

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/allocation.py
    ROUNDS=3 SIZES=10000,100000,1000000,10000000 LARGEST_PEER=100000 …     to choose what runs

Five offers to each invented customer, caps already taken out. *One budget*: 30 % of what all would take
without one. *With segments*: three segments of which two are held short by budgets of their own, and two
offers need a call, of which there are too few. Each run is a process of its own, ours and the peers in turn;
the result goes to benchmarks/results/allocation.md.
"""

import multiprocessing
import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from models.policy.allocation.allocate import allocate
from models.policy.allocation.problem import Limits, Options, Prices, Resource
from models.policy.allocation.respond import respond

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "allocation.md"
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "10000,100000,1000000,10000000").split(","))
LARGEST_PEER = int(os.environ.get("LARGEST_PEER", "100000"))
LARGEST_INTEGER = 10_000
INTEGER_SECONDS = 60.0
FACES = (300, 500, 1000, 1500, 2500)
CALLED = (3, 4)  # the two dearest offers are made by phone
CONTACT_MINOR = 60

PAGE = """\
# A plan under budgets

Command: `{command}`.
Machine: {machine}; Python {python}; numpy {numpy}, scipy {scipy} (its HiGHS).
Five offers a customer; each run a process of its own, {rounds} round(s), ours and HiGHS in turn; median
(least–most); whole numbers and what has more than a million customers once.
*Gap*: how far the plan may be from the best, by the bound that the run itself proves. *MB*: the most that was
held beyond the inputs.

| customers | limits | by | CPU s | wall s | gap | MB |
|---|---|---|---|---|---|---|
{rows}

{wanted}
"""


@dataclass(frozen=True)
class Case:
    """One problem and who solves it: `ours`, `lp` or `milp`."""

    customers: int
    segments: bool
    by: str


@dataclass(frozen=True)
class Run:
    """Seconds, gap as a share, and megabytes beyond the inputs."""

    cpu: float
    wall: float
    gap: float
    megabytes: float
    bound: float


def problem(customers: int, segments: bool) -> tuple[Options, Limits]:
    """Invented customers: what they are worth is lognormal, offers pull with diminishing strength."""
    random = np.random.default_rng(customers)
    worth, pull = np.exp(random.normal(9, 1, customers)), random.random(customers) * 0.25
    gain = np.empty((len(FACES), customers), np.int64)
    for row, face in zip(gain, FACES, strict=True):
        lost = face * random.uniform(0.3, 0.7, customers) + CONTACT_MINOR
        row[:] = worth * pull * (1 - np.exp(-face / 1200)) - lost
    liability = np.repeat([[face + CONTACT_MINOR] for face in FACES], customers, axis=1)
    segment = np.sort(random.integers(0, 3 if segments else 1, customers))
    uses = tuple((0,) if segments and offer in CALLED else () for offer in range(len(FACES)))
    options = Options(gain, liability, uses, segment)
    return options, held_short(options, 3 if segments else 1)


def held_short(options: Options, segments: int) -> Limits:
    """Limits that hold: shares of what everybody would take if nothing were short."""
    calls = (Resource(len(options)),) if segments > 1 else ()
    none = Limits(None, (None,) * segments, calls)
    free = respond(options, Prices(0.0, np.zeros(segments), np.zeros(len(calls))), none)
    total = int(0.3 * free.money.sum())
    if segments == 1:
        return Limits(total)
    own = (int(0.15 * free.money[0]), int(0.25 * free.money[1]), None)
    return Limits(total, own, (Resource(int(0.1 * free.units.sum())),))


def by_highs(options: Options, limits: Limits, *, whole: bool) -> tuple[float, float]:
    """The best value and the bound that HiGHS proves, over the options that gain something."""
    from scipy.optimize import Bounds, LinearConstraint, linprog, milp  # noqa: PLC0415
    from scipy.sparse import csr_array  # noqa: PLC0415

    offer, customer = np.nonzero(options.gain >= 1)
    gain, money = (
        options.gain[offer, customer].astype(float),
        options.liability[offer, customer].astype(float),
    )
    columns = np.arange(len(offer))
    rows, of, amount, most = [customer], [columns], [np.ones(len(offer))], [np.ones(len(options))]
    short = [(money, limits.total)]
    short += [
        (np.where(options.segment[customer] == number, money, 0.0), limit)
        for number, limit in enumerate(limits.segments)
    ]
    short += [(np.isin(offer, CALLED).astype(float), each.limit) for each in limits.resources]
    for taken, limit in short:
        if limit is not None:
            at = np.flatnonzero(taken)
            rows.append(np.full(len(at), len(options) + len(most) - 1))
            of.append(at)
            amount.append(taken[at])
            most.append(np.array([float(limit)]))
    shape = (len(options) + len(most) - 1, len(offer))
    matrix = csr_array((np.concatenate(amount), (np.concatenate(rows), np.concatenate(of))), shape=shape)
    right = np.concatenate(most)
    if whole:
        found = milp(
            -gain,
            constraints=LinearConstraint(matrix, ub=right),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(gain)),
            options={"time_limit": INTEGER_SECONDS},
        )
        return -float(found.fun), -float(found.mip_dual_bound)
    solved = linprog(-gain, A_ub=matrix, b_ub=right, bounds=(0, 1), method="highs")
    return -float(solved.fun), -float(solved.fun)


def measured(case: Case) -> Run:
    """One run, in a process that does nothing else."""
    import scipy.optimize  # noqa: F401, PLC0415  # its import is nobody's work here

    options, limits = problem(case.customers, case.segments)
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of making the inputs
    before = kilobytes("VmRSS")
    cpu, wall = time.process_time(), time.perf_counter()
    if case.by == "ours":
        found = allocate(options, limits)
        assert found.use.fits(limits)
        gain, bound = float(found.use.gain), found.bound
    else:
        gain, bound = by_highs(options, limits, whole=case.by == "milp")
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Run(cpu, wall, 1 - gain / bound, (kilobytes("VmHWM") - before) / 1024, bound)


def kilobytes(what: str) -> int:
    """What the process holds now (VmRSS) or held at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


def cases() -> list[Case]:
    """Every size and kind of limits, by us and by those who can."""
    found = []
    for size in SIZES:
        for segments in (False, True):
            found.append(Case(size, segments, "ours"))
            found += [Case(size, segments, "lp")] if size <= LARGEST_PEER else []
            found += [Case(size, segments, "milp")] if size <= LARGEST_INTEGER else []
    return found


def spread(values: Sequence[float], form: str) -> str:
    """Median (least–most)."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:{form}} ({least:{form}}–{most:{form}})"


NAMES = {
    "ours": "ours",
    "lp": "HiGHS, linear",
    "milp": f"HiGHS, whole numbers, {INTEGER_SECONDS:.0f} s at most",
}


def row(case: Case, runs: Sequence[Run]) -> str:
    """One line of the table."""
    limits = "with segments and calls" if case.segments else "one budget"
    return (
        f"| {case.customers:,} | {limits} | {NAMES[case.by]} | {spread([run.cpu for run in runs], ',.2f')} "
        f"| {spread([run.wall for run in runs], ',.2f')} | {runs[0].gap:.1e} "
        f"| {max(run.megabytes for run in runs):,.0f} |"
    )


def wanted(found: dict[Case, list[Run]]) -> str:
    """What was wished for, and what was found of it."""
    lines = []

    def cpu(size: int, segments: bool, by: str) -> float:
        return statistics.median(run.cpu for run in found[Case(size, segments, by)])

    for size, limit in ((10_000, 1e-4), (100_000, 3e-6), (1_000_000, 1e-7)):
        if size in SIZES:
            gap = max(run.gap for segments in (False, True) for run in found[Case(size, segments, "ours")])
            lines.append((f"greatest gap at {size:,}", f"{gap:.1e}", f"≤ {limit:.0e}", gap <= limit))
    if 100_000 in SIZES and LARGEST_PEER >= 100_000:
        for segments, least in ((False, 100), (True, 50)):
            ratio = cpu(100_000, segments, "lp") / cpu(100_000, segments, "ours")
            kind = "with segments" if segments else "one budget"
            lines.append(
                (
                    f"times HiGHS' linear program at 100,000, {kind}",
                    f"{ratio:,.0f}",
                    f"≥ {least}",
                    ratio >= least,
                )
            )
    if 1_000_000 in SIZES:
        ratio = cpu(1_000_000, True, "ours") / cpu(1_000_000, False, "ours")
        lines.append(("segments and calls ÷ one budget at 1,000,000", f"{ratio:.2f}", "≤ 2", ratio <= 2))
        wall = statistics.median(run.wall for run in found[Case(1_000_000, False, "ours")])
        lines.append(("wall s at 1,000,000, one budget", f"{wall:.2f}", "≤ 2", wall <= 2))
    if 10_000_000 in SIZES:
        runs = [run for segments in (False, True) for run in found[Case(10_000_000, segments, "ours")]]
        most = max(run.megabytes for run in runs)
        slowest = max(cpu(10_000_000, segments, "ours") for segments in (False, True))
        lines.append(("CPU s at 10,000,000, the slower of both", f"{slowest:.1f}", "≤ 6", slowest <= 6))
        lines.append(("MB beyond the inputs at 10,000,000", f"{most:,.0f}", "≤ 1,000", most <= 1_000))
    table = [
        f"| {what} | {got} | {want} | {'met' if met else '**missed**'} |" for what, got, want, met in lines
    ]
    return "\n".join(["| | found | wanted | |", "|---|---|---|---|", *table])


def main() -> None:
    """Run everything in turn, round by round, and write the page."""
    found: dict[Case, list[Run]] = {case: [] for case in cases()}
    spawn = multiprocessing.get_context("spawn")
    for number in range(ROUNDS):
        for case, runs in found.items():
            if number and (case.by == "milp" or case.customers > 1_000_000):
                continue
            with spawn.Pool(1) as one:
                runs.append(one.apply(measured, (case,)))
            print(case, runs[-1], flush=True)
    for case, runs in found.items():
        if case.by == "lp":  # both prove the same bound
            ours = found[Case(case.customers, case.segments, "ours")][0].bound
            assert abs(ours / runs[0].bound - 1) < 1e-6, (case, ours, runs[0].bound)
    sizes = ",".join(str(size) for size in SIZES)
    RESULT.write_text(
        PAGE.format(
            command=f"ROUNDS={ROUNDS} SIZES={sizes} PYTHONPATH=. python benchmarks/allocation.py",
            machine=f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f} at the end",
            python=platform.python_version(),
            numpy=version("numpy"),
            scipy=version("scipy"),
            rounds=ROUNDS,
            rows="\n".join(row(case, runs) for case, runs in found.items()),
            wanted=wanted(found),
        )
    )


if __name__ == "__main__":
    main()
