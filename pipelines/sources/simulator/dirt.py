"""The books as such books are: some clocks wrong, some facts late, some rows twice.

Each kind draws from streams of its own and acts on tables that are finished, so that whatever is not soiled
stays as it was. What changes the world itself stands where it acts: `level_shift` and `backlog`.
"""

from collections.abc import Mapping

import pyarrow as pa

from models.contract.tables import table
from pipelines.sources.simulator.clock_skew import skewed
from pipelines.sources.simulator.late_facts import booked_late
from pipelines.sources.simulator.repeated_rows import repeated
from pipelines.sources.simulator.settings import SimulatorSettings


def soiled(
    tables: Mapping[str, pa.Table], settings: SimulatorSettings, end: int, *, shop: SimulatorSettings
) -> dict[str, pa.Table]:
    """Tables by name with the dirt that `settings.dirt` switches on; sorted by customer and time still.

    shop: the settings of the whole shop, whose clocks are the same for all its customers.
    """
    soiled_tables = {}
    for name, rows in tables.items():
        declared = table(name)
        late = booked_late(skewed(rows, declared, shop), declared, settings, end)
        soiled_tables[name] = repeated(late, declared, settings)
    return soiled_tables
