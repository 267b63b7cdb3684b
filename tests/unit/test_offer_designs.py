"""Which past offers could teach what an offer does."""

import pyarrow as pa

from models.evaluation.offer_designs import USABLE_LOG, OfferCounts, assumed_response, count_offers


def offers(designs, propensities):
    return pa.table({"design": designs, "propensity": pa.array(propensities, pa.float64())})


def test_each_offer_has_one_fate():
    table = offers(
        ["randomised", "randomised", "targeted", "targeted", "unknown"], [0.5, 1.0, 0.2, None, 0.5]
    )
    assert count_offers(table) == OfferCounts(usable=2, unknown_design=1, no_propensity=1, certain=1)


def test_without_a_propensity_column_nothing_is_usable():
    table = pa.table({"design": ["randomised", "unknown"]})
    assert count_offers(table) == OfferCounts(unknown_design=1, no_propensity=1)


def test_no_offers_at_all_are_no_error():
    schema = pa.schema([("design", pa.string()), ("propensity", pa.float64())])
    assert count_offers(schema.empty_table()) == OfferCounts()


def test_the_response_is_assumed_and_says_why():
    response = assumed_response(OfferCounts(unknown_design=3))
    assert response["state"] == "assumed"
    assert response["reason"] == f"no offer was assigned with a known chance. {USABLE_LOG}"


def test_amends_are_no_offers_to_learn_from():
    table = offers(["randomised"] * 3, [0.5] * 3).append_column(
        "purpose", pa.array(["retention", "recovery", "owed"])
    )
    assert count_offers(table) == OfferCounts(usable=1)
