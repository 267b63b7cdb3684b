"""Contract tables as a server reads them: by customer, each with an index of whose rows are where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from models.contract.histories import CUSTOMER, INDEX, SUFFIX
from models.contract.tables import TABLES
from models.domain.errors import ContractViolation

BATCH_ROWS = 1 << 18


@dataclass(frozen=True)
class Owned:
    """Whose the rows of a table are: customers [c] in ascending order, and after which row each one's end."""

    customers: pa.Array
    end: NDArray[np.int64]


def write_histories(tables: Path, folder: Path) -> None:
    """Write every table that the source has, and the index of them all, into an empty folder."""
    folder.mkdir(parents=True)
    owned = {}
    for declared in TABLES:
        path = tables / f"{declared.name}.parquet"
        if path.exists():
            owned[declared.name] = _write(path, folder / f"{declared.name}{SUFFIX}")
    _write_table(_index(owned), folder / INDEX)


def _write(source: Path, target: Path) -> Owned:
    """Copy a table, some rows at a time: it lies in the order of customers already."""
    schema = pq.read_schema(source).remove_metadata()
    kept = schema.remove(schema.get_field_index(CUSTOMER))
    customers, end, rows = [pa.array([], pa.string())], [np.empty(0, np.int64)], 0
    with pa.OSFile(str(target), "wb") as file, pa.ipc.new_file(file, kept) as writer:
        for batch in whole_customers(source):
            runs = pc.run_end_encode(batch[CUSTOMER].combine_chunks(), run_end_type=pa.int64())
            _check_order(source, customers[-1], runs.values)
            customers.append(runs.values)
            end.append(rows + np.asarray(runs.run_ends))
            writer.write_table(batch.select(kept.names).combine_chunks())
            rows += batch.num_rows
    return Owned(pa.concat_arrays(customers), np.concatenate(end))


def _check_order(source: Path, before: pa.Array, customers: pa.Array) -> None:
    row = pa.concat_arrays([before[-1:], customers]) if len(before) else customers
    if not pc.all(pc.less(row[:-1], row[1:]), min_count=0).as_py():
        raise ContractViolation(
            "a table does not lie in the order of its customers",
            given=source.name,
            remedy="Run `make` from the stage ingest on, which writes it so.",
        )


def whole_customers(source: Path) -> Iterator[pa.Table]:
    """A table in its order, cut between customers."""
    waiting: list[pa.Table] = []
    with pq.ParquetFile(source) as file:
        for batch in file.iter_batches(BATCH_ROWS, use_threads=False):
            waiting.append(pa.Table.from_batches([batch]).replace_schema_metadata(None))
            ids = batch.column(CUSTOMER)
            begun = _last_begins(ids)
            if begun:
                last = waiting.pop()
                yield pa.concat_tables([*waiting, last.slice(0, begun)])
                waiting = [last.slice(begun)]
    if waiting and sum(part.num_rows for part in waiting):
        yield pa.concat_tables(waiting)


def _last_begins(ids: pa.Array) -> int:
    """Where the rows of the last customer begin."""
    changed = np.flatnonzero(np.asarray(pc.not_equal(ids[1:], ids[:-1])))
    return int(changed[-1]) + 1 if len(changed) else 0


def _index(owned: Mapping[str, Owned]) -> pa.Table:
    """Every customer, ascending, and of each table where the rows of each one begin and end."""
    every = [pa.array([], pa.string()), *(each.customers for each in owned.values())]
    ids = pc.unique(pa.concat_arrays(every))
    ids = ids.take(pc.sort_indices(ids))
    columns = {CUSTOMER: ids}
    for name, each in owned.items():
        place = np.asarray(pc.index_in(each.customers, value_set=ids))
        begin, end = np.zeros(len(ids), np.int64), np.zeros(len(ids), np.int64)
        begin[place], end[place] = np.append(0, each.end[:-1]), each.end
        columns |= {f"begin_{name}": pa.array(begin), f"end_{name}": pa.array(end)}
    return pa.table(columns)


def _write_table(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks())
