"""One definition on every path: compiled, not compiled, one customer; and an oracle that knows none of it."""

import copy
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.tables import table as contract_table
from models.features import kernel
from models.features.batch import compute_batch
from models.features.catalogue import CATALOGUE
from models.features.online import compute_one, online_plan
from tests.oracles import feature_oracle
from tests.oracles.feature_histories import (
    DAY,
    FIRST_SNAPSHOT,
    SNAPSHOTS,
    TABLES,
    ZONES,
    as_tables,
    histories,
    of_customer,
)

COLUMNS = {name: contract_table(name).names for name in TABLES}
NAMES = tuple(feature.name for feature in CATALOGUE)
PLAN = online_plan(COLUMNS)


def batch(rows, zone="UTC", **given_too):
    return compute_batch(as_tables(rows), COLUMNS, SNAPSHOTS, zone, **given_too)


def keyed(frame):
    """Bytes of each row by customer and snapshot: NaN equals NaN, and -0 differs from 0."""
    keys = zip(frame.customer_id, frame.snapshot, strict=True)
    return {
        (customer, int(snapshot)): row.tobytes()
        for (customer, snapshot), row in zip(keys, frame.values, strict=True)
    }


def said(values):
    """For a readable difference."""
    return dict(zip(NAMES, np.asarray(values, np.float32).tolist(), strict=True))


def same(left, right):
    return np.asarray(left, np.float32).tobytes() == np.asarray(right, np.float32).tobytes()


@given(histories(), st.sampled_from(ZONES))
@settings(max_examples=400)
def test_the_batch_agrees_with_the_oracle_to_the_last_bit(rows, zone):
    frame = batch(rows, zone)
    for customer, snapshot, values in zip(frame.customer_id, frame.snapshot, frame.values, strict=True):
        told = feature_oracle.features(of_customer(rows, customer), int(snapshot), zone)
        oracle = [told[name] for name in NAMES]
        assert same(values, oracle), (said(values), said(oracle))


@given(histories())
@settings(max_examples=100)
def test_rows_are_the_customers_with_a_known_purchase_by_snapshot_then_id(rows):
    frame = batch(rows)
    expected = [
        (customer, snapshot)
        for snapshot in SNAPSHOTS
        for customer in ("A", "b", "é")
        if feature_oracle.has_purchase(of_customer(rows, customer)["orders"], snapshot)
    ]
    assert list(zip(frame.customer_id, frame.snapshot.tolist(), strict=True)) == expected


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


FACTS = {
    "orders": (("ordered_at", "known_at"),),
    "complaints": tuple(
        (f"{fact}_at", f"{fact}_known_at") for fact in ("opened", "first_response", "resolved", "reopened")
    ),
    "contacts": (("contacted_at", "known_at"),),
    "offers": (("assigned_at", "known_at"), ("redeemed_at", "redeemed_known_at")),
}


def is_known(row, fact, known, cut):
    return row[fact] is not None and row[fact] <= cut and (row[known] is None or row[known] <= cut)


def forget(rows, cut):
    """The rows as they stood at the cut: what was not known is gone, fact by fact."""
    kept = {name: [] for name in rows}
    for name, of_table in copy.deepcopy(rows).items():
        (event, *later) = FACTS[name]
        for row in of_table:
            if not is_known(row, *event, cut):
                continue
            for fact in later:
                if not is_known(row, *fact, cut):
                    row.update(dict.fromkeys(fact))
            if name == "complaints" and row["resolved_at"] is None:
                row["satisfaction"] = None
            kept[name].append(row)
    return kept


def falsify(rows, cut, days):
    """Move every fact that was not known at the cut by some days, and change what the row says."""
    altered = copy.deepcopy(rows)
    for name, of_table in altered.items():
        (event, *_) = FACTS[name]
        for row in of_table:
            for fact, known in FACTS[name]:
                if row[fact] is not None and not is_known(row, fact, known, cut):
                    row[known] = max(row[fact], row[known] or 0, cut + 1) + days * DAY
                    row[fact] += days * DAY if row[fact] > cut else 0
            if not is_known(row, *event, cut):
                row.update({"amount_minor": 1, "direction": "outbound", "arm": "coupon", "satisfaction": 1})
    return altered


def at_cut(rows, cut):
    return keyed(compute_batch(as_tables(rows), COLUMNS, [cut], "Europe/Berlin"))


@given(histories(), st.integers(-400, 10))
@settings(max_examples=150)
def test_deleting_everything_known_after_the_snapshot_changes_nothing(rows, days):
    cut = FIRST_SNAPSHOT + days * DAY
    assert at_cut(forget(rows, cut), cut) == at_cut(rows, cut)


@given(histories(), st.integers(-400, 10), st.integers(0, 50))
@settings(max_examples=150)
def test_altering_everything_known_after_the_snapshot_changes_nothing(rows, days, moved):
    cut = FIRST_SNAPSHOT + days * DAY
    assert at_cut(falsify(rows, cut, moved), cut) == at_cut(rows, cut)


def order_line(**changed):
    return {
        "order_id": "o",
        "line_id": "1",
        "customer_id": "A",
        "ordered_at": FIRST_SNAPSHOT - 40 * DAY,
        "item_id": "i",
        "category": "k",
        "amount_minor": 100,
        "margin_minor": 10,
        "known_at": None,
        **changed,
    }


def test_an_order_that_became_known_only_later_is_not_seen():
    leak = order_line(order_id="late", ordered_at=FIRST_SNAPSHOT - DAY, known_at=FIRST_SNAPSHOT + 1)
    rows = {"orders": [order_line(), leak], "complaints": [], "contacts": [], "offers": []}
    assert batch(rows).at(FIRST_SNAPSHOT).column("orders_all").tolist() == [1.0]


def test_an_order_known_at_the_snapshot_itself_is_seen():
    just = order_line(order_id="just", ordered_at=FIRST_SNAPSHOT, known_at=FIRST_SNAPSHOT)
    rows = {"orders": [order_line(), just], "complaints": [], "contacts": [], "offers": []}
    assert batch(rows).at(FIRST_SNAPSHOT).column("orders_all").tolist() == [2.0]


def test_the_compiled_kernel_is_compiled_once_for_every_table():
    from models.features.compiled import compiled_kernel

    batch({"orders": [order_line()], "complaints": [], "contacts": [], "offers": []})
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
