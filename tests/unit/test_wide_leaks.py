"""Columns that tell the outcome by themselves stop the run by name; honest ones, however strong, do not."""

import numpy as np
import pyarrow as pa
import pytest

from models.contract.attributes import Attribute
from models.contract.columns import Kind
from models.domain.errors import Leakage
from pipelines.sources.wide_leaks import refuse_leaks

ROWS = 2_000
RANDOM = np.random.default_rng(5)
CHURNED = (RANDOM.random(ROWS) < 0.2).astype(float)


def number(name, values):
    return {Attribute(name, Kind.NUMBER): pa.array(values, pa.float64())}


def word(name, values):
    return {Attribute(name, Kind.CATEGORY): pa.array(values, pa.string())}


def refused(values, churned=CHURNED, keep=()):
    with pytest.raises(Leakage) as caught:
        refuse_leaks(values, churned, keep)
    return str(caught.value)


LEAKING = {
    "a copy in words": word("status", np.where(CHURNED == 1, "closed", "open")),
    "a copy turned round": number("active", 1 - CHURNED),
    "a score written afterwards": number("score", CHURNED + RANDOM.normal(0, 0.2, ROWS)),
    "its negative": number("health", -CHURNED + RANDOM.normal(0, 0.2, ROWS)),
    "a reason for those who left alone": word(
        "reason", np.where(CHURNED == 1, RANDOM.choice(["price", "service", "move"], ROWS), None)
    ),
    "a number for those who left alone": number(
        "refund", np.where(CHURNED == 1, RANDOM.random(ROWS), np.nan)
    ),
    "a word that a part of the leavers has": word(
        "note", np.where((CHURNED == 1) & (np.arange(ROWS) % 4 == 0), "win back", "none")
    ),
    "a flag that a part of the leavers has": number("flag", CHURNED * (np.arange(ROWS) % 4 == 0)),
    "an amount that a part of the leavers has": number(
        "fee", CHURNED * (np.arange(ROWS) % 4 == 0) * RANDOM.random(ROWS)
    ),
}


@pytest.mark.parametrize("values", LEAKING.values(), ids=LEAKING.keys())
def test_a_column_that_tells_who_left_stops_the_run_by_name(values):
    (attribute,) = values
    assert f"Set source.table.drop: [{attribute.name}]" in refused(values)


def test_the_message_tells_what_the_column_knows():
    told = refused(LEAKING["a flag that a part of the leavers has"])
    assert "flag: where it is 1, all" in told


def test_every_such_column_is_named_at_once():
    both = LEAKING["a copy in words"] | LEAKING["a score written afterwards"]
    assert "source.table.drop: [score, status]" in refused(both)


def test_a_person_may_keep_one():
    kept = refuse_leaks(LEAKING["a copy in words"], CHURNED, ("status",))
    assert kept[0].startswith("kept in source.table.keep: status: AUC 1.000 alone")


HONEST = {
    "a strong one": number("recency", CHURNED + RANDOM.normal(0, 1, ROWS)),
    "noise": number("noise", RANDOM.normal(0, 1, ROWS)),
    "noise in many words": word("town", RANDOM.choice([f"town {n}" for n in range(500)], ROWS)),
    "a part of which only stayers are": number(
        "visits", np.where(CHURNED == 1, 0.0, RANDOM.integers(0, 5, ROWS))
    ),
}


@pytest.mark.parametrize("values", HONEST.values(), ids=HONEST.keys())
def test_an_honest_column_does_not(values):
    assert refuse_leaks(values, CHURNED, ()) == ()


def test_a_small_part_of_which_all_left_is_a_question():
    products = CHURNED * (np.arange(ROWS) % 11 == 0)
    small = np.where(np.cumsum(products) <= 30, products, 0.0)
    churned = np.concatenate([CHURNED, np.ones(400)])
    (told,) = refuse_leaks(number("products", np.concatenate([small, np.zeros(400)])), churned, ())
    assert told.endswith("is that known beforehand?")


def test_customers_without_a_label_do_not_count():
    churned = np.where(np.arange(ROWS) % 2 == 0, CHURNED, np.nan)
    values = number("x", np.where(np.isnan(churned), CHURNED, RANDOM.random(ROWS)))
    assert refuse_leaks(values, churned, ()) == ()


def test_without_any_label_there_is_nothing_to_tell():
    assert refuse_leaks(LEAKING["a copy in words"], np.full(ROWS, np.nan), ()) == ()
