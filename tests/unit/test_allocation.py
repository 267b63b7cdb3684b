"""The plan under a budget, against every plan that there is, and against what must hold of all plans."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.policy.allocation.allocate import allocate, profit_curve
from models.policy.allocation.problem import FORBIDDEN, NOTHING, Limits, Options, Resource, use_of

AMOUNTS = st.integers(-30, 90)


def options(gain, liability, uses=None, segment=None):
    gain, liability = np.array(gain, np.int64), np.array(liability, np.int64)
    customers = gain.shape[1]
    return Options(
        gain,
        liability,
        tuple(uses or [()] * len(gain)),
        np.array(segment if segment is not None else [0] * customers, np.int64),
    )


def best_of_all(problem, limits):
    """The gain of the best plan, by trying every plan."""
    gains = []
    for choice in product(range(-1, len(problem.uses)), repeat=len(problem)):
        chosen = np.array(choice)
        taken = np.flatnonzero(chosen != NOTHING)
        allowed = np.all(problem.gain[chosen[taken], taken] >= 1)
        use = use_of(problem, chosen, limits)
        if allowed and use.fits(limits):
            gains.append(use.gain)
    return max(gains)


@st.composite
def problems(draw, customers=5):
    n, kinds = draw(st.integers(1, customers)), draw(st.integers(1, 3))
    table = st.lists(st.lists(AMOUNTS, min_size=n, max_size=n), min_size=kinds, max_size=kinds)
    costs = st.lists(st.lists(st.integers(0, 40), min_size=n, max_size=n), min_size=kinds, max_size=kinds)
    segment = sorted(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    used = st.lists(st.integers(0, 1), unique=True, max_size=2).map(tuple)
    uses = draw(st.lists(used, min_size=kinds, max_size=kinds))
    limit = st.one_of(st.none(), st.integers(0, 120))
    resources = (Resource(draw(st.integers(0, 5))), Resource(draw(st.integers(0, 120)), in_money=True))
    limits = Limits(draw(limit), (draw(limit), draw(limit)), resources)
    return options(draw(table), draw(costs), uses, segment), limits


@settings(max_examples=100, deadline=None)
@given(problems())
def test_no_plan_gains_more_than_the_bound_and_ours_keeps_every_limit(problem):
    possible, limits = problem
    found = allocate(possible, limits)
    assert found.use.fits(limits)
    assert found.use.gain == use_of(possible, found.choice, limits).gain
    best = best_of_all(possible, limits)
    assert found.use.gain <= best <= found.bound + 1e-6 * max(1, best)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_of_few_customers_the_plan_is_nearly_the_best(problem):
    possible, limits = problem
    best = best_of_all(possible, limits)
    dearest = int(np.maximum(possible.gain, 0).max())
    assert allocate(possible, limits).use.gain >= best - 2 * dearest


@settings(max_examples=100, deadline=None)
@given(problems(customers=12))
def test_nobody_gets_what_gains_nothing_or_is_forbidden(problem):
    possible, limits = problem
    choice = allocate(possible, limits).choice
    taken = np.flatnonzero(choice != NOTHING)
    assert np.all(possible.gain[choice[taken], taken] >= 1)


@settings(max_examples=60, deadline=None)
@given(problems(customers=12), st.integers(0, 60))
def test_more_budget_costs_at_most_the_reported_gap(problem, more):
    possible, limits = problem
    total = 0 if limits.total is None else limits.total
    less, larger = profit_curve(
        possible, Limits(total, limits.segments, limits.resources), np.array([total, total + more])
    )
    assert larger.use.gain >= less.use.gain - larger.gap * larger.bound - 1e-6


def test_without_limits_everybody_gets_the_best():
    problem = options([[5, 9, -2], [7, 3, 0]], [[1, 1, 1], [9, 9, 9]])
    found = allocate(problem, Limits())
    assert found.choice.tolist() == [1, 0, NOTHING]
    assert found.gap == 0


def test_where_no_action_is_switched_on_everybody_is_left_alone():
    nothing = np.zeros((0, 3), np.int64)
    found = allocate(Options(nothing, nothing, (), np.zeros(3, np.int64)), Limits(total=50))
    assert (found.choice.tolist(), found.use.gain, found.gap) == ([NOTHING] * 3, 0, 0.0)


def test_a_budget_of_nothing_leaves_what_is_free():
    problem = options([[5, 9], [50, 60]], [[0, 0], [9, 9]])
    assert allocate(problem, Limits(total=0)).choice.tolist() == [0, 0]


def test_the_budget_goes_where_it_brings_most():
    problem = options([[90, 50, 80]], [[30, 10, 10]])
    assert allocate(problem, Limits(total=20)).choice.tolist() == [NOTHING, 0, 0]


def test_a_segment_s_own_budget_binds_it_alone():
    problem = options([[90, 80, 70]], [[10, 10, 10]], segment=[0, 0, 1])
    assert allocate(problem, Limits(None, (10, None))).choice.tolist() == [0, NOTHING, 0]


def test_a_team_s_hours_go_to_whom_they_help_most():
    problem = options([[90, 80, 70], [20, 75, 10]], [[0] * 3] * 2, uses=[(0,), ()])
    assert allocate(problem, Limits(resources=(Resource(2),))).choice.tolist() == [0, 1, 0]


def test_what_is_forbidden_is_not_taken_at_any_price():
    problem = options([[FORBIDDEN, 4], [3, FORBIDDEN]], [[0, 0], [2, 2]])
    assert allocate(problem, Limits(total=10)).choice.tolist() == [1, 0]


def test_of_customers_all_alike_the_first_ones_get_it():
    problem = options([[7] * 1000], [[3] * 1000])
    found = allocate(problem, Limits(total=1000))
    assert found.choice.tolist() == [0] * 333 + [NOTHING] * 667
    assert found.gap == pytest.approx(0.001)  # a third of a customer is left over


def test_a_shadow_price_says_what_a_little_more_would_earn():
    random = np.random.default_rng(8)
    problem = options(random.integers(1, 900, (4, 4000)), random.integers(50, 400, (4, 4000)))
    less, more = profit_curve(problem, Limits(total=0), np.array([200_000, 210_000]))
    assert (more.use.gain - less.use.gain) / 10_000 == pytest.approx(less.prices.total, rel=0.03)


def test_the_same_input_gives_the_same_plan():
    random = np.random.default_rng(9)
    problem = options(random.integers(1, 90, (4, 3000)), random.integers(5, 40, (4, 3000)))
    first, again = (allocate(problem, Limits(total=20_000)) for _ in range(2))
    np.testing.assert_array_equal(first.choice, again.choice)


def test_many_customers_are_allocated_by_way_of_a_sample():
    random = np.random.default_rng(10)
    n = 60_000
    gain, liability = random.integers(-200, 900, (4, n)), random.integers(50, 400, (4, n))
    problem = options(gain, liability, [(), (), (0,), (0,)], np.sort(random.integers(0, 3, n)))
    limits = Limits(2_000_000, (500_000, 900_000, None), (Resource(3_000),))
    found = allocate(problem, limits)
    assert found.use.fits(limits)
    assert found.gap < 1e-5


def test_a_sample_that_misleads_is_corrected():
    # Every third customer, whom a sample by steps would meet first, gains a hundred times as much.
    n = 60_000
    gain = np.where(np.arange(n) % 3 == 0, 10_000, 100)[None, :]
    found = allocate(options(gain, np.full((1, n), 10)), Limits(total=400_000))
    assert found.use.total == 400_000
    assert found.gap < 1e-9


@pytest.mark.parametrize(
    ("gain", "liability", "segment"),
    [([[1, 2]], [[1]], None), ([[1, 2]], [[1, -1]], None), ([[1, 2]], [[1, 1]], [1, 0])],
)
def test_a_problem_that_makes_no_sense_is_refused(gain, liability, segment):
    with pytest.raises(ValueError, match=r"must"):
        Options(np.array(gain), np.array(liability), ((),), np.array(segment or [0, 0]))


def test_limits_that_do_not_match_the_options_are_refused():
    problem = options([[1, 2]], [[1, 1]], uses=[(0,)], segment=[0, 1])
    with pytest.raises(ValueError, match="more segments"):
        allocate(problem, Limits(resources=(Resource(1),)))
    with pytest.raises(ValueError, match="more resources"):
        allocate(problem, Limits(segments=(None, None)))
