"""One definition on every path: compiled, not compiled, one customer, one customer compiled."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.features import formula, kernel
from models.features.compiled import compiled, compiled_one
from models.features.online import add_event, compute_one, lay_out, online_plan, replace_table
from models.features.packed import compute_packed, fold_packed, pack
from tests.feature_frames import COLUMNS, NAMES, POPULATIONS, batch, keyed, order_line, same
from tests.oracles.feature_histories import DAY, FIRST_SNAPSHOT, ZONES, histories, of_customer

UNCOMPILED = {"fold_table": kernel.fold_table, "write_features": formula.write_features}
PLANS = {zone: online_plan(COLUMNS, zone, populations=POPULATIONS) for zone in ("UTC", *ZONES)}
PLAN = PLANS["UTC"]
NOTHING = lay_out(PLAN, {})


def alone(frame, rows, zone):
    """Each row of a frame: its values, what is known of its customer, the plan and the snapshot."""
    for customer, snapshot, values in zip(frame.customer_id, frame.snapshot, frame.values, strict=True):
        yield values, PLANS[zone], lay_out(PLANS[zone], of_customer(rows, customer)), int(snapshot)


@given(histories(), st.sampled_from(ZONES))
@settings(max_examples=100)
def test_compiled_and_not_compiled_agree_to_the_last_bit(rows, zone):
    assert keyed(batch(rows, zone)) == keyed(batch(rows, zone, functions=UNCOMPILED))


@given(histories(), st.sampled_from(ZONES))
@settings(max_examples=100)
def test_one_customer_alone_agrees_with_the_batch_to_the_last_bit(rows, zone):
    for values, plan, known, snapshot in alone(batch(rows, zone), rows, zone):
        assert same(compute_one(plan, known, snapshot), values)


@given(histories(), st.sampled_from(ZONES))
@settings(max_examples=100)
def test_one_customer_compiled_agrees_with_the_batch_to_the_last_bit(rows, zone):
    compute = compiled_one(PLANS[zone])
    for values, _, known, snapshot in alone(batch(rows, zone), rows, zone):
        assert same(compute(known, snapshot), values)


@given(histories())
@settings(max_examples=20)
def test_what_is_packed_says_the_same_uncompiled(rows):
    for values, plan, known, snapshot in alone(batch(rows), rows, "UTC"):
        assert same(compute_packed(fold_packed, pack(plan), known, snapshot), values)


@given(histories())
@settings(max_examples=50)
def test_rows_together_agree_with_each_snapshot_by_itself(rows):
    together = batch(rows)
    for snapshot in sorted(set(together.snapshot.tolist())):
        assert keyed(batch(rows, snapshots=[snapshot])) == keyed(together.at(snapshot))


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_events_added_one_by_one_are_known_as_if_laid_out_together(rows, random):
    of_one = of_customer(rows, "A")
    arrivals = [(table, row) for table, of_table in of_one.items() for row in of_table]
    random.shuffle(arrivals)
    known = NOTHING
    for table, row in arrivals:
        known = add_event(PLAN, known, table, row)
    in_order = {table: [row for name, row in arrivals if name == table] for table in of_one}
    told = compute_one(PLAN, lay_out(PLAN, in_order), FIRST_SNAPSHOT)
    assert same(compute_one(PLAN, known, FIRST_SNAPSHOT), told)


@given(histories(), histories())
@settings(max_examples=50)
def test_a_table_replaced_is_known_as_if_laid_out_anew(before, after):
    before, after = of_customer(before, "A"), of_customer(after, "A")
    known = replace_table(PLAN, lay_out(PLAN, before), "complaints", after["complaints"])
    told = compute_one(PLAN, lay_out(PLAN, before | {"complaints": after["complaints"]}), FIRST_SNAPSHOT)
    assert same(compute_one(PLAN, known, FIRST_SNAPSHOT), told)


def test_what_was_known_stays_as_it_was_when_an_event_is_added():
    known = lay_out(PLAN, {"orders": [order_line()]})
    before = known.words.tobytes()
    add_event(PLAN, known, "orders", order_line(order_id="next", item_id="other"))
    assert known.words.tobytes() == before
    assert known.keys == 1


def test_an_order_that_became_known_only_later_is_not_seen():
    leak = order_line(order_id="late", ordered_at=FIRST_SNAPSHOT - DAY, known_at=FIRST_SNAPSHOT + 1)
    rows = {"orders": [order_line(), leak]}
    assert batch(rows).at(FIRST_SNAPSHOT).column("orders_all").tolist() == [1.0]


def test_an_order_known_at_the_snapshot_itself_is_seen():
    just = order_line(order_id="just", ordered_at=FIRST_SNAPSHOT, known_at=FIRST_SNAPSHOT)
    rows = {"orders": [order_line(), just]}
    assert batch(rows).at(FIRST_SNAPSHOT).column("orders_all").tolist() == [2.0]


def test_the_compiled_kernel_is_compiled_once_for_every_table_and_for_one_customer():
    batch({"orders": [order_line()]})
    compiled_one(PLAN)(NOTHING, FIRST_SNAPSHOT)
    assert len(compiled()["fold_table"].signatures) == 1


def test_one_customer_needs_no_numba():
    code = "import sys; import models.features.online; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_customer_at_a_time():
    with pytest.raises(ValueError, match="one customer at a time"):
        lay_out(PLAN, {"orders": [order_line(), order_line(customer_id="b")]})


def test_a_table_that_no_feature_reads_is_left_alone():
    assert (
        add_event(PLAN, NOTHING, "outcomes", {"customer_id": "A"}).words.tobytes() == NOTHING.words.tobytes()
    )


def test_a_customer_of_whom_nothing_is_known_has_counts_of_zero():
    values = dict(zip(NAMES, compute_one(PLAN, NOTHING, FIRST_SNAPSHOT).tolist(), strict=True))
    assert (values["orders_all"], values["complaints_all"], values["spend_all"]) == (0, 0, 0)


def test_a_customer_of_whom_nothing_is_known_has_no_recency():
    values = dict(zip(NAMES, compute_one(PLAN, NOTHING, FIRST_SNAPSHOT).tolist(), strict=True))
    assert np.isnan(values["recency_days"])


def test_rows_of_another_customer_are_not_added():
    known = lay_out(PLANS["UTC"], {"orders": [order_line()]})
    other = order_line(customer_id="B")
    with pytest.raises(ValueError, match="not of customer"):
        add_event(PLANS["UTC"], known, "orders", other)
    with pytest.raises(ValueError, match="not of customer"):
        replace_table(PLANS["UTC"], known, "orders", [other])


def test_an_order_without_its_id_is_no_order_on_any_path():
    rows = [order_line(order_id=name) for name in ("o1", None, None)]
    known = lay_out(PLANS["UTC"], {"orders": rows})
    one = compute_one(PLANS["UTC"], known, FIRST_SNAPSHOT + DAY)
    assert one[NAMES.index("orders_all")] == 1
    assert one.tobytes() == compiled_one(PLANS["UTC"])(known, FIRST_SNAPSHOT + DAY).tobytes()
