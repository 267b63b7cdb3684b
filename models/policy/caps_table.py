"""What may be promised each customer of a run, and the figures behind it, in a file that is read row by row.

    customer_id | what may be promised by each action, `cap:` and its id | the inputs that differ by customer

`lot:` and an action's id: what may be promised to whom a plan's lot gives it, where that differs. Inputs that
are the same for all stand in the file's metadata, and so do the order of them all and the run.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.domain.errors import DamagedRelease
from models.domain.instants import iso
from models.policy.assess import rule_of
from models.policy.cap_inputs import caps_of_actions, input_columns
from models.policy.caps import terms
from models.policy.customers import CustomerInputs
from models.policy.lifecycle import stages_of
from models.policy.settings import PolicySettings

Cells: TypeAlias = NDArray[Any] | pa.Array

CUSTOMER, CAP, LOT = "customer_id", "cap:", "lot:"
SYMBOLS, SAME_FOR_ALL, RUN = b"symbols", b"same_for_all", b"run"


@dataclass(frozen=True)
class RunCaps:
    """The file, mapped into memory. columns: by name; same_for_all: inputs by symbol; symbols: in order.

    run: names the release and the instant that it is of.
    """

    run: str
    customer_id: pa.Array
    columns: Mapping[str, Cells]
    same_for_all: Mapping[str, Any]
    symbols: tuple[str, ...]

    def __len__(self) -> int:
        """How many customers."""
        return len(self.customer_id)

    def cap(self, row: int, action: str, *, drawn: bool = False) -> int:
        """What may be promised one customer by an action, minor units; 0 for one that the policy has not.

        drawn: whether the plan's lot gave them the action.
        """
        column = self.columns.get(f"{CAP}{action}")
        if drawn:
            column = self.columns.get(f"{LOT}{action}", column)
        return 0 if column is None else int(column[row])

    def inputs(self, row: int) -> dict[str, Any]:
        """The inputs of one customer by symbol, as `cap_explained` has them."""
        columns = self.columns
        return {
            symbol: cell(columns[symbol], row) if symbol in columns else self.same_for_all[symbol]
            for symbol in self.symbols
        }


def run_name(release_id: str, as_of: int) -> str:
    """The name of a run: its release, and the instant that it speaks for (microseconds)."""
    return f"{release_id} as of {iso(as_of)}"


def caps_table(
    run: str,
    customer_id: NDArray[np.object_],
    customers: CustomerInputs,
    settings: PolicySettings,
    mean_order: float,
) -> pa.Table:
    """What `RunCaps` reads, of customers in the order given; mean_order: of the population, minor units."""
    columns, inputs = caps_columns(customers, settings, mean_order)
    same = {symbol: value for symbol, value in inputs.items() if symbol not in columns}
    told = {SYMBOLS: json.dumps(list(inputs)), SAME_FOR_ALL: json.dumps(same), RUN: run}
    arrays = {name: _column(values) for name, values in columns.items()}
    table = pa.table({CUSTOMER: pa.array(customer_id, pa.string()), **arrays})
    return table.replace_schema_metadata(told)


def caps_columns(
    customers: CustomerInputs, settings: PolicySettings, mean_order: float
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The columns [n] that differ by customer, and every input by symbol, in order."""
    stage = stages_of(rule_of(customers, settings))
    given = terms(customers, stage, settings, mean_order)
    caps = caps_of_actions(customers, settings, stage, given)
    inputs = {one.symbol: one.value for one in input_columns(customers, settings, stage, given, mean_order)}
    columns = {f"{CAP}{action}": each.cap for action, each in caps.items()}
    columns |= {f"{LOT}{action}": each.lot for action, each in caps.items() if each.lot is not each.cap}
    columns |= {symbol: value for symbol, value in inputs.items() if isinstance(value, np.ndarray)}
    return columns, inputs


def write_caps(table: pa.Table, path: Path) -> None:
    """Write the file: one batch, so that a row is found without looking for it."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks())


def open_caps(path: Path) -> RunCaps:
    """Map the file into memory. Raises `DamagedRelease`."""
    try:
        with pa.memory_map(str(path)) as file, pa.ipc.open_file(file) as reader:
            batch = reader.get_batch(0)
            told = batch.schema.metadata
            columns = {name: _cells(batch.column(name)) for name in batch.schema.names if name != CUSTOMER}
            same, symbols = json.loads(told[SAME_FOR_ALL]), tuple(json.loads(told[SYMBOLS]))
            return RunCaps(told[RUN].decode(), batch.column(CUSTOMER), columns, same, symbols)
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        remedy = "Run `make` to write it again."
        raise DamagedRelease(f"{path} cannot be read: {error}", remedy=remedy) from error


def cell(values: Cells, row: int) -> float | int | bool | str | None:
    """One value of a column as a plain one; None for no number."""
    value: float | int | bool | str
    value = values.item(row) if isinstance(values, np.ndarray) else values[row].as_py()
    return None if value != value else value  # noqa: PLR0124  # NaN


def _column(values: NDArray[Any]) -> pa.Array:
    return pa.array(values.astype(object), pa.string()) if values.dtype.kind == "U" else pa.array(values)


def _cells(column: pa.Array) -> Cells:
    """Numbers as they lie in the file; words and truths as Arrow has them."""
    if not (pa.types.is_int64(column.type) or pa.types.is_float64(column.type)):
        return column
    dtype = np.int64 if pa.types.is_int64(column.type) else np.float64
    return np.frombuffer(column.buffers()[1], dtype)[column.offset : column.offset + len(column)]
