"""What the pages of benchmarks say of effects: ties apart, and targets as they were met."""

import numpy as np

from benchmarks import uplift_worlds
from benchmarks.uplift import TARGETS, against_targets
from benchmarks.uplift_worlds import Round, of_rounds, two_rounds
from models.domain.vocabulary import ResponseState

SHUT, OPEN = Round(0.0, ResponseState.NO_EFFECT), Round(123_456.0, ResponseState.LEARNED)


def test_two_plans_that_earn_alike_are_a_tie_and_no_win():
    said = of_rounds([(SHUT, OPEN), (SHUT, SHUT), (OPEN, SHUT)])
    assert "more 1 times, as much 1 times, less 1 times" in said


def test_it_is_said_how_many_gates_opened_in_each_round():
    said = of_rounds([(SHUT, OPEN), (SHUT, SHUT), (SHUT, OPEN)]).replace("\n", " ")
    assert "0 of 3 gates open in the first, 2 in the second" in said


def test_lots_teach_of_others_than_those_who_are_planned_for(monkeypatch):
    drawn, world = [], uplift_worlds.world.customers
    monkeypatch.setattr(uplift_worlds, "PLANNED", 300)
    monkeypatch.setattr(uplift_worlds.world, "customers", lambda *how: drawn.append(world(*how)) or drawn[-1])
    two_rounds(1, first=300)
    seen = [people.values.tobytes() for people in drawn]
    assert len(seen) == len(set(seen)) == 5


def test_what_falls_short_of_a_target_is_said_to_have_missed_it():
    assert against_targets((TARGETS[0], np.nextafter(TARGETS[1], 0))).count("missed") == 1
    assert against_targets((0.0, 0.0)).count("missed") == 2
    assert "missed" not in against_targets(TARGETS)
