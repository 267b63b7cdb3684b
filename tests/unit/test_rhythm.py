"""Rhythm columns: looked up row by row, fitted from the past alone, absent with a reason."""

from dataclasses import replace

import numpy as np
import pytest

from models.domain.instants import DAY
from models.features.looked_up import (
    ALIVE,
    EXPECTED_AMOUNT,
    EXPECTED_DAYS,
    GAMMA_GAMMA,
    RHYTHM,
    SILENCE,
    described,
    fingerprint_with,
)
from models.learned.btyd.gamma_gamma import GammaGamma
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.rhythm import SUREST, Rhythm, with_rhythm
from models.learned.settings import BtydSettings
from models.learned.training.rhythm import due, fit_rhythm, with_fitted
from tests.rhythm_examples import BEGIN, NAMES, amounts, frame_at, frame_of, purchase_days

MODELS = Rhythm(90, 182, ParetoNBD(0.6, 60.0, 0.7, 90.0), GammaGamma(3.0, 4.0, 9000.0))
SETTINGS = BtydSettings(refit_days=90, prior_weight=1.0, max_customers=3000)
NOTHING = Rhythm(90, 182)
BOUGHT, MEAN = purchase_days(400, 400), amounts(400)
DAYS = (150, 240, 330, 400)


def fitted(frame, settings=SETTINGS):
    return fit_rhythm(frame, settings, NOTHING, lambda items, _: items)


@pytest.fixture(scope="module")
def frame():
    return frame_of(BOUGHT, DAYS, MEAN)


@pytest.fixture(scope="module")
def fits(frame):
    return fitted(frame)


def row(recency, repeats, span, mean=2000.0):
    one = frame_at([np.array([0])], 1, [mean])
    return replace(one, values=np.array([[recency, repeats, span, repeats + 1, mean]], np.float32))


def told(rhythm, one, name):
    return float(with_rhythm(one, rhythm).column(name)[0])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 31, 511, 512, 513, 1000])
def test_some_rows_say_the_same_bits_as_all_of_them(frame, size):
    whole = MODELS.look_up(frame)
    for begin in (0, 1, 5, len(frame) - size):
        rows = np.arange(begin, begin + size)
        assert MODELS.look_up(frame.rows(rows)).tobytes() == whole[rows].tobytes()


def test_each_row_alone_says_the_same_bits_as_among_all(frame):
    whole = MODELS.look_up(frame)
    alone = [MODELS.look_up(frame.rows(np.array([place])))[0] for place in range(len(frame))]
    assert np.array(alone).tobytes() == whole.tobytes()


def test_odds_are_no_surer_than_may_be():
    assert told(MODELS, row(recency=5000, repeats=50, span=100), SILENCE) == SUREST


def test_who_bought_often_and_fell_silent_has_probably_left():
    assert told(MODELS, row(recency=200, repeats=20, span=200), ALIVE) < 0.01


def test_more_is_expected_of_a_longer_window():
    one = row(recency=10, repeats=5, span=100)
    longer = replace(MODELS, window_days=365)
    assert told(longer, one, EXPECTED_DAYS) > told(MODELS, one, EXPECTED_DAYS)


def test_silence_is_less_likely_to_last_longer():
    one = row(recency=10, repeats=5, span=100)
    assert told(replace(MODELS, horizon_days=180), one, SILENCE) < told(MODELS, one, SILENCE)


def test_the_expected_amount_lies_between_the_own_mean_and_everybodys():
    assert 3.0 * 9000 / 3.0 < told(MODELS, row(10, 2, 50, mean=20_000.0), EXPECTED_AMOUNT) < 20_000


def test_nothing_is_said_of_who_has_not_bought_yet():
    one = row(np.nan, 0, 0, mean=np.nan)
    assert np.isnan(MODELS.look_up(one)).all()


def test_who_bought_at_the_very_snapshot_is_looked_up_too():
    assert np.isfinite(MODELS.look_up(row(recency=0, repeats=0, span=0))).all()


def test_columns_looked_up_again_take_the_place_of_the_old_ones(frame):
    once = with_rhythm(frame, MODELS)
    again = with_rhythm(once, replace(MODELS, horizon_days=30))
    assert again.names == (*NAMES, *MODELS.names)
    assert not np.array_equal(again.column(SILENCE), once.column(SILENCE))


def test_a_rhythm_without_a_model_of_amounts_has_no_column_of_them():
    assert replace(MODELS, spending=None).names == (SILENCE, ALIVE, EXPECTED_DAYS)


def test_a_rhythm_without_models_leaves_a_frame_alone(frame):
    assert with_rhythm(frame, NOTHING) is frame


def test_the_kind_of_model_is_in_the_fingerprint():
    assert replace(RHYTHM[0], model=GAMMA_GAMMA).fingerprint != RHYTHM[0].fingerprint


def test_features_with_and_without_columns_have_two_fingerprints():
    assert fingerprint_with("it", RHYTHM[:3]) != fingerprint_with("it", RHYTHM) != "it"


def test_without_columns_the_fingerprint_is_that_of_the_features():
    assert fingerprint_with("it", ()) == "it"


def test_columns_are_described_like_features():
    assert {"name", "family", "unit", "label", "fingerprint"} == set(described(RHYTHM)[0])


@pytest.mark.parametrize(
    ("days", "refit", "expected"),
    [
        ([0, 30, 60, 90, 120], 90, [0, 90, 120]),
        ([0, 30, 60, 90], 30, [0, 30, 60, 90]),
        ([0, 30, 60], 365, [0, 60]),
        ([7], 90, [7]),
        ([0, 89, 200], 90, [0, 200]),
    ],
)
def test_fits_lie_so_far_apart_and_end_at_the_newest(days, refit, expected):
    assert due([day * DAY for day in days], refit) == [day * DAY for day in expected]


def test_a_day_of_23_hours_counts_as_a_day():
    assert due([0, 90 * DAY - DAY // 24, 200 * DAY], 90)[1] == 90 * DAY - DAY // 24


def test_every_snapshot_is_looked_up_in_the_newest_models_at_or_before_it(frame):
    fits = fitted(frame, replace(SETTINGS, refit_days=150))
    assert [fit.snapshot for fit in fits] == [BEGIN + day * DAY for day in (150, 330, 400)]
    at = BEGIN + 240 * DAY
    by_first = with_rhythm(frame.at(at), fits[0].rhythm)
    assert with_fitted(frame, fits).at(at).values.tobytes() == by_first.values.tobytes()


def test_what_came_later_changes_no_earlier_column(frame, fits):
    upto = frame.snapshot <= BEGIN + 240 * DAY
    early = frame.rows(upto)
    alone = with_fitted(early, fitted(early))
    assert alone.values.tobytes() == with_fitted(frame, fits).rows(upto).values.tobytes()


def test_a_row_of_the_same_snapshot_does_change_the_fit(frame, fits):
    fewer = frame.rows(np.arange(len(frame)) % 2 == 0)
    assert fitted(fewer)[0].rhythm != fits[0].rhythm


def test_where_a_fit_finds_nothing_the_model_before_goes_on(frame):
    late = frame.snapshot > BEGIN + 150 * DAY
    few = frame.rows(~late | (np.arange(len(frame)) % 40 == 0))
    fits = fitted(few)
    assert fits[-1].buying.model is None
    assert fits[-1].rhythm.buying == fits[0].rhythm.buying


def test_snapshots_before_the_first_model_say_nothing(frame):
    early = frame.snapshot == BEGIN + 150 * DAY
    few = frame.rows(~early | (np.arange(len(frame)) < 20))
    columns = with_fitted(few, fitted(few))
    mute = np.isnan(columns.column(SILENCE))
    np.testing.assert_array_equal(mute, few.snapshot == BEGIN + 150 * DAY)


def test_too_few_customers_leave_no_column_and_a_reason(frame):
    few = frame.rows(np.arange(len(frame)) % 100 == 0)
    fits = fitted(few)
    assert with_fitted(few, fits).names == NAMES
    assert "customers; a fit takes" in fits[-1].buying.report.reason


def test_the_same_rows_give_the_same_models(frame, fits):
    assert [fit.to_json() for fit in fitted(frame)] == [fit.to_json() for fit in fits]
