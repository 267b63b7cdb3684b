"""`make simulate-report`: published facts beside what the simulated world of params.yaml shows."""

from models.domain.errors import BadSource
from pipelines.params import section
from pipelines.sources.simulator.blocks import whole
from pipelines.sources.simulator.calibration import calibrate, calibration_table
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.source import SourceKind, SourceSettings
from pipelines.stage import run


def main() -> None:
    """Print the calibration of the world that `simulator` and `source.timezone` describe."""
    print(calibration_report())


def calibration_report() -> str:
    """The calibration table of the world in params.yaml. Raises `BadSource` for any other source."""
    source = section(SourceSettings, "source")
    if source.kind is not SourceKind.SIMULATOR:
        raise BadSource(
            "only a simulated world can be laid beside published facts",
            allowed="source.kind: simulator",
            given=f"source.kind: {source.kind.value}",
            remedy="Run it where params.yaml names the simulator.",
        )
    world = whole(section(SimulatorSettings, "simulator"), source.timezone)
    return calibration_table(calibrate(world))


if __name__ == "__main__":
    run(main)
