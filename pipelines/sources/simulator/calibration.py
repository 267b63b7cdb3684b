"""Published facts beside what a simulated world shows, measured on its tables and its oracle."""

from collections.abc import Sequence

from pipelines.sources.simulator.calibrated_leaving import leaving_facts
from pipelines.sources.simulator.calibrated_service import service_facts
from pipelines.sources.simulator.facts import Fact
from pipelines.sources.simulator.world import World

HEADINGS = ("fact", "source", "target", "this world", "cases", "")


def calibrate(world: World) -> tuple[Fact, ...]:
    """Every fact, in the order of the page docs/simulator.md."""
    return (*service_facts(world), *leaving_facts(world))


def calibration_table(facts: Sequence[Fact]) -> str:
    """The facts as lines to print: what the world gives ± one standard error, and a mark where it misses.

    A small world shows a fact roughly: it misses where the target lies beyond two standard errors.
    """
    rows = [
        HEADINGS,
        *(
            (f.name, f.source, f.target, f.shown(), f"{f.cases:,}", "" if f.fits() else "misses")
            for f in facts
        ),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)
