"""Contract tables as one stream of rows by customer, folded as it passes: what each worker of a cluster runs.

A row of the stream belongs to one row of one table: whose it is, the table's number, and a column for each
table, of which that table's holds the row and the others are empty. All rows of a customer follow each other,
and those of one table stand in the table's order. Whoever brings rows into that order has no more to know.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.prices import Prices, in_constant_money
from models.contract.tables import table as contract_table
from models.features.availability import NOTHING_COUNTED, TableColumns, usable
from models.features.batch import compute_batch
from models.features.catalogue import CATALOGUE
from models.features.declaration import Feature
from models.features.frame import to_table
from models.features.history import columns_read
from models.features.owners import CUSTOMER
from models.features.plan import build_plan
from models.features.population import NOBODY, Populations

TABLE = "table"

MOST_EVENTS = 1 << 18  # gathered before they are folded, if they are not all of one customer
MOST_ROWS = 1 << 17  # folded together, if they are not all of one customer
BATCH_ROWS = 1 << 13  # handed on together


@dataclass(frozen=True)
class Asked:
    """Which features to compute: all that a worker is told, so it must survive the way there.

    columns: those that the source filled, by table. snapshots in microseconds; zone: names the local days;
    prices: amounts are brought to constant money by them. populations: what was counted of articles across
    all customers, without which features that look it up are off: a worker sees only some, and never counts.
    """

    columns: TableColumns
    snapshots: tuple[int, ...]
    zone: str
    prices: Prices
    populations: Populations = NOBODY

    @property
    def features(self) -> tuple[Feature, ...]:
        """Those that can be computed."""
        return usable(CATALOGUE, self.columns, "" if self.populations.as_of else NOTHING_COUNTED).features

    @property
    def names(self) -> tuple[str, ...]:
        """Features in the order of their columns."""
        return tuple(feature.name for feature in self.features)

    @property
    def tables(self) -> Mapping[str, tuple[str, ...]]:
        """The columns to be streamed, by table; a table's number is its place."""
        plan = build_plan(self.features)
        names = sorted({"orders", *(layout.table for layout in plan.layouts)})
        return {name: tuple(sorted(columns_read(plan, name) & set(self.columns[name]))) for name in names}


def fold_stream(asked: Asked, stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Features of every customer in the stream, as `to_table` lays them out, some customers at a time."""
    tables = asked.tables
    most_customers = max(1, MOST_ROWS // max(1, len(asked.snapshots)))
    for part in whole_customers(stream, MOST_EVENTS, most_customers):
        given = _contract_tables(part, tables, asked.prices)
        frame = compute_batch(
            given, asked.columns, asked.snapshots, asked.zone, populations=asked.populations
        )
        yield from to_table(frame).to_batches(max_chunksize=BATCH_ROWS)


def whole_customers(
    stream: Iterable[pa.RecordBatch], most_events: int, most_customers: int
) -> Iterator[pa.Table]:
    """The stream, cut between customers as soon as a part has so many events, or so many customers.

    A batch may end within a customer, and may be empty.
    """
    kept: list[pa.RecordBatch] = []
    events = customers = 0
    last = None
    for batch in stream:
        begin = 0
        for start in _starts(batch, last):
            if events + start - begin >= most_events or customers == most_customers:
                yield pa.Table.from_batches([*kept, batch.slice(begin, start - begin)])
                kept, events, customers, begin = [], 0, 0, start
            customers += 1
        kept.append(batch.slice(begin))
        events += batch.num_rows - begin
        last = batch.column(CUSTOMER)[-1].as_py() if batch.num_rows else last
    if events:
        yield pa.Table.from_batches(kept)


def _starts(batch: pa.RecordBatch, last: str | None) -> list[int]:
    """Where customers begin, `last` being the one before; sorted."""
    ids = batch.column(CUSTOMER)
    if len(ids) == 0:
        return []
    begun = [] if ids[0].as_py() == last else [0]
    changes: list[int] = (1 + np.flatnonzero(pc.not_equal(ids[1:], ids[:-1]))).tolist()
    return begun + changes


def _contract_tables(
    part: pa.Table, tables: Mapping[str, tuple[str, ...]], prices: Prices
) -> dict[str, pa.Table]:
    """The rows of some customers as contract tables, in constant money."""
    found = {}
    for number, (name, columns) in enumerate(tables.items()):
        declared = contract_table(name)
        said = part.filter(pc.equal(part[TABLE], number))[name]
        rows = pa.Table.from_struct_array(said.combine_chunks())
        schema = declared.schema(columns)
        found[name] = in_constant_money(rows.select(schema.names).cast(schema), declared, prices)
    return found
