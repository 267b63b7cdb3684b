"""Features in bounded memory are those of the batch, whatever the order of the rows and the room there is."""

from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.storage import read_table, write_batches
from models.contract.tables import table as contract_table
from models.features.batch import compute_batch
from models.features.bounded import compute_bounded
from models.features.frame import feature_encoding, feature_schema, from_table, to_table
from models.features.table_rows import TableRows, file_rows
from tests.feature_frames import COLUMNS, POPULATIONS, keyed, order_line
from tests.oracles.feature_histories import SNAPSHOTS, as_tables, crowd, histories

ROOMY, TINY = 512, 0  # megabytes; in none at all every customer is folded alone, and all is kept on disk


def in_order(tables):
    """The tables as ingest writes them: by customer, then time."""
    return {
        name: table.sort_by([("customer_id", "ascending"), (contract_table(name).event, "ascending")])
        for name, table in tables.items()
    }


def by_time(tables):
    """The tables as a log grows."""
    return {name: table.sort_by(contract_table(name).event) for name, table in tables.items()}


def by_customer(tables):
    """The tables as the crowd is made: customer by customer, times in any order."""
    return tables


def shuffled(tables):
    """The tables in no order at all."""
    rng = np.random.default_rng(2)
    return {name: table.take(rng.permutation(table.num_rows)) for name, table in tables.items()}


each_order = pytest.mark.parametrize("order", [in_order, by_time, by_customer, shuffled])
each_limit = pytest.mark.parametrize("limit_mb", [ROOMY, TINY])


def whole(tables, zone="Europe/Berlin", snapshots=SNAPSHOTS):
    return compute_batch(tables, COLUMNS, snapshots, zone, populations=POPULATIONS)


def bounded(rows, room, limit_mb, zone="Europe/Berlin", **given_too):
    return compute_bounded(
        rows, COLUMNS, SNAPSHOTS, zone, room, populations=POPULATIONS, limit_mb=limit_mb, **given_too
    )


def files_of(tables, folder, row_group_size=7):
    """Tables as files whose row groups end in the middle of customers."""
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=row_group_size)
    return {name: file_rows(folder / f"{name}.parquet", COLUMNS[name]) for name in tables}


def said(frame):
    keys = frame.names, frame.customer_id.tolist(), frame.snapshot.tolist()
    return *keys, frame.values.tobytes()


@pytest.fixture(scope="module")
def many():
    return as_tables(crowd(Random(11), 150))


@each_limit
@each_order
def test_files_give_the_bits_of_the_batch(many, tmp_path, order, limit_mb):
    tables, room = order(many), tmp_path / "room"
    room.mkdir()
    shelf = bounded(files_of(tables, tmp_path), room, limit_mb)
    assert said(shelf.frame()) == said(whole(tables))


@given(histories(), st.sampled_from((ROOMY, TINY)))
@settings(max_examples=60)
def test_rows_in_any_order_give_the_bits_of_the_batch(tmp_path_factory, rows, limit_mb):
    tables = as_tables(rows)
    room = tmp_path_factory.mktemp("room")
    shelf = bounded({name: TableRows(table) for name, table in tables.items()}, room, limit_mb)
    assert said(shelf.frame()) == said(whole(tables))


@each_limit
def test_what_is_written_piece_by_piece_is_what_the_frame_says(many, tmp_path, limit_mb):
    room, path = tmp_path / "room", tmp_path / "features.parquet"
    room.mkdir()
    shelf = bounded(files_of(many, tmp_path), room, limit_mb)
    write_batches(shelf.batches(), feature_schema(shelf.names), path, feature_encoding(shelf.names))
    assert said(from_table(read_table(path))) == said(whole(many))


def test_it_is_written_with_the_columns_of_the_frame(many, tmp_path):
    path = tmp_path / "features.parquet"
    shelf = bounded({name: TableRows(table) for name, table in many.items()}, tmp_path, ROOMY)
    write_batches(shelf.batches(), feature_schema(shelf.names), path, feature_encoding(shelf.names))
    assert pq.read_schema(path) == to_table(whole(many)).schema


def surveys(scores):
    """One customer's answers at one instant, in this order, and an order line."""
    at = SNAPSHOTS[0] - 1
    answer = {"survey_id": "s", "customer_id": "A", "answered_at": at, "kind": "nps", "known_at": None}
    lines = [order_line(ordered_at=at - 1)]
    return as_tables({"orders": lines, "surveys": [{**answer, "score": score} for score in scores]})


@pytest.mark.parametrize("scores", [(3, 9, 5), (9, 5, 3)])
def test_of_answers_at_one_instant_the_last_row_of_the_table_is_the_last(tmp_path, scores):
    room = tmp_path / "room"
    room.mkdir()
    shelf = bounded(files_of(surveys(scores), tmp_path, row_group_size=1), room, TINY)
    assert set(shelf.frame().column("nps_last").tolist()) == {float(scores[-1])}


def test_a_table_in_order_is_not_spilled(many, tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    bounded(files_of(in_order(many), tmp_path), room, TINY)
    assert list(room.glob("**/*.i64")) == []


def test_a_table_in_no_order_is_spilled_where_it_does_not_fit(many, tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    bounded(files_of(shuffled(many), tmp_path), room, TINY)
    assert {path.parent.name for path in room.glob("**/*.i64")} == set(COLUMNS)


def test_nothing_is_set_down_where_all_fits(many, tmp_path):
    room = tmp_path / "room"
    room.mkdir()
    bounded(files_of(shuffled(many), tmp_path), room, ROOMY)
    assert list(room.iterdir()) == []


def test_a_shop_without_orders_has_no_rows(tmp_path):
    rows = {name: TableRows(table) for name, table in as_tables({}).items()}
    assert len(bounded(rows, tmp_path, TINY).frame()) == 0


def test_rows_without_a_customer_belong_to_nobody():
    tables = as_tables(crowd(Random(6), 30))
    holed = {name: with_holes(table) for name, table in tables.items()}
    kept = {name: table.filter(pc.is_valid(table["customer_id"])) for name, table in holed.items()}
    assert keyed(whole(holed)) == keyed(whole(kept))


def with_holes(table):
    """The table with every third customer forgotten."""
    forgotten = pa.array([number % 3 == 1 for number in range(table.num_rows)], pa.bool_())
    at = table.column_names.index("customer_id")
    ids = pc.if_else(forgotten, pa.scalar(None, pa.string()), table["customer_id"].combine_chunks())
    return table.set_column(at, pa.field("customer_id", pa.string()), ids)
