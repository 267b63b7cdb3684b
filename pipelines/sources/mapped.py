"""The rows of a file as rows of a contract table, by a plan: each row read gets one fate.

Order of rules: a line whose values cannot be told apart is refused (`wrong_length`); rows that fail a
condition of `where`, or name nobody, are out of scope; where order lines carry no number, lines identical in
all columns are merged and the rest numbered within their order; then words that a value map must know, then
texts are understood. What a rule says of a row depends on that row alone, but for merging and numbering,
which see all lines of an order.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Kind
from models.contract.conform import conform
from models.contract.duplicates import repeats, row_in_group
from models.contract.fates import ACCEPTED, MERGED, OUT_OF_SCOPE, Fates, Mask, all_accepted, refuse, settle
from models.contract.parse_text import normalise_array
from models.contract.validation import without_customer
from models.domain.vocabulary import Reject
from pipelines.sources.computed import read_as_they_are, with_computed
from pipelines.sources.csv_text import LINE
from pipelines.sources.identity import LookedUp, Unmatched, tally
from pipelines.sources.scope import broken, fulfils
from pipelines.sources.source import ReadTable
from pipelines.sources.table_plan import TablePlan
from pipelines.sources.values import as_text, flat, values_of

WITHHELD = "(not kept: the file holds more than is read)"


@dataclass(frozen=True)
class Mapped:
    """Rows of a file after mapping, and how many of them, by where and what was found (as `Conformed`)."""

    read: ReadTable
    findings: Mapping[tuple[str, str], int]
    unmatched: Unmatched


def map_rows(as_read: pa.Table, plan: TablePlan, found: LookedUp | None = None) -> Mapped:
    """The rows `as_read` (columns of the file, and `_line`) in contract types, with their fates.

    found [n]: whose the rows are, where the file holds a key instead of the customer's id. Of a table
    whose lines get numbers, `as_read` must hold all lines of each order in it. Raises `BadSource`.
    """
    fates = refuse(all_accepted(as_read.num_rows), _broken_lines(as_read, plan), Reject.WRONG_LENGTH)
    fates, findings = _in_scope(as_read, plan, fates)
    unmatched = Unmatched() if found is None else tally(found, fates == ACCEPTED)
    values, unmapped = _values(as_read, plan, None if found is None else found.customers)
    fates = without_customer(values, plan.declared, fates)
    if plan.numbers_lines:
        values, fates = _numbered(as_read, plan, values, fates)
    fates = refuse(fates, unmapped, Reject.UNMAPPED)
    conformed = conform(read_as_they_are(values, plan), plan.declared, plan.conventions, fates)
    conformed = with_computed(as_read, values, plan, conformed)
    read = ReadTable(_kept(as_read, plan), conformed.table, conformed.fates)
    return Mapped(read, {**findings, **conformed.findings}, unmatched)


def _broken_lines(as_read: pa.Table, plan: TablePlan) -> Mask:
    """Lines of another length than the heading, and ids and words in which whole lines disappeared.

    A quotation mark that opens a value by mistake swallows lines until the next one closes it.
    """
    broken_lines = np.zeros(as_read.num_rows, dtype=np.bool_)
    if LINE not in as_read.column_names:
        return broken_lines
    broken_lines |= as_read[LINE].is_valid().to_numpy()
    whole_line = rf"\n([^\n]*[,;|\t]){{{len(plan.headings) - 1}}}"
    worded = {column.name for column in plan.declared.columns if column.kind in (Kind.ID, Kind.CATEGORY)}
    for name, source in plan.columns.items():
        if source.column is not None and name in worded:
            text = as_read[source.column]
            if pc.any(pc.match_substring(text, "\n")).as_py():
                broken_lines |= pc.match_substring_regex(text, whole_line).fill_null(False).to_numpy()
    return broken_lines


def _in_scope(as_read: pa.Table, plan: TablePlan, fates: Fates) -> tuple[Fates, dict[tuple[str, str], int]]:
    columns = {name: as_text(flat(as_read[name])) for each in plan.where for name in each.headings}
    findings: dict[tuple[str, str], int] = {}
    for condition in plan.where:
        beyond = ~fulfils(columns, condition)
        rows = int(np.count_nonzero(beyond & (fates == ACCEPTED)))
        if rows:
            findings[plan.declared.name, f"rows out of scope: {broken(condition)}"] = rows
        fates = settle(fates, beyond, OUT_OF_SCOPE)
    return fates, findings


def _values(as_read: pa.Table, plan: TablePlan, customers: pa.Array | None) -> tuple[pa.Table, Mask]:
    """The columns before parsing, products apart, and the rows with a word that a value map must know."""
    if customers is None and plan.columns["customer_id"].identity is not None:
        raise ValueError("a key is nobody's id: look the customers up first")
    unmapped = np.zeros(as_read.num_rows, dtype=np.bool_)
    values = {}
    for name, source in plan.columns.items():
        if name == "customer_id" and customers is not None:
            values[name] = customers
        elif not source.product:
            values[name], unknown = values_of(as_read, source)
            unmapped |= unknown
    return pa.table(values), unmapped


def _numbered(as_read: pa.Table, plan: TablePlan, values: pa.Table, fates: Fates) -> tuple[pa.Table, Fates]:
    """Identical lines merged, and the rest numbered by where they stand in their order."""
    fates = settle(fates, repeats(as_read, plan.headings, fates == ACCEPTED), MERGED)
    order = pa.chunked_array([normalise_array(as_text(flat(values["order_id"])))])
    numbers = pa.array(row_in_group(order)).cast(pa.string())
    return values.append_column("line_id", numbers), fates


def _kept(as_read: pa.Table, plan: TablePlan) -> pa.Table:
    """What a refused row shows: the columns that are read, and a line that was not understood.

    Where the file has columns that are not read, or keys of persons, such a line may hold what nobody wants
    kept: its number in the file has to do.
    """
    kept = as_read.select(plan.used)
    if LINE not in as_read.column_names or as_read[LINE].null_count == as_read.num_rows:
        return kept
    lines = flat(as_read[LINE])
    private = plan.keys or len(plan.used) < len(plan.headings)
    return kept.append_column(LINE, pc.if_else(lines.is_valid(), WITHHELD, lines) if private else lines)
