"""Rows to learn from are told by the model of rhythm that their cut is told by, and by none after it."""

import numpy as np
import pytest

from models.features.frame import FeatureFrame
from models.features.looked_up import SILENCE, TIMES
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.rhythm import Rhythm
from models.learned.rows import LabelledRows
from models.learned.told_alike import RhythmOfDay, told_alike

HORIZON = 90
EARLY = Rhythm(HORIZON, HORIZON, ParetoNBD(0.5, 10.0, 0.5, 10.0))
LATE = Rhythm(HORIZON, HORIZON, ParetoNBD(0.5, 60.0, 0.6, 200.0))
RHYTHMS = (RhythmOfDay(100, EARLY), RhythmOfDay(200, LATE))


def rows_of(names, values):
    size = len(values)
    ids = np.array([f"c{number}" for number in range(size)], dtype=object)
    frame = FeatureFrame(names, np.array(values, np.float32), ids, np.full(size, 50))
    return LabelledRows(frame, np.zeros(size), np.zeros(size))


@pytest.fixture
def rows():
    return rows_of((*TIMES, SILENCE, "colour"), [[2, 40, 20, -9, 7], [0, 0, 80, -9, 8]])


def silence_by(rhythm, rows):
    return rhythm.look_up(rows.frame)[:, rhythm.names.index(SILENCE)]


@pytest.mark.parametrize(("cut", "rhythm"), [(100, EARLY), (199, EARLY), (200, LATE), (900, LATE)])
def test_a_row_is_told_by_the_newest_model_of_the_cut_s_time(rows, cut, rhythm):
    told = told_alike(rows, RHYTHMS, cut).frame.column(SILENCE)
    np.testing.assert_array_equal(told, silence_by(rhythm, rows))


def test_a_model_fitted_after_the_cut_is_not_looked_up(rows):
    np.testing.assert_array_equal(told_alike(rows, RHYTHMS, 99).frame.values, rows.frame.values)


def test_what_is_no_rhythm_stays_as_it_was(rows):
    told = told_alike(rows, RHYTHMS, 900).frame
    np.testing.assert_array_equal(told.column("colour"), rows.frame.column("colour"))


def test_the_rows_that_were_handed_in_stay_as_they_were(rows):
    before = rows.frame.values.copy()
    told_alike(rows, RHYTHMS, 900)
    np.testing.assert_array_equal(rows.frame.values, before)


def test_no_column_is_added():
    rows = rows_of((*TIMES, "colour"), [[2, 40, 20, 7]])
    assert told_alike(rows, RHYTHMS, 900).frame.names == rows.frame.names


def test_rows_without_what_a_model_reads_stay_as_they_are():
    rows = rows_of((SILENCE, "colour"), [[-9, 7]])
    assert told_alike(rows, RHYTHMS, 900).frame.column(SILENCE)[0] == -9
