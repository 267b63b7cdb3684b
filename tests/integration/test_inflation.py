"""With a price index, value is predicted as well as in the same world without inflation."""

from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow.compute as pc
import pytest

from models.contract.prices import Prices, in_constant_money, prices_of
from models.contract.tables import table as declared
from models.domain.instants import DAY
from models.evaluation.labels import UNKNOWN, label
from models.evaluation.metrics import bias
from models.evaluation.schedule import SnapshotSettings, build_schedule
from models.evaluation.value_backtest import backtest_value
from models.features.batch import compute_batch
from models.learned.rows import LabelledRows
from models.learned.settings import BoosterSettings, ValueSettings
from pipelines.order_lines import read_lines
from pipelines.sources.simulator.settings import SimulatorSettings
from pipelines.sources.simulator.world import simulate

ZONE = "Asia/Tehran"
SEEDS = (3, 7, 11)
INFLATION = 0.4
TOLERANCE = 0.05

SHOP = SimulatorSettings(customers=1_500, years=4)
SNAPSHOTS = SnapshotSettings(
    spacing_days=90, min_history_days=90, stacked=2, stacked_value=2, churn_cuts=1,
    value_cut_spacing_days=90, max_value_cuts=3, windows_days=(365,),
)  # fmt: skip
VALUE = ValueSettings(
    annual_discount_rate=0.1, margin_share=None, logistic_ridge=1.0, max_training_rows=16_000,
    shrink_rows=200,
    booster=BoosterSettings(
        trees=40, leaves=6, rate=0.06, ridge=20.0, column_share=0.5, row_share=0.7, min_rows_leaf=40, bins=63
    ),
)  # fmt: skip
NO_INDEX = Prices(np.empty(0, np.int64), np.empty(0))


@cache
def world(seed, inflation):
    shop = replace(SHOP, seed=seed, inflation_per_year=inflation)
    return simulate(shop, ZONE, track=lambda campaigns, _: campaigns)


def in_constant(shop, prices):
    return {name: in_constant_money(made, declared(name), prices) for name, made in shop.tables.items()}


@cache
def value_bias(seed, inflation, *, with_index=True):
    """Predicted ÷ actual value over W of three backtests together."""
    shop = world(seed, inflation)
    prices = prices_of(shop.price_index, ZONE) if inflation and with_index else NO_INDEX
    rows, schedule = labelled(in_constant(shop, prices), shop.extracted_at)
    p = {cut: leaving(rows, schedule.value_training[cut], cut) for cut in schedule.value_cuts}
    judged = backtest_value(
        rows, schedule, p, settings=VALUE, rhythms=(), zone=ZONE, track=lambda cuts, _: cuts
    )
    predicted = np.concatenate([one.estimate.lifetime for one in judged])
    return bias(predicted, np.concatenate([one.actual for one in judged]))


def labelled(tables, as_of):
    """Features and labels at every snapshot of a schedule."""
    lines = read_lines(tables["orders"], None)
    schedule = build_schedule(as_of, int(lines.ordered_at[0]), ZONE, 90, SNAPSHOTS)
    columns = {name: tuple(made.column_names) for name, made in tables.items()}
    frame = compute_batch(tables, columns, schedule.snapshots, ZONE)
    labels = label(lines, schedule, ZONE, VALUE.annual_discount_rate)
    churned = np.where(labels.churned == UNKNOWN, np.nan, labels.churned)
    return LabelledRows(frame, churned, np.where(labels.value_closed, labels.margin_minor, np.nan)), schedule


def leaving(rows, training, cut):
    """A probability of leaving for everybody at a cut: the share of those who left before it."""
    return np.full(len(rows.at((cut,))), rows.at(training).churned.mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_with_an_index_inflation_hardly_moves_the_bias_of_value(seed):
    assert abs(value_bias(seed, INFLATION) - value_bias(seed, 0.0)) <= TOLERANCE


@pytest.mark.parametrize("seed", SEEDS)
def test_without_an_index_inflation_moves_the_bias_of_value(seed):
    assert abs(value_bias(seed, INFLATION, with_index=False) - value_bias(seed, 0.0)) > TOLERANCE


def test_features_of_a_moment_are_the_same_whatever_an_index_says_later():
    shop = world(SEEDS[0], INFLATION)
    moment = shop.extracted_at - 400 * DAY
    known = shop.price_index.filter(pc.less_equal(shop.price_index["known_at"].cast("int64"), moment))
    columns = {name: tuple(made.column_names) for name, made in shop.tables.items()}
    then, now = (
        compute_batch(in_constant(shop, prices_of(index, ZONE)), columns, [moment], ZONE)
        for index in (known, shop.price_index)
    )
    assert np.array_equal(then.values, now.values, equal_nan=True)
