"""Counters, gauges and a histogram in Prometheus' text format (version 0.0.4), without a library.

A metric is declared in `METRICS` and counted by `count(metrics, "holdfast_…", label=value)`. Labels take few
values: a metric keeps at most `MOST_SERIES` of them, and what comes later is counted under `other`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_SERIES = 200
OTHER = "other"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

# Counters by name: what they count, and by which labels.
METRICS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "holdfast_problems_total": ("Requests refused or failed, by the problem told.", ("problem",)),
    "holdfast_reloads_total": ("Attempts to load what there is to serve, by how they ended.", ("result",)),
    "holdfast_events_total": ("Posted events by type and by what became of them.", ("type", "result")),
    "holdfast_scored_total": ("Customers scored, by the model that was used.", ("model_used",)),
    "holdfast_background_failures_total": ("Failures of what the server does beside answering.", ("task",)),
    "holdfast_audit_lines_total": ("Lines written about reads of what is known of customers.", ()),
}
LATENCY = "holdfast_request_seconds"

Labels = tuple[str, ...]


@dataclass
class Histogram:
    """How many observations fell into each of `BUCKETS` and beyond, and their sum."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0


@dataclass(frozen=True)
class Metrics:
    """What one application counted. Threads may count at once."""

    counters: dict[str, dict[Labels, float]] = field(default_factory=lambda: {name: {} for name in METRICS})
    latency: dict[Labels, Histogram] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


def count(metrics: Metrics, name: str, by: float = 1, **labels: str) -> None:
    """Add to a counter of `METRICS`. Raises `KeyError` for one that is not declared, or other labels."""
    key = tuple(labels[label] for label in METRICS[name][1])
    with metrics.lock:
        series = metrics.counters[name]
        key = _bounded(key, series)
        series[key] = series.get(key, 0) + by


def observe(metrics: Metrics, route: str, status: int, seconds: float) -> None:
    """Note how long a route's answer took; route: a template, never a path."""
    key = (route, str(status))
    with metrics.lock:
        histogram = metrics.latency.setdefault(_bounded(key, metrics.latency), Histogram())
        histogram.counts[bisect_left(BUCKETS, seconds)] += 1
        histogram.total += seconds


def lines(metrics: Metrics, gauges: Iterable[str] = ()) -> Iterator[str]:
    """Everything counted as lines of text, and the gauges that were read for it."""
    with metrics.lock:
        counted = {name: dict(series) for name, series in metrics.counters.items()}
        timed = {key: (tuple(one.counts), one.total) for key, one in metrics.latency.items()}
    for name, series in counted.items():
        meaning, labels = METRICS[name]
        yield from head(name, "counter", meaning)
        for values, total in sorted(series.items()):
            yield line(name, dict(zip(labels, values, strict=True)), total)
    yield from head(LATENCY, "histogram", "How long answers took, by route and status.")
    for (route, status), (counts, total) in sorted(timed.items()):
        yield from _histogram({"route": route, "status": status}, counts, total)
    yield from gauges


def head(name: str, kind: str, meaning: str) -> tuple[str, str]:
    """What a metric is, before its values."""
    return f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"


def line(name: str, labels: Mapping[str, str], value: float) -> str:
    """One value: 'holdfast_problems_total{problem="unknown-customer"} 3'."""
    told = ",".join(f'{label}="{_escaped(word)}"' for label, word in labels.items())
    return f"{name}{{{told}}} {value:.17g}" if told else f"{name} {value:.17g}"


def _histogram(labels: Mapping[str, str], counts: tuple[int, ...], total: float) -> Iterator[str]:
    below = 0
    for bound, found in zip((*BUCKETS, float("inf")), counts, strict=True):
        below += found
        told = "+Inf" if bound == float("inf") else f"{bound:g}"
        yield line(f"{LATENCY}_bucket", {**labels, "le": told}, below)
    yield line(f"{LATENCY}_sum", labels, total)
    yield line(f"{LATENCY}_count", labels, below)


def _bounded(key: Labels, series: Mapping[Labels, object]) -> Labels:
    return key if key in series or len(series) < MOST_SERIES else (OTHER,) * len(key)


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
