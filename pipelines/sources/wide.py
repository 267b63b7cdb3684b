"""One wide table, a row a customer, with a column that says who left: how most people start.

It has no dates, so `source.extracted_at` says for which instant it speaks; attributes and outcomes are known
from then on. A column that cannot help is left out by name, one that tells too much stops the run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.attributes import with_attributes
from models.contract.duplicates import repeats, sharing_a_key
from models.contract.fates import ACCEPTED, MERGED, Fates, all_accepted, refusal, refuse, settle
from models.contract.parse_instants import INSTANT, parse_instant
from models.contract.parse_numbers import parse_amounts
from models.contract.parse_text import normalise_array
from models.contract.tables import CUSTOMERS, IDENTITY, OUTCOMES
from models.domain.errors import BadSource
from models.domain.identity import Concealment, fingerprint
from models.domain.text import normalise
from models.domain.vocabulary import Reject
from pipelines.sources.headings import locate
from pipelines.sources.identity import Directory
from pipelines.sources.mapped import WITHHELD
from pipelines.sources.reading import LINE, FileFormat, read_file
from pipelines.sources.source import Reading, ReadTable, SourceSettings
from pipelines.sources.values import as_number_text, flat
from pipelines.sources.wide_columns import WideColumns, understand
from pipelines.sources.wide_customers import hidden_ids, hiding, require_no_key
from pipelines.sources.wide_label import Label, as_floats, find_label
from pipelines.sources.wide_leaks import refuse_leaks
from pipelines.sources.wide_settings import WideTableSettings

WHERE = "source.table"
NO_ORDERS = "a table has no orders: recency, frequency, money spent and last orders are not known"
ROW_NUMBERS = (
    f"no column of ids ({WHERE}.customer_id): rows are named row-1, row-2 and so on, and mean other "
    "customers when the file is sorted anew"
)


@dataclass(frozen=True)
class _File:
    """A wide table: all rows as they stand, their texts [n] by heading (normalised), what is said of it."""

    as_read: pa.Table
    texts: Mapping[str, pa.Array]
    said: WideTableSettings

    @property
    def value(self) -> str | None:
        """The heading of the column with what customers brought."""
        return None if self.said.value_minor is None else self.said.value_minor.column

    @property
    def key(self) -> str | None:
        """The heading of the column that names customers."""
        return None if self.said.customer_id is None else self.said.customer_id.column

    @property
    def ids(self) -> pa.Array:
        """The customers' ids [n]; row numbers where the file has none."""
        if self.key is not None:
            return self.texts[self.key]
        return pa.array([f"row-{number}" for number in range(1, self.as_read.num_rows + 1)])

    def without(self, *headings: str | None) -> dict[str, pa.Array]:
        """The texts of the columns but those named."""
        return {name: column for name, column in self.texts.items() if name not in headings}


def read(settings: SourceSettings, environment: Mapping[str, str]) -> Reading:
    """Read the file `source.path` as customers with attributes, and their outcomes.

    environment: has the secret that hides ids which are somebody's address or phone. Raises `BadSource` when
    the file cannot be read, no instant is declared, no column says who left or ids would be stored that must
    be hidden, and `Leakage`, naming them, for columns that tell the outcome by themselves.
    """
    as_of, given = _as_of(settings), settings.table or WideTableSettings()
    how = hiding(given.customer_id, environment, settings.phone_country_code)
    file = _opened(settings, given, how)
    fates = _fates(file)
    label = find_label(file.without(file.key, file.value), file.said.label)
    others = file.without(file.key, file.value, label.column, *file.said.drop)
    found = understand(others, file.said.kinds, file.said.keep, settings.decimal_mark)
    known = np.where(fates == ACCEPTED, as_floats(label.churned), np.nan)
    suspects = refuse_leaks(found.values, known, file.said.keep)
    outcomes, outcome_fates = _outcomes(file, label, fates, as_of, settings)
    shown = _shown(file, label, found)
    tables = {
        CUSTOMERS.name: ReadTable(shown, _customers(file, found, as_of), fates),
        OUTCOMES.name: ReadTable(shown, outcomes, outcome_fates),
    }
    notes = (label.sentence, *_of_ids(file, fates), *found.notes, *suspects, NO_ORDERS)
    secret = None if how is None else Directory(IDENTITY.schema().empty_table(), {}, fingerprint(how.secret))
    return Reading(tables, notes, extracted_at=as_of, directory=secret)


def _of_ids(file: _File, fates: Fates) -> Iterator[str]:
    """What a person should know of how customers are named."""
    if file.key is None:
        yield ROW_NUMBERS
    shared = int(np.count_nonzero(fates == refusal(Reject.CONFLICTING_DUPLICATE)))
    if shared:
        yield f"{file.key}: {shared:,} rows share an id and say different things of it; they are refused"


def _as_of(settings: SourceSettings) -> int:
    if settings.extracted_at is None:
        raise BadSource(
            "a wide table has no dates, so nothing says for which day it speaks",
            allowed="the day on which the table was exported, such as 2026-05-31",
            remedy="Set source.extracted_at.",
        )
    return parse_instant(settings.extracted_at, settings.timezone, "source.extracted_at")


def _opened(settings: SourceSettings, given: WideTableSettings, how: Concealment | None) -> _File:
    path = Path(settings.path)
    mark = settings.decimal_mark
    batches = read_file(path, FileFormat(given.delimiter, given.encoding, given.sheet, mark))
    as_read = pa.Table.from_batches(batches).combine_chunks()
    headings = [name for name in as_read.column_names if name != LINE]
    texts = {normalise(name): normalise_array(as_number_text(flat(as_read[name]), mark)) for name in headings}
    file = _File(as_read, texts, _located(given, tuple(texts), path))
    if file.key is not None and how is None:
        require_no_key(file.key, file.ids)
    return file if how is None else _hidden(file, how)


def _hidden(file: _File, how: Concealment) -> _File:
    """The file with its ids as keyed hashes, and no broken line, which may hold one, as it stands."""
    customer, as_read = file.said.customer_id, file.as_read
    if customer is None or customer.identity is None:
        return file
    place = [normalise(name) for name in as_read.column_names].index(customer.column)
    ids = hidden_ids(flat(as_read.column(place)), customer.identity, how)
    as_read = as_read.set_column(place, as_read.column_names[place], ids)
    if LINE in as_read.column_names:
        withheld = pc.if_else(flat(as_read[LINE]).is_valid(), WITHHELD, flat(as_read[LINE]))
        as_read = as_read.set_column(as_read.column_names.index(LINE), LINE, withheld)
    return replace(file, as_read=as_read, texts={**file.texts, customer.column: ids})


def _located(given: WideTableSettings, headings: tuple[str, ...], path: Path) -> WideTableSettings:
    """The settings with the file's own headings. Raises `BadSource` naming those that are not there."""
    value, customer = given.value_minor, given.customer_id
    ids = None if customer is None else customer.column
    named = [ids, given.label.column, None if value is None else value.column]
    wanted = [name for name in (*named, *given.drop, *given.keep, *given.kinds) if name is not None]
    found = locate(wanted, headings, path, WHERE)
    return replace(
        given,
        customer_id=None if customer is None else replace(customer, column=found[customer.column]),
        label=replace(given.label, column=found.get(given.label.column or "")),
        value_minor=None if value is None else replace(value, column=found[value.column]),
        drop=tuple(found[name] for name in given.drop),
        keep=tuple(found[name] for name in given.keep),
        kinds={found[name]: kind for name, kind in given.kinds.items()},
    )


def _fates(file: _File) -> Fates:
    """Broken lines and rows without an id are refused, repeats merged, rows of one id that differ refused.

    Rows that are named by their number are all customers of their own, however alike.
    """
    fates = all_accepted(file.as_read.num_rows)
    if LINE in file.as_read.column_names:
        broken = np.asarray(file.as_read[LINE].is_valid())
        fates = refuse(fates, broken, Reject.WRONG_LENGTH)
    if file.key is None:
        return fates
    key, rows = file.key, pa.table(dict(file.texts))
    fates = refuse(fates, np.asarray(rows[key].is_null()), Reject.MISSING_KEY)
    fates = settle(fates, repeats(rows, [key, *file.without(key)], fates == ACCEPTED), MERGED)
    return refuse(fates, sharing_a_key(rows, [key], fates == ACCEPTED), Reject.CONFLICTING_DUPLICATE)


def _shown(file: _File, label: Label, found: WideColumns) -> pa.Table:
    """What stands beside a refused row: the columns that are read, and none of somebody's personal data."""
    read = {file.key, file.value, label.column, *(each.name for each in found.values)}
    kept = [name for name in file.as_read.column_names if name == LINE or normalise(name) in read]
    return file.as_read.select(kept)


def _customers(file: _File, found: WideColumns, as_of: int) -> pa.Table:
    declared = with_attributes(CUSTOMERS, tuple(found.values))
    columns = {each.column: values for each, values in found.values.items()}
    columns |= {"customer_id": file.ids, "known_at": _instants(file, as_of)}
    schema = declared.schema(tuple(columns))
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _outcomes(
    file: _File, label: Label, fates: Fates, as_of: int, settings: SourceSettings
) -> tuple[pa.Table, Fates]:
    """The outcomes, and the fates of the rows once values that are no numbers were refused."""
    columns = {"customer_id": file.ids, "churned": label.churned, "known_at": _instants(file, as_of)}
    if file.said.label.gone:
        columns["gone"] = label.churned
    if file.said.value_minor is not None:
        unit = file.said.value_minor.amount_unit or settings.amount_unit
        where = f"{WHERE}.value_minor"
        parsed = parse_amounts(
            file.texts[file.said.value_minor.column],
            unit,
            settings.currency,
            decimal_mark=settings.decimal_mark,
            where=where,
        )
        columns["value_minor"] = parsed.values
        fates = refuse(fates, parsed.failed, Reject.NOT_A_NUMBER)
    schema = OUTCOMES.schema(tuple(columns))
    return pa.table([columns[name] for name in schema.names], schema=schema), fates


def _instants(file: _File, as_of: int) -> pa.Array:
    return pa.array(np.full(file.as_read.num_rows, as_of), INSTANT)
