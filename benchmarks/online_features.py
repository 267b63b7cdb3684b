"""One customer's features: uncompiled and compiled, beside pandas and DuckDB with eight of them.

    make bench            or            PYTHONPATH=. .venv/bin/python benchmarks/online_features.py

A customer has 50 orders of one line, 5 complaints, 4 contacts and one version; 100 features are asked. Each
call goes to another of 200 random customers, since one repeated customer would flatter. Everything is called
in turn, round after round; the result goes to benchmarks/results/online_features.md.
"""

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from models.contract.tables import table as contract_table
from models.domain.instants import DAY, HOUR
from models.features.availability import usable
from models.features.catalogue import CATALOGUE
from models.features.compiled import compiled_one
from models.features.laid_out import LaidOut
from models.features.online import OnlinePlan, add_event, compute_one, lay_out, online_plan

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "online_features.md"
ROUNDS = int(os.environ.get("ROUNDS", "20"))
CUSTOMERS = 200
FEATURES = 100
COUNTS = {"orders": 50, "complaints": 5, "contacts": 4, "customers": 1}
COLUMNS = {name: contract_table(name).names for name in COUNTS}
SNAPSHOT = 1_700_000_000_000_000
SPAN = 1_000 * DAY

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Call = Callable[[int], object]

# What the peers compute; a second feature costs them almost as much as the first.
EIGHT = (
    "recency_days", "tenure_days", "orders_90", "orders_365", "spend_365", "categories_365",
    "complaints_365", "satisfaction_mean_all",
)  # fmt: skip
SQL = """
SELECT min($now - ordered_at) / 86400e6, max($now - ordered_at) / 86400e6,
    count(DISTINCT order_id) FILTER ($now - ordered_at < 90 * 86400000000),
    count(DISTINCT order_id) FILTER ($now - ordered_at < 365 * 86400000000),
    coalesce(sum(amount_minor) FILTER ($now - ordered_at < 365 * 86400000000), 0),
    count(DISTINCT category) FILTER ($now - ordered_at < 365 * 86400000000),
    (SELECT count(*) FROM complaints WHERE customer_id = $customer AND opened_at <= $now
        AND $now - opened_at < 365 * 86400000000),
    (SELECT avg(satisfaction) FROM complaints WHERE customer_id = $customer AND resolved_at <= $now)
FROM orders WHERE customer_id = $customer AND known_at <= $now AND amount_minor > 0
"""
PAGE = """\
# One customer's features

Command: `make bench`, {rounds} rounds of `benchmarks/online_features.py`, everything in turn, one thread.
Machine: {machine}, load {load:.1f} at the end; Python {python}; {versions}.
Customers: {customers} random ones, each call another; 50 orders of one line, 5 complaints, 4 contacts, one
version. {features} features over {folds} folds, as of one instant. The peers compute eight of them, from rows
that lie in their own tables already. Before anything is timed all are checked: ours bit for bit, the peers to
float32.

| | µs, median | least–most of the rounds' medians | 95 % within | calls |
|---|---|---|---|---|
{rows}

Wanted: compiled under 30 µs, uncompiled under 500 µs.
"""


@dataclass(frozen=True)
class Measured:
    """Microseconds of each call, by round."""

    name: str
    rounds: tuple[tuple[float, ...], ...]

    @property
    def row(self) -> str:
        """One line of the table: the median, the least and most of the rounds' medians, the slowest calls."""
        calls = [call for of_round in self.rounds for call in of_round]
        medians = [statistics.median(of_round) for of_round in self.rounds]
        slow = float(np.quantile(calls, 0.95))
        return (
            f"| {self.name} | {statistics.median(calls):,.1f} | {min(medians):,.1f}–{max(medians):,.1f} "
            f"| {slow:,.1f} | {len(calls):,} |"
        )


def customer(chance: np.random.Generator, number: int) -> Rows:
    """All rows of one invented customer."""
    who = f"c{number}"

    def times(count: int) -> list[int]:
        return [int(at) for at in np.sort(SNAPSHOT - chance.integers(HOUR, SPAN, count))]

    def maybe(value: int) -> int | None:
        return value if chance.random() < 0.8 else None

    orders = [
        {
            "order_id": f"o{place}", "line_id": "1", "customer_id": who, "ordered_at": at,
            "item_id": f"i{chance.integers(30)}", "category": f"k{chance.integers(8)}",
            "units": int(chance.integers(1, 4)), "amount_minor": int(chance.integers(-500, 9_000)),
            "margin_minor": int(chance.integers(10, 900)), "known_at": at,
        }
        for place, at in enumerate(times(COUNTS["orders"]))
    ]  # fmt: skip
    complaints = [
        {
            "complaint_id": f"p{place}", "customer_id": who, "opened_at": at, "promised_at": at + 2 * DAY,
            "first_response_at": maybe(at + int(chance.integers(HOUR, 9 * DAY))),
            "resolved_at": maybe(at + int(chance.integers(9 * DAY, 20 * DAY))),
            "followed_up_at": maybe(at + 30 * DAY), "reason": f"r{chance.integers(3)}",
            "severity": int(chance.integers(1, 6)), "satisfaction": maybe(int(chance.integers(1, 6))),
        }
        for place, at in enumerate(times(COUNTS["complaints"]))
    ]  # fmt: skip
    contacts = [
        {
            "contact_id": f"t{place}", "customer_id": who, "contacted_at": at,
            "direction": str(chance.choice(["inbound", "outbound"])), "channel": "phone", "known_at": at,
        }
        for place, at in enumerate(times(COUNTS["contacts"]))
    ]  # fmt: skip
    version_of = {"customer_id": who, "signed_up_at": SNAPSHOT - SPAN, "known_at": SNAPSHOT - SPAN}
    return {"orders": orders, "complaints": complaints, "contacts": contacts, "customers": [version_of]}


def by_pandas(orders: pd.DataFrame, complaints: pd.DataFrame) -> list[float]:
    """Eight features from the frames of one customer."""
    bought = orders[(orders.known_at <= SNAPSHOT) & (orders.amount_minor > 0)]
    age = SNAPSHOT - bought.ordered_at
    year = bought[age < 365 * DAY]
    opened = complaints[complaints.opened_at <= SNAPSHOT]
    return [
        age.min() / DAY,
        age.max() / DAY,
        bought.order_id[age < 90 * DAY].nunique(),
        year.order_id.nunique(),
        year.amount_minor.sum(),
        year.category.nunique(),
        (SNAPSHOT - opened.opened_at < 365 * DAY).sum(),
        complaints.satisfaction[complaints.resolved_at <= SNAPSHOT].mean(),
    ]


def peers(everybody: Sequence[Rows]) -> tuple[Call, Call]:
    """By pandas from the frames of a customer, by DuckDB from the tables of all; both made beforehand."""
    frames = [(pd.DataFrame(rows["orders"]), pd.DataFrame(rows["complaints"])) for rows in everybody]
    connection = duckdb.connect(config={"threads": 1})
    for name, of_name in zip(("orders", "complaints"), zip(*frames, strict=True), strict=True):
        connection.register("rows", pd.concat(of_name))
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM rows ORDER BY customer_id")

    def ask(number: int) -> list[float]:
        return list(connection.execute(SQL, {"now": SNAPSHOT, "customer": f"c{number}"}).fetchone())

    return (lambda number: by_pandas(*frames[number])), ask


def agree(plan: OnlinePlan, known: Sequence[LaidOut], computed: Mapping[str, Call]) -> None:
    """Stop unless both ways give the same bits, and the peers the same eight numbers."""
    names = [feature.name for feature in plan.plan.features]
    places = [names.index(name) for name in EIGHT]
    compiled = compiled_one(plan)
    for number, one in enumerate(known):
        values = compute_one(plan, one, SNAPSHOT)
        assert compiled(one, SNAPSHOT).tobytes() == values.tobytes()
        for name, call in computed.items():
            told = np.array([np.nan if value is None else value for value in call(number)], float)
            assert np.allclose(told, values[places], rtol=1e-5, equal_nan=True), (name, told, values[places])


def timed(calls: Mapping[str, Call]) -> Iterator[Measured]:
    """Every call on every customer, all calls in turn in each round."""
    taken: dict[str, list[tuple[float, ...]]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            of_round = []
            for number in range(CUSTOMERS):
                began = time.perf_counter_ns()
                call(number)
                of_round.append((time.perf_counter_ns() - began) / 1e3)
            taken[name].append(tuple(of_round))
    yield from (Measured(name, tuple(rounds)) for name, rounds in taken.items())


def page(found: Sequence[Measured], plan: OnlinePlan) -> str:
    """The result as Markdown, with machine, versions, command and spread."""
    return PAGE.format(
        rounds=ROUNDS,
        machine=f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        load=os.getloadavg()[0],
        python=platform.python_version(),
        versions=", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "pandas", "duckdb")),
        customers=CUSTOMERS,
        features=len(plan.plan.features),
        folds=len(plan.plan.folds),
        rows="\n".join(measured.row for measured in found),
    )


def main() -> None:
    """Check that all agree, measure, print the table and keep it."""
    chance = np.random.default_rng(7)
    everybody = [customer(chance, number) for number in range(CUSTOMERS)]
    plan = online_plan(COLUMNS, "UTC", usable(CATALOGUE, COLUMNS).features[:FEATURES])
    known = [lay_out(plan, rows) for rows in everybody]
    compiled, line = compiled_one(plan), everybody[0]["orders"][-1]
    pandas_eight, duckdb_eight = peers(everybody)

    def with_one_more(number: int) -> LaidOut:
        return add_event(plan, known[number], "orders", {**line, "customer_id": f"c{number}"})

    calls: dict[str, Call] = {
        "compiled (`compiled_one`)": lambda number: compiled(known[number], SNAPSHOT),
        "uncompiled (`compute_one`)": lambda number: compute_one(plan, known[number], SNAPSHOT),
        "an event added (`add_event`)": with_one_more,
        "an event added, then compiled": lambda number: compiled(with_one_more(number), SNAPSHOT),
        "60 rows laid out anew (`lay_out`)": lambda number: lay_out(plan, everybody[number]),
        "peer: pandas, eight features": pandas_eight,
        "peer: DuckDB, eight features": duckdb_eight,
    }
    agree(plan, known, {"pandas": pandas_eight, "DuckDB": duckdb_eight})
    RESULT.write_text(page(list(timed(calls)), plan))
    print(RESULT.read_text())


if __name__ == "__main__":
    main()
