"""Who is behind a key: the tables that say whose it is are read first, the others are looked up."""

from collections.abc import Iterable
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa

from models.contract.fates import Mask
from models.contract.parse_text import normalise_array
from models.contract.tables import IDENTITY
from models.domain.identity import Concealment, fingerprint
from models.domain.vocabulary import IdentityKind
from pipelines.sources.hiding import CUSTOMER, key_of
from pipelines.sources.identity import (
    Directory,
    LookedUp,
    Unmatched,
    by_key,
    known_keys,
    links,
    look_up,
    together,
    unmatched_note,
)
from pipelines.sources.scope import fulfils
from pipelines.sources.table_plan import TablePlan
from pipelines.sources.values import as_text, flat, values_of

# A plan for a table's rows, and the rows, in which keys are hidden already.
Rows = tuple[TablePlan, Iterable[pa.RecordBatch]]


def directory_of(tables: Iterable[Rows], how: Concealment) -> Directory:
    """What the tables that have `identities` say. Those that name customers by id are read first."""
    linking = sorted(tables, key=lambda each: key_of(each[0]) is not None)
    kinds = dict.fromkeys(kind for plan, _ in linking for kind in plan.identities)
    directory = _directory(IDENTITY.schema().empty_table(), kinds, how)
    for plan, batches in linking:
        said = map(partial(_links_in, plan=plan, directory=directory), batches)
        directory = _directory(together(chain([directory.links], said)), kinds, how)
    return directory


def customers_of(as_read: pa.Table, plan: TablePlan, directory: Directory | None) -> LookedUp | None:
    """Whose the rows are that name nobody but by a hidden key; None where the table names customers by id."""
    key = key_of(plan)
    if key is None or directory is None:
        return None
    heading, kind = key
    keys = flat(as_read[heading])
    return look_up(keys, directory.known[kind]) if kind in directory.known else by_key(keys)


def key_notes(plan: TablePlan, rows: Unmatched, directory: Directory | None) -> list[str]:
    """How many rows of a table name nobody, and whether a key is all that customers have."""
    key = key_of(plan)
    if key is None or directory is None:
        return []
    kind = key[1]
    said = f"{plan.declared.name}: no table says whose a {kind} is, so the hidden {kind} is the customer's id"
    alone = [] if kind in directory.known else [said]
    return [unmatched_note(plan.declared.name, kind, rows), *alone]


def _directory(linked: pa.Table, kinds: Iterable[IdentityKind], how: Concealment) -> Directory:
    known = {kind: known_keys(linked, kind) for kind in kinds}
    return Directory(linked, known, fingerprint(how.secret))


def _links_in(batch: pa.RecordBatch, plan: TablePlan, directory: Directory) -> pa.Table:
    as_read = pa.Table.from_batches([batch])
    found = customers_of(as_read, plan, directory)
    customers = _ids(as_read, plan) if found is None else found.customers
    meant = pa.array(_in_scope(as_read, plan))
    keys = {kind: flat(as_read[heading]).filter(meant) for kind, heading in plan.identities.items()}
    return links(keys, customers.filter(meant))


def _ids(as_read: pa.Table, plan: TablePlan) -> pa.Array:
    """Customers' ids in the one way of writing that every table's ids are brought to."""
    return normalise_array(as_text(values_of(as_read, plan.columns[CUSTOMER])[0]))


def _in_scope(as_read: pa.Table, plan: TablePlan) -> Mask:
    columns = {name: as_text(flat(as_read[name])) for each in plan.where for name in each.headings}
    meant = np.ones(as_read.num_rows, dtype=np.bool_)
    for condition in plan.where:
        meant &= fulfils(columns, condition)
    return meant
