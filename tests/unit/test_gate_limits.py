"""The gate's limits: each refuses a model of its own, in words, and says nothing of what was not measured."""

import numpy as np
import pytest

from models.domain.errors import InvalidSetting
from models.evaluation.bound_report import bound_backtests, days_apart
from models.evaluation.limits import GateLimits, broken, chance_of_so_few
from models.evaluation.promotion import PromoteSettings, within_limits
from models.learned.training.bounds import ClosedBacktest

LIMITS = GateLimits(max_ece_over_noise=0.03, max_value_factor=1.5, min_bound_tightness=0.2)


def churn(ece=0.02, noise=0.01):
    return {"final_cut": {"model": {"ece": ece, "ece_noise_q95": noise}}}


def value(bias=1.0, covered=5, judged=5, tightness=0.6):
    apart = {"judged": judged, "covered": covered}
    held = {"judged": 9, "covered": 9, "apart": apart, "tightness": tightness}
    return {"pooled": {"bias": bias}, "bound": {"k_lo": 0.5, "backtests": held}}


def test_a_sound_candidate_breaks_nothing():
    assert broken(churn(), value(), LIMITS) == ()


@pytest.mark.parametrize(("ece", "refused"), [(0.0399, False), (0.0401, True)])
def test_probabilities_that_are_off_by_more_than_chance_and_the_limit_are_refused(ece, refused):
    assert bool(broken(churn(ece=ece), value(), LIMITS)) is refused


def test_the_refusal_of_a_calibration_names_error_chance_and_setting():
    assert "; ".join(broken(churn(ece=0.08), value(), LIMITS)) == (
        "probabilities are off by 0.080 on average, chance explains 0.010, "
        "and 0.03 more is allowed (promote.limits.max_ece_over_noise)"
    )


@pytest.mark.parametrize(("bias", "refused"), [(1.49, False), (1.51, True), (0.67, False), (0.66, True)])
def test_value_that_is_off_by_more_than_the_factor_either_way_is_refused(bias, refused):
    assert bool(broken(churn(), value(bias=bias), LIMITS)) is refused


@pytest.mark.parametrize(
    ("covered", "judged", "refused"),
    [(0, 1, False), (0, 2, True), (0, 3, True), (2, 3, False), (1, 3, True), (5, 7, False), (4, 7, True)],
)
def test_a_bound_that_broke_too_often_to_be_an_accident_is_refused(covered, judged, refused):
    assert bool(broken(churn(), value(covered=covered, judged=judged), LIMITS)) is refused


def test_a_bound_so_low_that_it_says_nothing_is_refused():
    assert "0.05 of what came" in broken(churn(), value(tightness=0.05), LIMITS)[0]


def test_a_bound_so_low_refuses_nobody_where_nothing_is_live():
    assert broken(churn(), value(tightness=0.05), LIMITS, first=True) == ()


def test_probabilities_far_off_are_refused_also_where_nothing_is_live():
    assert broken(churn(ece=0.5), value(tightness=0.05), LIMITS, first=True) != ()


def test_every_broken_limit_is_told():
    decision = within_limits(churn(ece=0.5), value(bias=9.0), PromoteSettings(0.002, LIMITS))
    assert (decision.promoted, decision.reason.count("promote.limits")) == (False, 2)


def test_what_was_not_measured_refuses_nobody():
    unknown = {"pooled": None, "bound": {"k_lo": 0.0}}
    assert broken({"final_cut": None}, unknown, LIMITS) == ()


def test_chances_of_all_numbers_of_hits_sum_to_one():
    assert chance_of_so_few(7, 7) == pytest.approx(1.0)


def test_a_factor_below_one_is_no_limit():
    with pytest.raises(InvalidSetting, match="max_value_factor"):
        GateLimits(max_value_factor=0.5)


def closed(day, predicted, actual):
    return ClosedBacktest(day, np.full(10, float(predicted)), np.full(10, float(actual)))


def test_a_bound_is_judged_only_where_an_earlier_window_had_closed():
    cuts = [closed(day, 100, 100) for day in (0, 90, 180, 270)]
    assert bound_backtests(cuts, 180)["judged"] == 2


def test_a_level_that_halves_breaks_the_bound_and_shows_in_its_coverage():
    cuts = [closed(0, 100, 100), closed(180, 100, 30)]
    assert bound_backtests(cuts, 180)["covered"] == 0


def test_the_tightness_of_a_steady_level_is_its_bound():
    cuts = [closed(day, 100, 100) for day in (0, 180)]
    assert bound_backtests(cuts, 180)["tightness"] == pytest.approx(np.exp(-1.885618 * 0.2), rel=1e-5)


def coverage(days, predicted, window_days=365):
    """What the gate says of cuts where so much was predicted and 100 came."""
    cuts = [closed(day, told, 100) for day, told in zip(days, predicted, strict=True)]
    bound = {"backtests": bound_backtests(cuts, window_days)}
    return broken({"final_cut": None}, {"pooled": None, "bound": bound}, GateLimits())


def test_two_misses_whose_windows_overlap_are_one_and_refuse_nobody():
    assert coverage((0, 365, 455), (100, 900, 900)) == ()


def test_two_misses_whose_windows_are_apart_are_no_accident():
    assert "; ".join(coverage((0, 365, 730), (100, 900, 900_000))) == (
        "the lower bound of value held at 0 of 2 backtests whose windows do not overlap; "
        "it promises 90%, and so few are no accident"
    )


def test_days_are_apart_from_the_oldest_on():
    assert days_apart([0, 90, 365, 400, 729, 730], 365) == [0, 365, 730]


def test_nothing_apart_judged_refuses_nobody():
    assert broken(churn(), value(covered=0, judged=0), LIMITS) == ()


def test_without_backtests_nothing_is_judged():
    nothing = {"judged": 0, "covered": 0}
    assert bound_backtests([], 180) == {**nothing, "apart": nothing, "tightness": None}
