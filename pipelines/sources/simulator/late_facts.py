"""Late facts: paper slips, tills without a line, branches that send their books at the end of the week."""

import numpy as np
import pyarrow as pa

from models.contract.columns import Table
from pipelines.sources.simulator.arrow_columns import column, instants
from pipelines.sources.simulator.facts import micros
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.shop_time import lasting
from pipelines.sources.simulator.streams import stream

TABLES = ("orders", "contacts", "surveys", "activity")
LATE_BY_DAYS, MORE_DAYS = 1.0, 5.0  # a day at least, and so many more on average


def booked_late(rows: pa.Table, declared: Table, settings: SimulatorSettings, end: int) -> pa.Table:
    """Some facts become known days later than they would; of those, what is not known by `end` is missing.

    What happened at one instant is one fact: the lines of an order come late together.
    """
    if settings.dirt.late_share == 0 or declared.name not in TABLES:
        return rows
    rng = stream(settings.seed, f"late {declared.name}")
    happened, known = micros(rows[declared.event]), micros(rows["known_at"])
    fact = np.cumsum(np.diff(happened, prepend=0) != 0) - 1
    facts = int(fact.max(initial=-1)) + 1
    late = rng.random(facts) < settings.dirt.late_share
    by = lasting(LATE_BY_DAYS + MORE_DAYS * rng.standard_exponential(facts))
    late, known_at = late[fact], known + np.where(late, by, 0)[fact]
    place = rows.column_names.index("known_at")
    told = rows.set_column(place, rows.schema.field(place), instants(known_at))
    return told.filter(column(~late | (known_at <= end)))
