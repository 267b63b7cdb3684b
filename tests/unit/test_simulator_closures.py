import numpy as np

from models.domain.instants import DAY
from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.closures import FORGOTTEN_FOR_EVER, LAPSES_AFTER_DAYS, close

N = 5_000
OPENED = np.arange(N) * DAY
NOT_REOPENED = np.full(N, NEVER)


def closed(*, resolved, reopened_at=NOT_REOPENED):
    return close(1, OPENED, np.full(N, resolved), reopened_at)


def test_a_complaint_solved_for_good_is_not_closed_again():
    assert (closed(resolved=True) == NEVER).all()


def test_an_unsolved_complaint_lapses_within_a_bounded_time():
    at = closed(resolved=False)
    days = ((at - OPENED) / DAY)[at != NEVER]
    assert LAPSES_AFTER_DAYS[0] <= days.min() <= days.max() <= LAPSES_AFTER_DAYS[1]


def test_a_few_are_forgotten_for_ever():
    assert abs((closed(resolved=False) == NEVER).mean() - FORGOTTEN_FOR_EVER) < 0.01


def test_a_reopened_complaint_is_closed_after_it_came_back():
    back = OPENED + 8 * DAY
    at = closed(resolved=True, reopened_at=back)
    assert (at[at != NEVER] > back[at != NEVER]).all()
