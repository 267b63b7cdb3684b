"""Answers by HTTP, beside what people use: MLflow's server, FastAPI around a DataFrame, and the bare limit.

    make            first: what is served is what the pipeline left in data/
    PYTHONPATH=. .venv/bin/python benchmarks/serving.py

All servers stand at once and are asked in turn, round by round; each has one process and half of two cores,
the other half asks. Every request is about another customer. CPU is that of the server alone. The peers only
predict (chance of leaving, value, stake and its bound); ours answers in full: stage, reasons, action, cap.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.commands.machine import measured_on
from benchmarks.serving_speed import rows
from benchmarks.serving_speed.load import load, request
from benchmarks.serving_speed.multiplied import multiplied
from benchmarks.serving_speed.parity import differing
from benchmarks.serving_speed.processes import Server, free_port, running
from models.contract.storage import read_summary, read_table
from models.features.frame import FeatureFrame
from models.learned.rows import read_frame

DATA = Path(os.environ.get("HOLDFAST_DATA", "data"))
STORES = ("KEYS", "STORE", "LEDGER")
RESULT = Path(__file__).parent / "results" / "serving.md"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS_EACH", "3"))
CUSTOMERS = 2_000
TIMES = 5  # so many times the customers, to see what many cost
BATCH = 1_000
PARITY = 10_000
CONNECTIONS = (1, 32)
JSON = ("Content-Type", "application/json")
ARROW = "application/vnd.apache.arrow.stream"
PACKAGES = ("fastapi", "starlette", "uvicorn", "mlflow", "numpy", "pandas", "lightgbm", "pyarrow")

PAGE = """\
# Answers by HTTP

Command: `PYTHONPATH=. python benchmarks/serving.py`, {rounds} rounds of {seconds:g} s each, all in turn;
`make` had run. Machine: {machine}, load {load:.1f} at the end; Python {python}; {versions}.
{customers:,} customers in the run, each request about another of {asked:,}. One process a server; the load
generator shares the cores. Ours answers in full (score, value, reasons, stage, action, cap); the peers only
predict chance of leaving, value, stake and its bound.

## One customer a request

{single}

*Looked up*: as of the data's end, when nothing was told since. *Judged anew*: from the customer's whole
history, as of a later instant: features, five ensembles, reasons, policy.

## {batch:,} customers a request, one connection

{batches}

## Parity

{of_alike:,} customers asked for by id, as of the data's end: {alike:,} answers have every column of
`data/scores/scores.parquet` to the last bit.

## Start and memory

| | CPU s until the first answer | MB after the rounds |
|---|---|---|
{starts}

Pages that processes share count once. The {many:,} customers are the run's own several times over under other
names, histories and all, without the check of golden customers: other names fall into other lots.

## Wanted of ours, looked up

| | wanted | measured | |
|---|---|---|---|
{wanted}
"""


@dataclass(frozen=True)
class Peer:
    """One way to be asked: its server's name, prepared requests, and customers in each."""

    name: str
    server: str
    requests: Sequence[bytes]
    customers: int = 1


@dataclass(frozen=True)
class Wanted:
    """A target, and what the run came to; measured: in `unit`, at least or at most `bound`."""

    what: str
    bound: float
    measured: float
    at_least: bool = True
    unit: str = "times"

    @property
    def is_met(self) -> bool:
        """Whether it is met; what is shown is rounded, this is not."""
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


@dataclass
class Measured:
    """By connections: requests a second of each round, all latencies, and CPU seconds a request."""

    rates: dict[int, list[float]] = field(default_factory=dict)
    latencies: dict[int, list[float]] = field(default_factory=dict)
    cpu: dict[int, list[float]] = field(default_factory=dict)

    def add(
        self, connections: int, server: Server, ask: Callable[[], tuple[tuple[float, ...], float]]
    ) -> None:
        """One stretch of load."""
        before = server.cpu
        latencies, rate = ask()
        self.rates.setdefault(connections, []).append(rate)
        self.latencies.setdefault(connections, []).extend(latencies)
        self.cpu.setdefault(connections, []).append((server.cpu - before) / len(latencies))


def main() -> None:
    """Start all servers, ask them in turn, write the page."""
    frame = read_frame(DATA / "features" / "features.parquet", [read_summary(DATA / "tables").as_of])
    asked = np.random.default_rng(7).choice(frame.customer_id, CUSTOMERS, replace=False).tolist()
    with tempfile.TemporaryDirectory(prefix="holdfast-serving-") as temporary, ExitStack() as stack:
        folder = Path(temporary)
        rows.write(frame, folder)
        save_for_mlflow(folder)
        servers = started(stack, folder, asked[0])
        one, many = singles(asked, frame), batches(asked, frame)
        found = measured(servers, one, CONNECTIONS) | measured(servers, many, (1,))
        memory = {name: server.megabytes for name, server in servers.items()}
        starts = {name: (server.started_cpu, memory[name]) for name, server in servers.items()}
        alike = frame.customer_id[:PARITY].tolist()
        other = differing(servers["Holdfast"].port, DATA / "scores" / "scores.parquet", alike)
        more = with_many(folder)
    customers = read_table(DATA / "scores" / "scores.parquet", ["as_of"]).num_rows
    page = PAGE.format(
        rounds=ROUNDS,
        seconds=SECONDS,
        load=os.getloadavg()[0],
        customers=customers,
        alike=len(alike) - len(other),
        of_alike=len(alike),
        many=TIMES * customers,
        wanted=table_of_wanted(wanted(found, starts["Holdfast"][0], more)),
        asked=CUSTOMERS,
        batch=BATCH,
        single=table(one, found),
        batches=table_of_batches(many, found),
        starts="\n".join(
            f"| {name} | {started:.1f} | {megabytes:,.0f} |"
            for name, (started, megabytes) in {**starts, **more}.items()
        ),
        **measured_on(PACKAGES),
    )
    print(page)
    RESULT.write_text(page)


def save_for_mlflow(folder: Path) -> None:
    """The release as MLflow keeps it."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.serving_speed.saved_model",
        str(DATA / "live"),
        str(folder / "model"),
    ]
    subprocess.run(command, check=True, capture_output=True)


def started(stack: ExitStack, folder: Path, customer: str) -> dict[str, Server]:
    """All servers, ready, by name."""
    told = {
        "PEER_ROWS": str(folder),
        "PEER_RELEASE": str(DATA / "live"),
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": ".",
    }
    uvicorn = [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning", "--port"]
    mlflow = [
        sys.executable,
        "-m",
        "mlflow",
        "models",
        "serve",
        "--env-manager",
        "local",
        "-m",
        str(folder / "model"),
    ]
    ports = [free_port() for _ in range(4)]
    commands = {
        "Holdfast": ([sys.executable, "-m", "serving"], "/readyz"),
        "mlflow models serve": ([*mlflow, "--workers", "1", "-p", str(ports[1])], "/ping"),
        "FastAPI around a DataFrame": (
            [*uvicorn, str(ports[2]), "benchmarks.serving_speed.frames:app"], f"/customers/{customer}",
        ),
        "bare ASGI": ([*uvicorn, str(ports[3]), "benchmarks.serving_speed.bare:app"], f"/{customer}"),
    }  # fmt: skip
    ours = settings_of_ours(DATA / "serving", folder, ports[0])
    return {
        name: stack.enter_context(running(command, port, request(ready), folder, {**told, **ours}))
        for (name, (command, ready)), port in zip(commands.items(), ports, strict=True)
    }


def settings_of_ours(served: Path, folder: Path, port: int) -> dict[str, str]:
    """Our server's environment: stores of its own, and no limit on how often it may be asked."""
    return {
        "HOLDFAST_SERVING_DIR": str(served),
        "HOLDFAST_PORT": str(port),
        "HOLDFAST_AUDIT_DIR": str(folder / "audit"),
        "HOLDFAST_REQUESTS_PER_SECOND": "1000000",
        **{f"HOLDFAST_{name}_URL": f"sqlite:///{folder / name.lower()}.db" for name in STORES},
    }


def with_many(folder: Path) -> dict[str, tuple[float, float]]:
    """Start and memory with five times the customers: after looking up, and after judging anew."""
    room = folder / "many"
    served = multiplied(DATA / "serving", DATA / "tables", room / "serving", TIMES)
    ids = read_table(served / "scores.parquet", ["customer_id"])["customer_id"].to_pylist()
    port, later, some = free_port(), later_than_data(), ids[:: max(len(ids) // CUSTOMERS, 1)]
    command = [sys.executable, "-m", "benchmarks.serving_speed.unchecked"]
    settings = {**settings_of_ours(served, room, port), "PYTHONPATH": "."}
    with running(command, port, request("/readyz"), room, settings) as server:
        load(port, [request(f"/v1/customers/{each}") for each in some], 1, SECONDS)
        looked_up = server.megabytes
        load(port, [request(f"/v1/customers/{each}?as_of={later}") for each in some], 1, SECONDS)
        return {
            f"Holdfast, {len(ids):,} customers, looked up": (server.started_cpu, looked_up),
            "… and then judged anew": (server.started_cpu, server.megabytes),
        }


def singles(asked: Sequence[str], frame: FeatureFrame) -> list[Peer]:
    """One customer a request."""
    later = f"?as_of={later_than_data()}"
    return [
        Peer("**Holdfast, looked up**", "Holdfast", [request(f"/v1/customers/{each}") for each in asked]),
        Peer(
            "Holdfast, judged anew", "Holdfast", [request(f"/v1/customers/{each}{later}") for each in asked]
        ),
        Peer(
            "mlflow models serve", "mlflow models serve", [invocation([each], frame) for each in asked[:200]]
        ),
        Peer(
            "FastAPI around a DataFrame",
            "FastAPI around a DataFrame",
            [request(f"/customers/{each}") for each in asked],
        ),
        Peer("bare ASGI that reads and predicts", "bare ASGI", [request(f"/{each}") for each in asked]),
    ]


def later_than_data() -> str:
    """A day after the data's end."""
    end = json.loads((DATA / "serving" / "serving.json").read_text())["as_of"]
    day = np.datetime64(end.removesuffix("Z")) + np.timedelta64(1, "D")
    return f"{day}Z"


def batches(asked: Sequence[str], frame: FeatureFrame) -> list[Peer]:
    """Many customers a request; of each kind two, of different customers."""
    parts = [list(asked[begin : begin + BATCH]) for begin in range(0, len(asked), BATCH)]
    lists = [json.dumps(part).encode() for part in parts]
    bodies = [json.dumps({"customers": [{"customer_id": each} for each in part]}).encode() for part in parts]
    bare = ["churn_probability", "lifetime_value_minor", "value_at_stake_minor", "value_at_stake_low_minor"]
    short = [
        json.dumps(
            {"customers": [{"customer_id": each} for each in part], "fields": ["customer_id", *bare]}
        ).encode()
        for part in parts
    ]
    path, arrow = "/v1/scores", [("Content-Type", ARROW), ("Accept", ARROW)]
    return [
        Peer("**Holdfast, JSON**", "Holdfast", [request(path, each, [JSON]) for each in bodies], BATCH),
        Peer(
            "Holdfast, JSON, without reasons",
            "Holdfast",
            [request(path, each, [JSON]) for each in short],
            BATCH,
        ),
        Peer(
            "**Holdfast, Arrow**", "Holdfast", [request(path, stream(part), arrow) for part in parts], BATCH
        ),
        Peer(
            "mlflow models serve", "mlflow models serve", [invocation(part, frame) for part in parts], BATCH
        ),
        Peer(
            "FastAPI around a DataFrame",
            "FastAPI around a DataFrame",
            [request("/customers", each, [JSON]) for each in lists],
            BATCH,
        ),
        Peer("bare ASGI, one by one", "bare ASGI", [request("/", each, [JSON]) for each in lists], BATCH),
    ]


def invocation(customers: Sequence[str], frame: FeatureFrame) -> bytes:
    """A request to MLflow, which is told the features."""
    place = {customer: number for number, customer in enumerate(frame.customer_id)}
    values = frame.values[[place[each] for each in customers]].astype(object)
    data = [
        [customer, *(None if value != value else float(value) for value in row)]  # noqa: PLR0124  # NaN
        for customer, row in zip(customers, values, strict=True)
    ]
    split = {"columns": ["customer_id", *frame.names], "data": data}
    return request("/invocations", json.dumps({"dataframe_split": split}).encode(), [JSON])


def stream(customers: Sequence[str]) -> bytes:
    """Customers as an Arrow stream."""
    told, sink = pa.table({"customer_id": list(customers)}), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, told.schema) as writer:
        writer.write_table(told)
    body: bytes = sink.getvalue().to_pybytes()
    return body


def measured(
    servers: dict[str, Server], peers: Sequence[Peer], connections: Sequence[int]
) -> dict[tuple[str, int], Measured]:
    """Every peer with so many connections at a time, in turn; the first answers are not counted."""
    found = {(peer.name, peer.customers): Measured() for peer in peers}
    for peer in peers:
        load(servers[peer.server].port, peer.requests, 1, 0.3)
    for _ in range(ROUNDS):
        for many in connections:
            for peer in peers:
                server = servers[peer.server]

                def ask(
                    server: Server = server, peer: Peer = peer, many: int = many
                ) -> tuple[tuple[float, ...], float]:
                    answered = load(server.port, peer.requests, many, SECONDS, least=3)
                    return answered.latencies, answered.per_second

                found[peer.name, peer.customers].add(many, server, ask)
    return found


def table(peers: Sequence[Peer], found: dict[tuple[str, int], Measured]) -> str:
    """One row a peer."""
    head = "| | " + " | ".join(
        f"{many} connection{'s' * (many > 1)}: requests/s (rounds) | p50, p99 ms | CPU µs"
        for many in CONNECTIONS
    )
    lines = [f"{head} |", "|---" * (1 + 3 * len(CONNECTIONS)) + "|"]
    for peer in peers:
        of_peer = found[peer.name, peer.customers]
        cells = [cell for many in CONNECTIONS for cell in cells_of(of_peer, many)]
        lines.append(f"| {peer.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cells_of(of_peer: Measured, many: int) -> list[str]:
    """Rate with its spread, latencies, CPU a request."""
    rates, latencies = of_peer.rates[many], np.array(of_peer.latencies[many]) * 1e3
    middle, slow = np.quantile(latencies, [0.5, 0.99])
    return [
        f"{statistics.median(rates):,.0f} ({min(rates):,.0f}–{max(rates):,.0f})",
        f"{middle:.2f}, {slow:.2f}",
        f"{statistics.median(of_peer.cpu[many]) * 1e6:,.0f}",
    ]


def wanted(
    found: dict[tuple[str, int], Measured], ready: float, more: dict[str, tuple[float, float]]
) -> list[Wanted]:
    """Targets beside what was found; ready: CPU s of ours; more: starts and memory of many customers."""
    rate = {
        (name, size, many): statistics.median(rates)
        for (name, size), of_peer in found.items()
        for many, rates in of_peer.rates.items()
    }
    ours, mlflow, bare = "**Holdfast, looked up**", "mlflow models serve", "bare ASGI that reads and predicts"
    middle, slow = np.quantile(found[ours, 1].latencies[1], [0.5, 0.99])
    cpu = max(
        statistics.median(found[ours, 1].cpu[many]) / statistics.median(found[bare, 1].cpu[many])
        for many in CONNECTIONS
    )
    of_mlflow = "of `mlflow models serve`'s requests"
    return [
        Wanted(f"{of_mlflow}, 1 connection", 22, rate[ours, 1, 1] / rate[mlflow, 1, 1]),
        Wanted(f"{of_mlflow}, 32 connections", 50, rate[ours, 1, 32] / rate[mlflow, 1, 32]),
        Wanted("of the bare application's CPU a request, at worst", 3, cpu, at_least=False),
        Wanted("99 % of the median at 1 connection", 3, slow / middle, at_least=False),
        Wanted(
            f"{of_mlflow}, {BATCH:,} customers, JSON",
            1.6,
            rate["**Holdfast, JSON**", BATCH, 1] / rate[mlflow, BATCH, 1],
        ),
        Wanted(
            f"{of_mlflow}, {BATCH:,} customers, Arrow",
            3,
            rate["**Holdfast, Arrow**", BATCH, 1] / rate[mlflow, BATCH, 1],
        ),
        Wanted("ready", 3, ready, at_least=False, unit="s of CPU"),
        *(Wanted(name, 300, megabytes, at_least=False, unit="MB") for name, (_, megabytes) in more.items()),
    ]


def table_of_wanted(targets: Sequence[Wanted]) -> str:
    """One row a target."""
    return "\n".join(
        f"| {each.what} | at {'least' if each.at_least else 'most'} {each.bound:g} {each.unit} "
        f"| {each.measured:,.{0 if each.measured >= 100 else 1 if each.measured >= 10 else 2}f} "
        f"| {'met' if each.is_met else '**missed**'} |"
        for each in targets
    )


def table_of_batches(peers: Sequence[Peer], found: dict[tuple[str, int], Measured]) -> str:
    """One row a peer: customers a second."""
    lines = ["| | customers/s (rounds) | p50, p99 ms | CPU µs a customer |", "|---|---|---|---|"]
    for peer in peers:
        of_peer = found[peer.name, peer.customers]
        rates = [rate * peer.customers for rate in of_peer.rates[1]]
        middle, slow = np.quantile(np.array(of_peer.latencies[1]) * 1e3, [0.5, 0.99])
        cpu = statistics.median(of_peer.cpu[1]) * 1e6 / peer.customers
        lines.append(
            f"| {peer.name} | {statistics.median(rates):,.0f} ({min(rates):,.0f}–{max(rates):,.0f}) "
            f"| {middle:.0f}, {slow:.0f} | {cpu:,.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
