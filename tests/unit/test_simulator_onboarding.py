from types import SimpleNamespace

import numpy as np
import pytest

from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.onboarding import ONCE_ONLY, ONCE_ONLY_CALLED, undecided_stay, welcome
from pipelines.sources.simulator.settings import SimulatorSettings

N = 40_000
TIME = SimpleNamespace(days=1_000)


class People:
    """As much of `Customers` as the calls need."""

    founder = np.zeros(N, bool)
    first_day = np.full(N, 600.0)
    joined_at = np.full(N, 600 * DAY)

    def __len__(self):
        return N

    def allow(self, _):
        return np.ones(N, np.int8)


@pytest.fixture(scope="module")
def newcomers():
    """Everybody joins on day 600, is no founder, and may be called."""
    return welcome(SimulatorSettings(), People(), TIME)


def lost(newcomers, called):
    asked = (newcomers.called_at != NEVER) == called
    return (newcomers.lost_at[asked] != NEVER).mean()


@pytest.mark.parametrize(("called", "chance"), [(False, ONCE_ONLY), (True, ONCE_ONLY_CALLED)])
def test_newcomers_are_lost_as_often_as_the_law_says(newcomers, called, chance):
    assert lost(newcomers, called) == pytest.approx(chance, abs=0.008)


def test_the_call_comes_before_the_decision(newcomers):
    both = (newcomers.called_at != NEVER) & (newcomers.lost_at != NEVER)
    assert (newcomers.called_at[both] < newcomers.lost_at[both]).all()


def test_who_is_undecided_stays_as_often_as_the_draws_say(newcomers):
    days = (newcomers.lost_at - 600 * DAY) / DAY
    never = newcomers.lost_at == NEVER
    there = never | (days > 10)
    stays = undecided_stay(newcomers.chance, np.full(N, 10.0), np.array([5.0, 60.0]))
    drawn = [(never | (days > 15))[there].mean(), never[there].mean()]
    np.testing.assert_allclose(stays[there].mean(axis=0), drawn, atol=0.003)
