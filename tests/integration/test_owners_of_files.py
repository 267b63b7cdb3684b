"""Whose the rows of a file are, whether its ids are kept in dictionaries or not."""

from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.features.owners import find_owners
from models.features.table_rows import TableRows, file_rows

FEW, MANY = 30, 100_000
ROWS = 3_000


def ids(customers, holes=0.0):
    chance = Random(4)
    return [
        None if chance.random() < holes else f"customer {chance.randrange(customers)}" for _ in range(ROWS)
    ]


def tables(customers):
    said = {"orders": ids(customers), "surveys": ids(2 * customers, holes=0.3)}
    return {name: pa.table({"customer_id": pa.array(each, pa.string())}) for name, each in said.items()}


def files(given, folder, **kept):
    for name, table in given.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=ROWS // 2, **kept)
    return {name: file_rows(folder / f"{name}.parquet", table.column_names) for name, table in given.items()}


def said(rows):
    owners = find_owners(rows, rows)
    return owners.customers.to_pylist(), {name: of.tolist() for name, of in owners.of.items()}


@pytest.mark.parametrize("customers", [FEW, MANY])
@pytest.mark.parametrize("use_dictionary", [True, False])
def test_files_say_what_their_tables_say(tmp_path, customers, use_dictionary):
    given = tables(customers)
    written = files(given, tmp_path, use_dictionary=use_dictionary)
    assert said(written) == said({name: TableRows(table) for name, table in given.items()})


@pytest.mark.parametrize(("customers", "coded"), [(FEW, True), (MANY, False)])
def test_ids_are_read_as_a_dictionary_where_it_pays(tmp_path, customers, coded):
    rows = files(tables(customers), tmp_path)["orders"]
    kinds = {isinstance(words, pa.DictionaryArray) for words in rows.words("customer_id")}
    assert kinds == {coded}
