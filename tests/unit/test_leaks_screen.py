"""One column alone that tells who left: found by name, and honest columns are left in peace."""

import numpy as np
import pytest

from models.domain.errors import Leakage
from models.evaluation.leaks import EMPTY, Suspect, lower_bound, screen, screen_categories, stop_for

ROWS = 2_000
RANDOM = np.random.default_rng(3)
CHURNED = (RANDOM.random(ROWS) < 0.3).astype(float)
NOISE = RANDOM.normal(size=ROWS)


def found(column, churned=CHURNED):
    return [suspect.column for suspect in screen(["it"], np.float32(column)[:, None], churned)]


def found_word(codes, churned=CHURNED):
    return [suspect.column for suspect in screen_categories(["it"], [np.asarray(codes)], churned)]


def test_a_copy_of_the_label_is_found():
    assert found(CHURNED) == ["it"]


def test_a_copy_that_counts_the_other_way_round_is_found():
    assert found(-CHURNED) == ["it"]


def test_a_noisy_copy_is_found():
    assert found(CHURNED + 0.2 * NOISE) == ["it"]


def test_a_column_filled_only_for_those_who_left_is_found():
    assert found(np.where(CHURNED == 1, NOISE, np.nan)) == ["it"]


def test_a_column_filled_only_for_those_who_stayed_is_found():
    assert found(np.where(CHURNED == 0, NOISE, np.nan)) == ["it"]


def test_an_honest_strong_predictor_is_left_in_peace():
    assert not found(CHURNED + 0.5 * NOISE)  # AUC .92


def test_noise_is_left_in_peace():
    assert not found(NOISE)


def test_an_empty_column_is_left_in_peace():
    assert not found(np.full(ROWS, np.nan))


def test_thirty_rows_told_apart_by_accident_prove_nothing():
    assert not found(np.arange(30), churned=np.repeat([0.0, 1.0], 15))


def test_twenty_of_each_outcome_without_one_mistake_prove_it():
    assert found(np.arange(40), churned=np.repeat([0.0, 1.0], 20)) == ["it"]


def test_one_outcome_alone_proves_nothing():
    assert not found(CHURNED, churned=np.ones(ROWS))


def test_the_worst_column_stands_first():
    columns = np.float32([CHURNED + 0.25 * NOISE, CHURNED]).T
    assert [suspect.column for suspect in screen(["noisy", "copy"], columns, CHURNED)] == ["copy", "noisy"]


def test_the_area_is_that_of_the_slow_definition():
    values, outcome = np.round(NOISE[:300] + CHURNED[:300], 1), CHURNED[:300]
    left, stayed = values[outcome == 1][:, None], values[outcome == 0][None, :]
    slow = float(((left > stayed) + 0.5 * (left == stayed)).mean())
    (suspect,) = screen(["it"], np.float32(values)[:, None], outcome, limit=0.0)
    assert suspect.auc == pytest.approx(slow)


def test_words_that_copy_the_label_are_found_in_any_order():
    assert found_word(np.where(CHURNED == 1, RANDOM.integers(0, 2, ROWS) * 2, 1)) == ["it"]


def test_a_reason_for_leaving_that_stayers_lack_is_found():
    assert found_word(np.where(CHURNED == 1, RANDOM.integers(0, 5, ROWS), EMPTY)) == ["it"]


def test_a_name_of_its_own_for_each_row_is_left_in_peace():
    assert not found_word(np.arange(ROWS))


def test_honest_words_are_left_in_peace():
    assert not found_word(RANDOM.integers(0, 4, ROWS))


@pytest.mark.parametrize(("rows", "bound"), [(10, 0.787), (52, 0.951), (1_000, 0.997)])
def test_the_bound_of_a_perfect_column_rises_with_the_rows(rows, bound):
    assert lower_bound(1.0, rows, rows) == pytest.approx(bound, abs=0.001)


SUSPECT = Suspect("status", 0.998, 0.994, left=812, stayed=3_210)


def test_a_suspect_stops_the_run_by_name():
    with pytest.raises(
        Leakage, match=r"status: AUC 0\.998 alone \(at least 0\.994; 812 left, 3,210 stayed\)"
    ):
        stop_for((SUSPECT,), (), "churn.accept_predictors")


def test_the_message_says_where_to_accept_it():
    with pytest.raises(Leakage, match=r"list it in churn\.accept_predictors"):
        stop_for((SUSPECT,), (), "churn.accept_predictors")


def test_an_accepted_suspect_is_a_note():
    (note,) = stop_for((SUSPECT,), ("status",), "churn.accept_predictors")
    assert note.startswith("accepted in churn.accept_predictors: status: AUC 0.998")
