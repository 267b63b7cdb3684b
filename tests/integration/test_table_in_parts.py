"""A table too long for the memory is spread over files, and nothing of it is lost or changed."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from models.contract.parse_text import normalise_array
from pipelines.sources.parts import ROW, merged_in_order, read_part, whole_or_spread

ROWS = 5_000
SCHEMA = pa.schema([("order_id", pa.string()), ("words", pa.string())])


def batches(size=700):
    """Lines of orders of three lines each, out of order; every tenth id is written in Persian digits."""
    for begin in range(0, ROWS, size):
        numbers = [(7 * row) % ROWS for row in range(begin, min(begin + size, ROWS))]
        ids = [persian(number // 3) if number % 10 == 0 else str(number // 3) for number in numbers]
        words = [f"line {number}" for number in numbers]
        yield pa.record_batch([pa.array(ids), pa.array(words)], schema=SCHEMA)


def persian(number):
    return str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


def latin(text):
    return text.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))


def order_ids(batch):
    return normalise_array(batch["order_id"])


@pytest.fixture
def parts(tmp_path):
    return whole_or_spread(batches(), order_ids, tmp_path / "spill", most=1_000)


@pytest.fixture
def spread(parts):
    return [read_part(part) for part in parts]


def test_a_short_table_stays_in_memory(tmp_path):
    whole = whole_or_spread(batches(), order_ids, tmp_path / "spill")
    assert whole.equals(pa.Table.from_batches(batches()))
    assert not (tmp_path / "spill").exists()


def test_a_long_table_becomes_several_parts(spread):
    assert len(spread) > 1


def test_every_row_is_in_one_part_with_the_number_at_which_it_was_read(spread):
    together = pa.concat_tables(spread).sort_by(ROW)
    whole = pa.Table.from_batches(batches())
    assert together.drop_columns(ROW).equals(whole.cast(together.drop_columns(ROW).schema))
    assert together[ROW].to_pylist() == list(range(1, ROWS + 1))


def test_rows_of_one_key_stand_in_one_part_however_its_digits_are_written(spread):
    keys = [{latin(text) for text in part["order_id"].to_pylist()} for part in spread]
    assert sum(map(len, keys)) == len(set().union(*keys))


def test_within_a_part_rows_keep_the_order_in_which_they_were_read(spread):
    assert all(part[ROW].to_pylist() == sorted(part[ROW].to_pylist()) for part in spread)


def test_sorted_parts_are_merged_in_order(spread, tmp_path):
    files = [tmp_path / f"{number}.parquet" for number in range(len(spread))]
    for part, file in zip(spread, files, strict=True):
        pq.write_table(part, file)
    merged = pa.Table.from_batches(
        merged_in_order(files, ["words", ROW], spread[0].schema, 1 << 10, tmp_path / "merging")
    )
    everything = pa.concat_tables(spread)
    expected = everything.take(pc.sort_indices(everything, [("words", "ascending"), (ROW, "ascending")]))
    assert merged.equals(expected)
