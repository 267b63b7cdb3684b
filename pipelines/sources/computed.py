"""Columns worked out from several of a file: quantity × price, and an instant so long after another."""

import pyarrow as pa
import pyarrow.compute as pc

from models.contract.conform import Conformed, findings
from models.contract.fates import ACCEPTED, Fates, refuse
from models.contract.parse_durations import add_business_duration, add_duration
from models.contract.parse_numbers import parse_products
from models.contract.parsed import Parsed
from models.domain.vocabulary import Reject
from pipelines.sources.mapping import Clock, ColumnSource
from pipelines.sources.table_plan import TablePlan
from pipelines.sources.values import as_number_text, flat


def read_as_they_are(values: pa.Table, plan: TablePlan) -> pa.Table:
    """The columns of `values` that are no duration, which alone says no instant."""
    durations = {name for name, source in plan.columns.items() if source.after is not None}
    return values.select([name for name in values.column_names if name not in durations])


def with_computed(as_read: pa.Table, values: pa.Table, plan: TablePlan, conformed: Conformed) -> Conformed:
    """All columns in contract types and declared order, and the fates after what could not be worked out."""
    columns = {name: conformed.table[name] for name in conformed.table.column_names}
    fates = conformed.fates
    computed: dict[str, Parsed] = {}
    for name, source in plan.columns.items():
        if source.product:
            parsed, reason = _product(as_read, plan, name, source, fates), Reject.NOT_A_NUMBER
        elif source.after is not None:
            parsed, reason = _instant(conformed.table, values, plan, name, source), Reject.NOT_A_TIME
        else:
            continue
        columns[name] = pa.chunked_array([parsed.values])
        computed[name] = parsed
        fates = refuse(fates, parsed.failed, reason)
    rows = pa.table({name: columns[name] for name in plan.declared.names if name in columns})
    return Conformed(rows, fates, {**conformed.findings, **findings(plan.declared, computed, fates)})


def _product(as_read: pa.Table, plan: TablePlan, name: str, source: ColumnSource, fates: Fates) -> Parsed:
    """Rows that are settled already have no say in which unit the column is."""
    said = plan.conventions.of(name)
    undecided = pa.array(fates == ACCEPTED)
    nothing = pa.scalar(None, pa.string())
    quantity, price = (
        pc.if_else(undecided, as_number_text(flat(as_read[factor]), said.decimal_mark), nothing)
        for factor in source.product
    )
    where = f"{plan.declared.name}.{name}"
    return parse_products(
        quantity, price, said.amount_unit, said.currency, decimal_mark=said.decimal_mark, where=where
    )


def _instant(rows: pa.Table, values: pa.Table, plan: TablePlan, name: str, source: ColumnSource) -> Parsed:
    if source.after is None or source.unit is None:
        raise ValueError(f"no duration: {source}")
    said = plan.conventions.of(name)
    start = flat(rows[source.after])
    text = as_number_text(flat(values[name]), said.decimal_mark)
    if source.clock is Clock.BUSINESS and plan.hours is not None:
        return add_business_duration(
            start, text, source.unit, plan.hours, said.timezone, decimal_mark=said.decimal_mark
        )
    return add_duration(start, text, source.unit, decimal_mark=said.decimal_mark)
