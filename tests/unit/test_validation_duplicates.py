"""The fast search for duplicates against a plain one, on random tables."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from models.contract.duplicates import repeats, row_in_group, sharing_a_key

ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 2), st.booleans()), min_size=1, max_size=30
)


def table_of(rows):
    first, second, _ = zip(*rows, strict=True)
    return pa.table({"x": pa.array(first, pa.string()), "y": pa.array(second)})


@given(ROWS)
def test_a_repeat_is_a_row_seen_before(rows):
    among = np.array([among for *_, among in rows])
    seen, expected = set(), []
    for x, y, looked_at in rows:
        expected.append(looked_at and (x, y) in seen)
        seen |= {(x, y)} if looked_at else set()
    assert repeats(table_of(rows), ["x", "y"], among).tolist() == expected


@given(ROWS)
def test_a_shared_key_is_one_that_occurs_twice(rows):
    among = np.array([among for *_, among in rows])
    keys = [(x, y) for x, y, looked_at in rows if looked_at]
    expected = [looked_at and keys.count((x, y)) > 1 for x, y, looked_at in rows]
    assert sharing_a_key(table_of(rows), ["x", "y"], among).tolist() == expected


@given(ROWS)
def test_rows_are_numbered_within_their_group_as_they_stand(rows):
    column = [x for x, *_ in rows]
    expected = [column[: place + 1].count(x) for place, x in enumerate(column)]
    assert row_in_group(table_of(rows)["x"]).tolist() == expected
