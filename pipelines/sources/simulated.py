"""The embedded simulator as a source: its tables are in the contract's types already."""

from models.contract.fates import all_accepted
from models.contract.tables import table
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate
from pipelines.sources.source import Reading, ReadTable, SourceSettings


def read(settings: SourceSettings, simulator: SimulatorSettings) -> Reading:
    """Simulate a shop whose clocks show `source.timezone`."""
    world = simulate(simulator, settings.timezone)
    tables = {}
    for name, made in world.tables.items():
        rows = made.cast(table(name).schema(tuple(made.column_names))).combine_chunks()
        tables[name] = ReadTable(rows, rows, all_accepted(rows.num_rows))
    return Reading(
        tables, extracted_at=world.extracted_at, oracle=world.oracle, price_index=world.price_index
    )
