"""A serving folder whose customers stand in it several times under other names, to see what many cost."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.contract.storage import read_json, write_json
from models.release import file_digest
from pipelines.histories import write_histories

FILES = ("scores.parquet", "plan.parquet")


def multiplied(folder: Path, tables: Path, into: Path, times: int) -> Path:
    """Write a copy of a serving folder with each customer of it and of its tables so many times."""
    shutil.copytree(folder, into)
    aside, more = into / "aside", into / "tables"
    (into / "history").rename(aside)
    shutil.copytree(tables, more)
    for path in more.glob("*.parquet"):
        table = pq.read_table(path)
        if "customer_id" in table.column_names:
            pq.write_table(_repeated(table, times), path)
    write_histories(more, into / "history")
    for path in aside.iterdir():
        if not (into / "history" / path.name).exists():
            path.rename(into / "history" / path.name)
    shutil.rmtree(aside)
    shutil.rmtree(more)
    manifest = read_json(into / "serving.json")
    for path in (into / "history").iterdir():
        manifest["files"][f"history/{path.name}"] = file_digest(path)
    for name in FILES:
        table = pq.read_table(into / name)
        copies = _repeated(table, times)
        if "rank" in copies.column_names:
            place = copies.column_names.index("rank")
            ranks = pa.array(np.arange(1, len(copies) + 1), copies.schema.field(place).type)
            copies = copies.set_column(place, copies.schema.field(place), ranks)
        pq.write_table(copies, into / name)
        manifest["files"][name] = file_digest(into / name)
    write_json(manifest, into / "serving.json")
    return into


def _repeated(table: pa.Table, times: int) -> pa.Table:
    """The table so many times, in the order of customers; within each as it was."""
    copies = pa.concat_tables([_renamed(table, number) for number in range(times)])
    return copies.take(pc.sort_indices(copies, [("customer_id", "ascending")]))


def _renamed(table: pa.Table, number: int) -> pa.Table:
    if number == 0:
        return table
    place = table.column_names.index("customer_id")
    field = table.schema.field(place)
    names = pc.binary_join_element_wise(table["customer_id"].cast(pa.string()), str(number), "-")
    return table.set_column(place, field, names.cast(field.type))
