"""`make examples`: exports of an invented shop and an invented telephone company, to try Holdfast on.

They are what the walk-throughs in `docs/` start from; nothing else reads them.
"""

from pathlib import Path

from pipelines.examples.own_shop import write_own_shop
from pipelines.examples.wide import write_wide
from pipelines.params import section
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.stage import run

FOLDER = Path("var") / "examples"


def main() -> None:
    """Write the files and say where they are."""
    sales, tickets = write_own_shop(FOLDER / "own_shop", section(SimulatorSettings, "simulator"))
    print("\n".join(str(path) for path in (sales, tickets, write_wide(FOLDER / "telco.csv"))))


if __name__ == "__main__":
    run(main)
