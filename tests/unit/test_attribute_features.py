"""Attributes as features: levels learned from training rows, versions known at a snapshot, unseen words."""

import numpy as np
import pyarrow as pa
import pytest

from models.contract.attributes import Attribute, attributes_of, with_attributes
from models.contract.columns import Kind
from models.contract.tables import CUSTOMERS
from models.features.attribute_catalogue import attribute_columns, described, fingerprint_with
from models.features.attributes import (
    Encoding,
    attributes_at,
    encode,
    encoded,
    fit_encodings,
    from_json,
    unseen,
)
from models.features.frame import FeatureFrame

TIER = Attribute("tier", Kind.CATEGORY)
AGE = Attribute("age", Kind.NUMBER)
VIP = Attribute("vip", Kind.BOOLEAN)
ENCODINGS = (Encoding(TIER, ("gold", "silver")), Encoding(AGE), Encoding(VIP))


def rows(tier, age=None, vip=None):
    size = len(tier)
    return pa.table(
        {
            "attribute_tier": pa.array(tier, pa.string()),
            "attribute_age": pa.array(age or [None] * size, pa.float64()),
            "attribute_vip": pa.array(vip or [None] * size, pa.bool_()),
        }
    )


def test_words_numbers_and_truth_values_become_columns():
    told = encode(rows(["gold", "silver"], [30.5, 41], [True, False]), ENCODINGS)
    assert told.tolist() == [[1, 0, 30.5, 1], [0, 1, 41, 0]]


def test_a_word_that_nobody_had_seen_is_0_in_every_column():
    assert encode(rows(["platinum"]), ENCODINGS)[0, :2].tolist() == [0, 0]


def test_an_empty_number_has_nothing_to_say():
    assert np.isnan(encode(rows(["gold"]), ENCODINGS)[0, 2:]).all()


def test_an_attribute_that_today_s_customers_lack_is_no_error():
    told = encode(pa.table({"attribute_tier": ["gold"]}), ENCODINGS)
    assert (told[0, :2].tolist(), np.isnan(told[0, 2:]).all()) == ([1, 0], True)


def test_words_without_a_column_of_their_own_are_counted_by_attribute():
    assert unseen(rows(["gold", "platinum", "tin", None]), ENCODINGS) == {"tier": 2}


def test_columns_are_named_after_attribute_and_word():
    assert [name for each in ENCODINGS for name in each.names] == [
        "attribute_tier=gold",
        "attribute_tier=silver",
        "attribute_age",
        "attribute_vip",
    ]


def test_frequent_words_get_a_column_the_commonest_first():
    (tier, *_) = fit_encodings(rows(["silver"] * 20 + ["gold"] * 30 + ["tin"] * 9))
    assert tier.levels == ("gold", "silver")


def test_an_empty_cell_is_a_word_where_it_is_frequent():
    (tier, *_) = fit_encodings(rows([None] * 15 + ["gold"] * 10))
    assert tier.levels == ("", "gold")


def test_a_word_is_frequent_from_a_two_hundredth_of_the_rows_on():
    (tier, *_) = fit_encodings(rows(["a"] * 3961 + ["b"] * 19 + ["c"] * 20))
    assert tier.levels == ("a", "c")


def test_no_attribute_gets_more_than_thirty_columns():
    (tier, *_) = fit_encodings(rows([f"town {number}" for number in range(40)] * 10))
    assert len(tier.levels) == 30


def test_encodings_come_back_from_their_file():
    assert from_json([each.to_json() for each in ENCODINGS]) == ENCODINGS


CUSTOMER_VERSIONS = pa.table(
    {
        "customer_id": ["a", "a", "b"],
        "known_at": pa.array([10, 30, 20], pa.timestamp("us", tz="UTC")),
        "attribute_tier": ["silver", "gold", "gold"],
    }
)


@pytest.mark.parametrize(
    ("customer", "snapshot", "tier"),
    [
        ("a", 9, None),
        ("a", 10, "silver"),
        ("a", 29, "silver"),
        ("a", 30, "gold"),
        ("b", 19, None),
        ("c", 99, None),
    ],
)
def test_the_latest_version_known_at_a_snapshot_counts(customer, snapshot, tier):
    told = attributes_at(CUSTOMER_VERSIONS, np.array([customer], dtype=object), np.array([snapshot]))
    assert told["attribute_tier"].to_pylist() == [tier]


def frame(names=("recency_days",)):
    ids = np.array(["a", "b"], dtype=object)
    return FeatureFrame(names, np.ones((2, len(names)), np.float32), ids, np.array([30, 30]))


def test_attributes_stand_behind_the_features_of_a_history():
    told = encoded(frame(), CUSTOMER_VERSIONS, (Encoding(TIER, ("gold",)),))
    assert (told.names, told.values.tolist()) == (("recency_days", "attribute_tier=gold"), [[1, 1], [1, 1]])


def test_encoding_anew_takes_the_place_of_an_older_encoding():
    once = encoded(frame(), CUSTOMER_VERSIONS, (Encoding(TIER, ("gold",)),))
    told = encoded(once, CUSTOMER_VERSIONS, (Encoding(TIER, ("silver", "tin")),))
    assert told.names == ("recency_days", "attribute_tier=silver", "attribute_tier=tin")


def test_without_attributes_nothing_changes():
    same = frame()
    assert encoded(same, CUSTOMER_VERSIONS, ()) is same


def test_names_and_kinds_are_in_the_fingerprint():
    other = (Encoding(Attribute("age", Kind.CATEGORY)),)
    assert len({fingerprint_with("x", chosen) for chosen in (ENCODINGS[:1], ENCODINGS[1:2], other)}) == 3


def test_levels_are_not_in_the_fingerprint():
    assert fingerprint_with("x", (Encoding(TIER, ("a",)),)) == fingerprint_with(
        "x", (Encoding(TIER, ("b",)),)
    )


def test_without_attributes_the_fingerprint_is_that_of_the_features():
    assert fingerprint_with("x", ()) == "x"


def test_every_column_is_described_in_words():
    assert [one["label"] for one in described(ENCODINGS)] == ["tier: gold", "tier: silver", "age", "vip"]


def test_every_column_knows_its_attribute():
    assert attribute_columns(ENCODINGS)["attribute_tier=silver"] == "attribute_tier"


def test_a_table_of_customers_may_be_declared_with_attributes():
    schema = with_attributes(CUSTOMERS, (TIER, AGE, VIP)).schema()
    assert attributes_of(schema) == (TIER, AGE, VIP)


def test_an_attribute_holds_numbers_words_or_truth_values():
    with pytest.raises(ValueError, match="number, category, boolean"):
        Attribute("when", Kind.INSTANT)
