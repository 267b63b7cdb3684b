"""Moves between stages are counted customer by customer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.domain.vocabulary import LifecycleStage
from models.evaluation.stage_moves import StagesAt, moves_table, stage_moves

anybody = st.dictionaries(st.sampled_from("ABCDEFGH"), st.sampled_from([s.value for s in LifecycleStage]))


def at(**stages):
    return StagesAt(np.array([*stages], dtype=object), np.array([*stages.values()], dtype=np.str_))


BEFORE, AFTER = at(A="ideal", B="ideal", C="silent", D="new"), at(C="lost", B="silent", A="ideal", E="new")


def test_a_customer_moves_from_the_stage_before_to_the_stage_after():
    assert stage_moves([BEFORE, AFTER])["silent"]["lost"] == 1


def test_who_stays_is_counted_on_the_diagonal():
    assert stage_moves([BEFORE, AFTER])["ideal"] == {
        stage.value: {"ideal": 1, "silent": 1}.get(stage.value, 0) for stage in LifecycleStage
    }


def test_who_is_known_at_one_moment_only_has_not_moved():
    assert sum(stage_moves([BEFORE, AFTER])["new"].values()) == 0


def test_pairs_of_moments_are_added_up():
    assert stage_moves([BEFORE, AFTER, BEFORE])["ideal"]["ideal"] == 2


def test_one_moment_moves_nobody():
    assert sum(sum(row.values()) for row in stage_moves([BEFORE]).values()) == 0


@given(anybody, anybody)
def test_every_customer_known_at_both_moments_is_counted_once(before, after):
    moves = stage_moves([at(**before), at(**after)])
    assert sum(sum(row.values()) for row in moves.values()) == len(before.keys() & after.keys())


def test_the_table_tells_shares_of_each_row():
    told = moves_table(stage_moves([BEFORE, AFTER]))
    assert told[2] == "| ideal | 0 % | 50 % | 50 % | 0 % | 0 % | 0 % | 0 % | 2 |"


def test_stages_that_nobody_stood_in_have_no_row():
    assert [row.split("|")[1].strip() for row in moves_table(stage_moves([BEFORE, AFTER]))[2:]] == [
        "ideal",
        "silent",
    ]
