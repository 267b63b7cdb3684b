"""Whose key it is: links between keys and customers, and rows looked up by them."""

import numpy as np
import pyarrow as pa
import pytest

from models.domain.errors import BadSource
from models.domain.identity import Concealment, concealed
from models.domain.vocabulary import IdentityKind
from pipelines.sources import identity
from pipelines.sources.concealing import UNREADABLE, concealment, hide, hide_columns
from pipelines.sources.identity import (
    Unmatched,
    by_key,
    known_keys,
    links,
    look_up,
    tally,
    together,
    unambiguous,
    unmatched_note,
)

HOW = Concealment(b"a secret of the business", country_code="98")
PHONE, EMAIL = IdentityKind.PHONE, IdentityKind.EMAIL
ANN, BOB, SHARED = "09120000001", "09120000002", "09120000003"


def hidden(*texts):
    return hide(pa.array(texts, pa.string()), PHONE, HOW)


def key(text):
    return concealed(PHONE, text, HOW)


def known():
    customers = pa.array(["ann", "bob", "ann", "bob", "ann", None])
    return links({PHONE: hidden(ANN, BOB, SHARED, SHARED, ANN, "09120000009")}, customers)


def looked_up(*texts):
    return look_up(hidden(*texts), known_keys(known(), PHONE))


def counted(found):
    return tally(found, np.ones(len(found.outcomes), dtype=np.bool_))


def test_keys_are_hidden_and_blanks_stay_blank():
    assert hidden(ANN, None, " ").to_pylist() == [key(ANN), None, None]


def test_a_text_that_is_no_key_says_only_that():
    assert hidden("no phone").to_pylist() == [UNREADABLE]


def test_numbers_that_a_file_holds_as_numbers_are_keys_too():
    assert hide(pa.array([9120000001]), PHONE, HOW).to_pylist() == [key(ANN)]


@pytest.mark.parametrize("number", [9120000001.0, 989120000001.0])
def test_numbers_that_a_gap_in_the_column_made_floats_are_keys_too(number):
    assert hide(pa.array([number, None]), PHONE, HOW).to_pylist() == [key(ANN), None]


def test_floats_that_are_no_whole_numbers_are_no_keys():
    numbers = pa.array([0.5, 1e300, float("inf"), float("nan")])
    assert hide(numbers, PHONE, HOW).to_pylist() == [UNREADABLE] * 4


def test_columns_are_hidden_where_they_stand():
    batch = pa.record_batch({"id": ["1"], "phone": [ANN]})
    assert hide_columns(batch, {"phone": PHONE}, HOW).to_pydict() == {"id": ["1"], "phone": [key(ANN)]}


def test_a_row_is_given_the_customer_of_its_key():
    assert looked_up("+98 912 000 0001", BOB).customers.to_pylist() == ["ann", "bob"]


def test_a_key_of_two_customers_names_nobody():
    found = looked_up(SHARED)
    assert (found.customers.to_pylist(), counted(found).ambiguous) == ([None], 1)


def test_a_key_that_no_table_knows_names_nobody():
    found = looked_up("09129999999")
    assert (found.customers.to_pylist(), counted(found).unknown) == ([None], 1)


def test_each_reason_why_nobody_is_found_is_counted_apart():
    found = looked_up(ANN, SHARED, "09129999999", "09128888888", "12", None)
    assert counted(found) == Unmatched(rows=6, unknown=2, ambiguous=1, unreadable=1, blank=1)


def test_only_rows_in_scope_are_counted():
    found = looked_up(ANN, "09129999999", "12")
    assert tally(found, np.array([True, True, False])) == Unmatched(rows=2, unknown=1)


def test_counts_of_parts_add_up():
    assert Unmatched(2, 1, 0, 1, 0) + Unmatched(3, 0, 1, 1, 1) == Unmatched(5, 1, 1, 2, 1)


def test_a_key_is_looked_up_among_keys_of_its_kind_alone():
    other = links({EMAIL: hidden(ANN)}, pa.array(["ann"]))
    assert counted(look_up(hidden(ANN), known_keys(other, PHONE))).unknown == 1


def test_without_any_link_the_hidden_key_is_the_customer():
    found = by_key(hidden(ANN, "12", None))
    assert found.customers.to_pylist() == [key(ANN), None, None]


def test_without_any_link_unreadable_keys_are_counted():
    assert counted(by_key(hidden(ANN, "12", None))) == Unmatched(rows=3, unreadable=1, blank=1)


def test_a_link_that_stands_on_many_rows_is_one():
    assert known()["customer_id"].to_pylist().count("ann") == 2  # her own phone, and the shared one


def test_links_of_several_tables_are_one_list():
    again = links({PHONE: hidden(ANN)}, pa.array(["ann"]))
    assert together([known(), again]).equals(known())


def test_links_are_each_one_however_many_came(monkeypatch):
    monkeypatch.setattr(identity, "COMPACTED_ROWS", 3)
    assert together([known()] * 5).equals(known())


def test_the_table_of_keys_leaves_out_those_of_several_customers():
    kept, counts = unambiguous(known())
    assert kept["external_id"].to_pylist() == sorted([key(ANN), key(BOB)])
    assert (counts.read, counts.accepted, counts.out_of_scope) == (4, 2, 2)


def test_the_unmatched_share_is_said_in_a_sentence():
    found = looked_up(ANN, SHARED, "09129999999", "12")
    assert unmatched_note("complaints", PHONE, counted(found)) == (
        "complaints: 3 of 4 rows (75.0 %) name nobody we know by phone (1 unknown, 1 ambiguous, 1 unreadable)"
    )


def test_the_sentence_is_said_where_everybody_is_known():
    said = unmatched_note("orders", PHONE, counted(looked_up(ANN)))
    assert said == "orders: 0 of 1 rows (0.0 %) name nobody we know by phone"


@pytest.mark.parametrize("secret", ["", " ", "fifteen letters"])
def test_a_missing_or_short_secret_stops_the_run_and_says_how_to_make_one(secret):
    with pytest.raises(BadSource, match=r"secrets\.token_hex\(32\)"):
        concealment({"HOLDFAST_ID_KEY": secret}, "98")


def test_a_secret_that_is_too_short_is_not_shown():
    with pytest.raises(BadSource) as caught:
        concealment({"HOLDFAST_ID_KEY": "hunter2"}, "98")
    assert "hunter2" not in caught.value.message
