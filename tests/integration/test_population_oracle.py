"""Statistics of articles against their slow and obvious version, and against what came after the snapshot."""

from fractions import Fraction
from math import floor
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from models.features.population import STATISTICS
from models.learned.training.population.fitting import fit_populations
from models.learned.training.population.settings import PopulationSettings
from tests.oracles import population_oracle
from tests.oracles.feature_histories import DAY, FIRST_SNAPSHOT, SNAPSHOTS, as_tables, crowd

COUNTING = PopulationSettings(most_items=25, min_customers=16, min_items=16, refit_days=14, vector_days=91)


# A shop is told by its seed; there is nothing to shrink.
as_drawn = (Phase.explicit, Phase.reuse, Phase.generate)


def shop(chance, customers=60):
    """Order lines of a crowd, over thirty articles instead of three."""
    orders = crowd(chance, customers)["orders"]
    return [{**row, "item_id": row["item_id"] and f"i{chance.randrange(30):02d}"} for row in orders]


def counted(orders, snapshots=SNAPSHOTS, settings=COUNTING):
    return fit_populations(as_tables({"orders": orders})["orders"], snapshots, settings).populations


def differences(population, orders):
    """Where fit and oracle differ: (article, statistic) → (fit, oracle), in millionths."""
    told = population_oracle.statistics({"orders": orders}, population.as_of)
    found = {}
    for item, values in zip([*population.items, None], population.values.T, strict=True):
        for name, value in zip(population_oracle.ORDER, values.tolist(), strict=False):
            obvious = told[item][name] * 1_000_000
            if not _agrees(name, value, obvious):
                found[item, name] = value, float(obvious)
    return found


def _agrees(name, value, obvious):
    """Ages are cut, shares are rounded, prices are not exact in the last place."""
    if name == "age_days":
        return value == floor(obvious)
    if name == "price_level":
        return abs(value - obvious) <= 1
    return value == floor(obvious + Fraction(1, 2))


def test_the_oracle_tells_every_statistic_but_the_vectors():
    assert STATISTICS[: len(population_oracle.ORDER)] == population_oracle.ORDER


@given(st.randoms(use_true_random=True))
@settings(max_examples=25, phases=as_drawn)
def test_every_statistic_agrees_with_the_oracle(chance):
    orders = shop(chance)
    assert [differences(population, orders) for population in counted(orders)] == [{}, {}, {}]


@given(st.randoms(use_true_random=True))
@settings(max_examples=10, phases=as_drawn)
def test_of_many_articles_the_most_popular_are_told_apart(chance):
    orders = shop(chance)
    newest = counted(orders)[-1]
    ranked = population_oracle.most_popular({"orders": orders}, newest.as_of)
    assert newest.items == tuple(sorted(ranked[:25]))


def is_visible(line, snapshot):
    return max(line["ordered_at"], line["known_at"] or 0) <= snapshot


def told(populations):
    return [(population.as_of, population.items, population.values.tobytes()) for population in populations]


@given(st.randoms(use_true_random=True), st.integers(-100, 0))
@settings(max_examples=10, phases=as_drawn)
def test_what_became_known_after_a_snapshot_does_not_move_its_population(chance, days):
    orders, cut = shop(chance), FIRST_SNAPSHOT + days * DAY
    kept = [line for line in orders if is_visible(line, cut)]
    altered = [
        line
        if is_visible(line, cut)
        else {**line, "item_id": "i00", "amount_minor": 9_000, "customer_id": "c"}
        for line in orders
    ]
    snapshots = [cut - 90 * DAY, cut]
    alike = [told(counted(rows, snapshots)) for rows in (orders, kept, altered)]
    assert alike[0] == alike[1] == alike[2] != []


def test_a_planted_leak_would_show():
    orders, cut = shop(Random(3)), FIRST_SNAPSHOT
    (line, *_) = [line for line in orders if line["item_id"] and line["amount_minor"] > 0]
    leak = {**line, "item_id": "i07", "customer_id": "new", "ordered_at": cut, "known_at": cut}
    late = {**leak, "known_at": cut + 1}
    alike = [told(counted([*orders, *more], [cut])) for more in ([], [late], [leak])]
    assert (alike[0] == alike[1], alike[0] == alike[2]) == (True, False)


def test_the_order_of_the_table_does_not_matter():
    orders = shop(Random(5))
    assert told(counted(orders)) == told(counted(orders[::-1]))


def test_a_longer_log_leaves_earlier_vectors_as_they_were():
    orders = shop(Random(7))
    short, long = (counted(orders, [FIRST_SNAPSHOT - 50 * DAY, end]) for end in SNAPSHOTS[1:])
    assert short[0].values.any(axis=1)[-1]
    assert told(short[:1]) == told(long[:1])


@pytest.mark.parametrize(("days", "instants"), [(15, 3), (16, 2), (400, 2)])
def test_counts_that_are_young_enough_are_used_again(days, instants):
    fewer = PopulationSettings(25, 16, 16, days, 91)
    snapshots = [FIRST_SNAPSHOT - days * DAY for days in (30, 15, 0)]
    assert len(counted(shop(Random(1)), snapshots, fewer)) == instants


def test_too_few_customers_say_so():
    orders = as_tables({"orders": shop(Random(1), customers=5)})["orders"]
    reason = fit_populations(orders, SNAPSHOTS, COUNTING).reason
    assert "customers bought articles in a year, counting takes 16" in reason


def test_too_few_articles_say_so():
    orders = as_tables({"orders": crowd(Random(1), 60)["orders"]})["orders"]
    reason = fit_populations(orders, SNAPSHOTS, COUNTING).reason
    assert reason == "3 articles were bought in a year, counting takes 16"


def test_a_source_without_articles_says_so():
    orders = as_tables({"orders": shop(Random(1))})["orders"].drop_columns("item_id")
    assert fit_populations(orders, SNAPSHOTS, COUNTING).reason == "the source has no column orders.item_id"


def test_an_early_snapshot_with_too_few_customers_has_no_population():
    orders = shop(Random(1))
    assert [each.as_of for each in counted(orders, [SNAPSHOTS[0] - 900 * DAY, *SNAPSHOTS])] == list(SNAPSHOTS)


def test_units_and_categories_may_be_absent():
    orders = as_tables({"orders": shop(Random(1))})["orders"].drop_columns(["units", "category"])
    (newest,) = fit_populations(orders, SNAPSHOTS[-1:], COUNTING).populations
    assert np.all(newest.values[STATISTICS.index("price_level")] > 0)
