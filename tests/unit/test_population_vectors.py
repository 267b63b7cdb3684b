"""Axes of taste: articles bought together lie together, and one axis means one thing from fit to fit."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from models.domain.instants import DAY
from models.features.population import AXES
from models.learned.training.population.sales import sales_of
from models.learned.training.population.settings import PopulationSettings
from models.learned.training.population.vectors import fit_axes, fit_vectors, fitting_instants

SETTINGS = PopulationSettings(most_items=1000, min_customers=16, min_items=16, refit_days=14, vector_days=91)
GROUPS, OF_GROUP = 8, 5
FITS = fitting_instants(0, 800 * DAY, SETTINGS.vector_days)


def sales(customers=400, days=700, seed=1, items=GROUPS * OF_GROUP):
    """Everybody buys within one group of articles for the most part."""
    chance = np.random.default_rng(seed)
    lines = customers * 12
    group = np.repeat(np.sort(chance.integers(0, GROUPS, customers)).astype(int), 12)
    own = group * OF_GROUP + chance.integers(0, OF_GROUP, lines)
    item = np.where(chance.random(lines) < 0.9, own, chance.integers(0, items, lines)) % items
    at = chance.integers(0, days, lines) * DAY
    return sales_of(
        pa.table({
            "customer_id": [f"c{number:03d}" for number in np.repeat(np.arange(customers), 12)],
            "item_id": [f"i{number:02d}" for number in item],
            "ordered_at": pa.array(at, pa.timestamp("us", tz="UTC")),
            "amount_minor": np.full(lines, 100),
        })
    )  # fmt: skip


def bought_matrix(sold, instant):
    """Customer × article, each row of length 1."""
    lines = sold.purchases.until(instant)
    recent = lines.at > instant - 365 * DAY
    matrix = np.zeros((400, len(sold.items)))
    matrix[lines.customer[recent], lines.item[recent]] = 1.0
    return matrix / np.maximum(1.0, np.linalg.norm(matrix, axis=1, keepdims=True))


def test_the_axes_are_those_of_a_full_decomposition():
    sold = sales()
    axes = fit_axes(sold, FITS[5], SETTINGS) / np.sqrt(len(sold.items))
    _, strength, across = np.linalg.svd(bought_matrix(sold, FITS[5]))
    apart = 1.0 - strength[1 : AXES + 1] / strength[:AXES]
    alike = np.abs(np.sum(axes * across[:AXES].T, axis=0))
    assert apart.min() > 1e-3
    assert alike == pytest.approx(1.0, abs=1e-9)


def test_the_greatest_entry_of_each_axis_is_positive():
    axes = fit_axes(sales(), FITS[5], SETTINGS)
    assert np.all(axes.max(axis=0) >= -axes.min(axis=0))


def correlations(before, after):
    """Of each axis in two fits over the articles that both place."""
    both = np.any(before != 0, axis=1) & np.any(after != 0, axis=1)
    return np.array([np.corrcoef(before[both, axis], after[both, axis])[0, 1] for axis in range(AXES)])


def test_an_axis_means_the_same_in_the_next_fit():
    fits = [vectors for _, vectors in fit_vectors(sales(), FITS[-1], SETTINGS)]
    least = [correlations(before, after).min() for before, after in pairwise(fits[3:7])]
    assert min(least) > 0.8


def test_without_turning_it_would_not():
    sold = sales()
    fits = [fit_axes(sold, instant, SETTINGS) for instant in FITS[3:7]]
    least = [correlations(before, after).min() for before, after in pairwise(fits)]
    assert min(least) < 0.5


def test_turning_keeps_the_articles_as_far_apart_as_they_were():
    sold = sales()
    turned = dict(fit_vectors(sold, FITS[5], SETTINGS))[FITS[5]] / 1e6
    fitted = fit_axes(sold, FITS[5], SETTINGS)
    assert turned @ turned.T == pytest.approx(fitted @ fitted.T, abs=1e-4)


def test_an_article_that_nobody_bought_in_a_year_has_no_place():
    sold = sales(days=200)
    assert fit_axes(sold, 700 * DAY, SETTINGS) is None


def test_fits_come_at_the_same_instants_whenever_the_log_begins_and_ends():
    early, late = (fitting_instants(begin, 800 * DAY, 91) for begin in (5 * DAY, 300 * DAY))
    assert set(late) <= set(early)


def test_a_fit_at_an_instant_reads_nothing_after_it():
    sold = sales()
    until = dict(fit_vectors(sold, FITS[4], SETTINGS))
    beyond = dict(fit_vectors(sold, FITS[7], SETTINGS))
    assert all(np.array_equal(vectors, beyond[instant]) for instant, vectors in until.items())


def test_too_few_articles_have_no_axes():
    assert fit_axes(sales(items=12), FITS[5], SETTINGS) is None


def test_articles_that_are_always_bought_alike_have_no_more_axes_than_there_are_kinds():
    customers = np.repeat(np.arange(40), 20)
    item = np.tile(np.arange(20), 40)
    sold = sales_of(
        pa.table({
            "customer_id": [f"c{number}" for number in customers],
            "item_id": [f"i{number}" for number in item],
            "ordered_at": pa.array(np.full(800, 10 * DAY), pa.timestamp("us", tz="UTC")),
            "amount_minor": np.full(800, 100),
        })
    )  # fmt: skip
    axes = fit_axes(sold, 20 * DAY, SETTINGS)
    assert np.count_nonzero(np.any(axes != 0, axis=0)) == 1
