import numpy as np
import pytest

from models.evaluation.metrics import auc
from models.evaluation.oracle import (
    Estimates,
    Truth,
    amount_figures,
    bound_figures,
    cap_figures,
    churn_figures,
    discounted,
    expected_auc,
    oracle_report,
    spearman,
)

N = 4_000


@pytest.fixture(scope="module")
def truth():
    """Churn as likely as a beta says, a quarter gone, margins of all sizes."""
    rng = np.random.default_rng(3)
    there = rng.random(N) > 0.25
    p = np.where(there, rng.beta(1, 2, N), 1.0)
    kept = rng.lognormal(8, 1, N)
    silent = np.where(there, 0.2 * kept, 0)
    return Truth(
        churn_probability=p,
        churned=(rng.random(N) < p).astype(float),
        there=there,
        value=np.where(there, (1 - p) * 0.9 * kept + p * silent, 0),
        if_silent=silent,
        leaving_cost=kept,
    )


def told(truth, **changed):
    same = {
        "churn_probability": {"model": truth.churn_probability},
        "lifetime_value": truth.value,
        "stake": truth.leaving_cost,
        "stake_low": truth.leaving_cost / 2,
        "cap": truth.leaving_cost / 10,
    }
    return Estimates(**(same | changed))


def test_the_truth_has_nothing_to_regret(truth):
    assert churn_figures(truth.churn_probability, truth)["regret"] == pytest.approx(0, abs=1e-12)


def test_regret_is_the_divergence_from_the_truth(truth):
    said = np.clip(truth.churn_probability, 0.1, 0.9)
    p = np.clip(truth.churn_probability, 1e-9, 1 - 1e-9)
    divergence = p * np.log(p / said) + (1 - p) * np.log((1 - p) / (1 - said))
    assert churn_figures(said, truth)["regret"] == pytest.approx(divergence.mean())


def test_a_future_that_was_drawn_costs_about_what_was_expected(truth):
    found = churn_figures(np.clip(truth.churn_probability, 0.05, 0.95), truth)
    assert found["log_loss"] == pytest.approx(found["expected_log_loss"], abs=0.02)


def test_a_probability_told_too_high_is_biased_upwards(truth):
    found = churn_figures(np.minimum(truth.churn_probability + 0.05, 1), truth)
    assert 0.03 < found["bias"] <= 0.05


def test_log_odds_told_too_high_are_off_by_as_much_in_every_decile(truth):
    flat = Truth(**{**vars(truth), "churn_probability": np.full(N, 0.3)})
    odds = np.exp(0.5) * 0.3 / 0.7
    found = churn_figures(np.full(N, odds / (1 + odds)), flat)
    assert found["log_odds_rmse"] == pytest.approx(0.5)


def test_a_certain_answer_that_is_wrong_stays_finite(truth):
    assert np.isfinite(churn_figures(np.zeros(N), truth)["regret"])


def test_with_certain_outcomes_the_expected_auc_is_the_auc(truth):
    score = np.round(truth.churn_probability, 1)
    assert expected_auc(score, truth.churned) == pytest.approx(auc(score, truth.churned))


def test_the_expected_auc_is_the_mean_over_futures(truth):
    p, rng = truth.churn_probability[:300], np.random.default_rng(1)
    futures = [auc(p, (rng.random(300) < p).astype(float)) for _ in range(400)]
    assert expected_auc(p, p) == pytest.approx(np.mean(futures), abs=0.004)


def test_where_all_are_certain_alike_there_is_no_expected_auc():
    assert np.isnan(expected_auc(np.arange(3.0), np.ones(3)))


def test_ranks_that_agree_correlate_fully():
    assert spearman(np.array([1.0, 2, 3]), np.array([10.0, 200, 3000])) == pytest.approx(1)


def test_a_constant_has_no_rank():
    assert np.isnan(spearman(np.ones(3), np.arange(3.0)))


def test_amounts_told_twice_too_high_are_biased_by_two(truth):
    found = amount_figures(2 * truth.value, truth.value)
    assert (found["bias"], found["spearman"]) == (pytest.approx(2), pytest.approx(1))


def test_a_bound_below_the_truth_holds(truth):
    assert bound_figures(truth.leaving_cost / 2, truth.leaving_cost) == {
        "share_of_truth": pytest.approx(0.5), "holds": True, "deciles_held": 1.0,
    }  # fmt: skip


def test_a_bound_above_the_truth_does_not_hold_even_where_it_is_all_zero(truth):
    assert not bound_figures(np.ones(N), np.zeros(N))["holds"]


def test_a_bound_may_fail_in_some_tenths_only():
    low, true = np.repeat([1.0, 5.0], 50), np.repeat([2.0, 4.5], 50)
    found = bound_figures(low, true)
    assert (found["holds"], found["deciles_held"]) == (True, 0.5)


def test_a_cap_beyond_the_truth_is_counted_among_those_who_have_one():
    found = cap_figures(np.array([0.0, 10, 10]), np.array([0.0, 5, 50]))
    assert (found["customers"], found["beyond_truth"], found["holds"]) == (2, 0.5, True)


def test_without_caps_there_is_no_harm():
    found = cap_figures(np.zeros(2), np.zeros(2))
    assert (found["customers"], found["beyond_truth"], found["holds"]) == (0, 0.0, True)


def test_margins_are_discounted_from_the_middle_of_their_span():
    found = discounted(np.array([[100.0, 100.0]]), [(0, 182), (182, 365)], 365, 0.1)
    assert found[0] == pytest.approx(100 * 1.1 ** (-91 / 365) + 100 * 1.1 ** (-273.5 / 365))


def test_spans_after_the_window_do_not_count():
    assert discounted(np.array([[3.0, 4.0]]), [(0, 90), (90, 365)], 90, 0.0)[0] == 3.0


def test_a_window_that_ends_within_a_span_is_refused():
    with pytest.raises(ValueError, match="no span ends after 100 days"):
        discounted(np.ones((1, 1)), [(0, 90)], 100, 0.1)


def test_silence_costs_what_ordering_would_bring_more(truth):
    p, there = truth.churn_probability, truth.there
    ordering = (truth.silence_cost + truth.if_silent)[there]
    whole = (1 - p[there]) * ordering + p[there] * truth.if_silent[there]
    np.testing.assert_allclose(whole, truth.value[there])


def test_silence_costs_nothing_known_of_those_who_left(truth):
    assert np.isnan(truth.silence_cost[~truth.there]).all()


def test_estimates_that_are_the_truth_are_without_error(truth):
    found = oracle_report(truth, told(truth))
    assert (found["lifetime_value"]["bias"], found["stake"]["decile_mape"]) == (1.0, 0.0)


def test_the_truth_stands_beside_every_estimate(truth):
    p = {"model": truth.churn_probability, "logistic_rfm": np.full(N, 0.5)}
    assert list(oracle_report(truth, told(truth, churn_probability=p))["churn"]) == [
        "truth", "model", "logistic_rfm",
    ]  # fmt: skip
