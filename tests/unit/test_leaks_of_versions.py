"""Attributes read nothing that became known after the snapshot, however it is shifted or altered."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from models.contract.attributes import Attribute, with_attributes
from models.contract.columns import Kind
from models.contract.tables import CUSTOMERS
from models.features.attributes import attributes_at

PEOPLE = ("A", "b", "é")
DECLARED = with_attributes(CUSTOMERS, [Attribute("tier", Kind.CATEGORY), Attribute("limit", Kind.NUMBER)])
COLUMNS = ("customer_id", "known_at", "attribute_tier", "attribute_limit")
version = st.tuples(
    st.sampled_from(PEOPLE),
    st.integers(0, 40),
    st.sampled_from((None, "gold", "silver")),
    st.sampled_from((None, 0.0, 7.5)),
)
later = st.tuples(st.integers(1, 100), st.sampled_from((None, "gold", "lost")), st.sampled_from((None, -1.0)))


def known(versions, snapshot):
    """The attributes of everybody at a snapshot; versions in the order in which ingest writes them."""
    rows = sorted(versions, key=lambda row: row[:2])
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(COLUMNS, ())
    schema = DECLARED.schema(COLUMNS)
    customers = pa.table({field.name: pa.array(columns[field.name], field.type) for field in schema})
    asked = np.array(PEOPLE, dtype=object)
    return attributes_at(customers, asked, np.full(len(PEOPLE), snapshot)).to_pylist()


@given(st.lists(version, max_size=12), st.integers(0, 40), st.data())
def test_versions_known_later_change_no_attribute_however_they_are_shifted_and_altered(
    versions, snapshot, data
):
    altered = []
    for customer, known_at, tier, limit in versions:
        if known_at <= snapshot:
            altered.append((customer, known_at, tier, limit))
        else:
            by, *values = data.draw(later)
            altered.append((customer, snapshot + by, *values))
    assert known(altered, snapshot) == known(versions, snapshot)
