"""The model card: every figure out of the release, and what is not known said so."""

import pytest

from models.domain.vocabulary import LifecycleStage
from models.release import Manifest
from pipelines.report.model_card import Told, model_card

FIGURES = {"log_loss": 0.43, "auc": 0.87, "ece": 0.02, "ece_noise_q95": 0.03}
AGAINST = {"pareto_nbd": {"log_loss": {"verdict": "tie"}, "auc": {"verdict": "better"}}}
JUDGED = {"model": FIGURES, "pareto_nbd": FIGURES, "against": AGAINST}
CHURN = {"final_cut": JUDGED, "pooled": JUDGED, "cuts": {"2024-01-01": {}, "2024-04-01": {}}}
UNJUDGED = {"final_cut": None, "pooled": None, "cuts": {}, "unjudged": "needs 270 days of log, has 200"}
HELD = {"judged": 3, "covered": 2, "apart": {"judged": 2, "covered": 1}, "tightness": 0.61}
VALUE = {
    "pooled": {"bias": 1.05, "normalised_gini": 0.7, "decile_mape": 0.1},
    "bound": {"k_lo": 0.5, "reason": "7 closed backtests", "backtests": HELD},
}
FAILING = {"customers": 90, "churn_rate": 0.5, "predicted": 0.7, "apart": 0.2, "beyond_chance": True}
RECIPE = {
    "model_used": "boosted_and_logistic",
    "reason": "20000 rows",
    "boosted_weight": 0.75,
    "weight": {"reason": "0.75: lower log-loss than 0.5, at each of 3 closed backtests"},
    "calibration": {"reason": "identity: no curve helps"},
    "training_rows": 20_000,
    "training_snapshots": ["2024-01-01", "2023-12-01"],
}
MOVES = {"ideal": {**dict.fromkeys(LifecycleStage, 0), "silent": 1, "ideal": 3}}
MANIFEST = Manifest(0, "EUR", "UTC", 90, 365, "validated", "assumed", 100, "f", {})


def card(**other):
    told = {
        "manifest": MANIFEST,
        "source": "simulator",
        "churn": CHURN,
        "value": VALUE,
        "segments": {"stage": {"new": FAILING, "too_few": 3}},
        "stages": {"cuts": ["2024-01-01", "2024-04-01"], "moves": MOVES},
        "churn_recipe": RECIPE,
        "value_recipe": {"retained": {"reason": "900 rows"}, "lost": {"reason": "the mean alone"}},
        "response": {"state": "assumed", "reason": "no experiment"},
        "features": {"names": ["a", "b"], "switched_off": {"c": "no table"}},
        "notes": (),
    }
    return " ".join(model_card(Told(**{**told, **other})).split())


@pytest.mark.parametrize(
    "said",
    [
        f"release {MANIFEST.release_id}",
        "20,000 rows of simulator, at 2 snapshot(s)",
        "(20000 rows). Boosters count 0.75 and the logistic model 0.25, in log-odds.",
        "Their weight is 0.75: lower log-loss than 0.5, at each of 3 closed backtests.",
        "| Pareto/NBD alone | 0.4300 | 0.8700 | 0.4300 | 0.8700 | tie, better |",
        "No choice looked at the last (final cut).",
        "a perfect model of as many customers would be off by up to 0.030. That is chance.",
        "stage new: predicted 0.700 and found 0.500",
        "| ideal | 0 % | 75 % | 25 % | 0 % | 0 % | 0 % | 0 % | 4 |",
        "Such a bound held at 2 of the 3 backtests that could be told one, at 0.61 of what came (median)",
        "of those whose windows do not overlap, at 1 of 2.",
    ],
)
def test_the_card_says(said):
    assert said in card()


def test_more_than_chance_is_called_so():
    worse = {**JUDGED, "model": {**FIGURES, "ece": 0.05}}
    told = card(churn={**CHURN, "final_cut": worse})
    assert "up to 0.030. That is more than chance explains; the figure does not say why." in told


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (0.0, "Boosters were grown and do not count. Their weight is 0 as set."),
        (1.0, "Boosters alone count. Their weight is 1 as set."),
    ],
)
def test_a_half_that_does_not_count_is_said(weight, said):
    recipe = {**RECIPE, "boosted_weight": weight, "weight": {"reason": f"{weight:g} as set"}}
    assert said in card(churn_recipe=recipe)


@pytest.mark.parametrize("used", ["logistic_rfm", "logistic", "cold_start", "none"])
def test_a_model_without_boosters_has_no_weight_to_speak_of(used):
    reason = {"reason": "0.5 as set: 0 closed backtest(s), weighing takes 2"}
    recipe = {**RECIPE, "model_used": used, "reason": "90 rows", "boosted_weight": 0.0, "weight": reason}
    told = card(churn_recipe=recipe)
    assert f"- Churn: {used} (90 rows). It has no boosters. - Calibration" in told


def test_what_was_not_judged_is_said_and_has_no_table():
    told = card(churn=UNJUDGED)
    assert ("Not judged: needs 270 days of log, has 200." in told, "| this model" in told) == (True, False)


def test_value_that_no_backtest_judged_is_said():
    bound = {"k_lo": 0.0, "reason": "no backtest of value has closed"}
    assert "No backtest of value has closed." in card(value={"pooled": None, "bound": bound})


def test_moves_between_stages_take_two_cuts():
    assert "Not counted: that takes two cuts." in card(stages={})
