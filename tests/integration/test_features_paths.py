"""One definition on every path: compiled, not compiled, one customer."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.features import kernel
from models.features.online import compute_one, online_plan
from tests.feature_frames import COLUMNS, NAMES, batch, keyed, order_line, same
from tests.oracles.feature_histories import (
    DAY,
    FIRST_SNAPSHOT,
    ZONES,
    as_tables,
    histories,
    of_customer,
)

PLAN = online_plan(COLUMNS)


@given(histories(), st.sampled_from(ZONES))
@settings(max_examples=100)
def test_compiled_and_not_compiled_agree_to_the_last_bit(rows, zone):
    assert keyed(batch(rows, zone)) == keyed(batch(rows, zone, fold_customers=kernel.fold_customers))


@given(histories(), st.sampled_from(ZONES))
@settings(max_examples=100)
def test_one_customer_alone_agrees_with_the_batch_to_the_last_bit(rows, zone):
    frame = batch(rows, zone)
    for customer, snapshot, values in zip(frame.customer_id, frame.snapshot, frame.values, strict=True):
        alone = as_tables(of_customer(rows, customer))
        assert same(compute_one(PLAN, alone, int(snapshot), zone), values)


def test_an_order_that_became_known_only_later_is_not_seen():
    leak = order_line(order_id="late", ordered_at=FIRST_SNAPSHOT - DAY, known_at=FIRST_SNAPSHOT + 1)
    rows = {"orders": [order_line(), leak]}
    assert batch(rows).at(FIRST_SNAPSHOT).column("orders_all").tolist() == [1.0]


def test_an_order_known_at_the_snapshot_itself_is_seen():
    just = order_line(order_id="just", ordered_at=FIRST_SNAPSHOT, known_at=FIRST_SNAPSHOT)
    rows = {"orders": [order_line(), just]}
    assert batch(rows).at(FIRST_SNAPSHOT).column("orders_all").tolist() == [2.0]


def test_the_compiled_kernel_is_compiled_once_for_every_table():
    from models.features.compiled import compiled_kernel

    batch({"orders": [order_line()]})
    assert len(compiled_kernel().signatures) == 1


def test_one_customer_needs_no_numba():
    code = "import sys; import models.features.online; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_customer_at_a_time():
    tables = as_tables({"orders": [order_line(), order_line(customer_id="b")]})
    with pytest.raises(ValueError, match="one customer at a time"):
        compute_one(PLAN, tables, FIRST_SNAPSHOT, "UTC")


def test_a_customer_of_whom_nothing_is_known_has_counts_of_zero():
    values = dict(zip(NAMES, compute_one(PLAN, {}, FIRST_SNAPSHOT, "UTC").tolist(), strict=True))
    assert (values["orders_all"], values["complaints_all"], values["spend_all"]) == (0, 0, 0)


def test_a_customer_of_whom_nothing_is_known_has_no_recency():
    values = dict(zip(NAMES, compute_one(PLAN, {}, FIRST_SNAPSHOT, "UTC").tolist(), strict=True))
    assert np.isnan(values["recency_days"])
