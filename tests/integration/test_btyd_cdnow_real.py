"""The fits on the CDNOW log: the parameters that were published of it, and those that a prior makes of them.

Published: "Counting your customers the easy way" (Fader, Hardie & Lee 2005) for both models of timing, and
"The Gamma-Gamma model of monetary value" (Fader & Hardie 2013), on a tenth of the customers, 39 weeks, in
weeks and dollars. Eight of them only ever took something for nothing; there, that was a purchase.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.learned.btyd.histories import summarise
from models.learned.training.btyd.spending import fit_gamma_gamma
from models.learned.training.btyd.timing import fit_bg_nbd, fit_pareto_nbd

pytestmark = pytest.mark.real

FIRST_DAY = np.datetime64("1997-01-01").astype(np.int64)
WEEKS = 39
LAST_DAY = FIRST_DAY + 7 * WEEKS - 1


@pytest.fixture(scope="module")
def folder():
    name = os.environ.get("HOLDFAST_REAL_DATA")
    if name is None:
        pytest.skip("HOLDFAST_REAL_DATA does not name the folder of the real logs")
    return Path(name)


@pytest.fixture(scope="module")
def log(folder):
    """Customer, day and cents of every row; a row of nothing counts as a cent."""
    rows = pd.read_csv(
        folder / "cdnow_master.txt.gz", sep=r"\s+", names=["customer", "day", "discs", "dollars"]
    )
    days = pd.to_datetime(rows["day"].astype(str)).to_numpy().astype("datetime64[D]").astype(np.int64)
    cents = np.maximum(np.rint(100 * rows["dollars"].to_numpy()), 1).astype(np.int64)
    return rows["customer"].to_numpy(), days, cents


@pytest.fixture(scope="module")
def tenth(folder, log):
    """The summaries of the published sample at the end of week 39."""
    chosen = np.isin(log[0], pd.read_csv(folder / "cdnow_sample_2357_ids.csv")["cust"])
    return summarise(*(column[chosen] for column in log), LAST_DAY)


@pytest.fixture(scope="module")
def in_weeks(tenth):
    return tenth.histories.in_units_of(7)


def parameters(fitted):
    return tuple(fitted.report.parameters.values())


def likelihood(fitted):
    return fitted.report.log_likelihood


def test_the_sample_has_2_357_customers(tenth):
    assert len(tenth.customer) == 2357


def test_946_of_them_came_back(tenth):
    assert (tenth.histories.repeats > 0).sum() == 946


def test_the_pareto_nbd_has_the_published_parameters(in_weeks):
    found = parameters(fit_pareto_nbd(in_weeks, prior_weight=0.0))
    assert found == pytest.approx((0.553, 10.578, 0.606, 11.669), abs=5e-4)


def test_the_pareto_nbd_has_the_published_likelihood(in_weeks):
    assert likelihood(fit_pareto_nbd(in_weeks, prior_weight=0.0)) == pytest.approx(-9594.98, abs=0.005)


def test_the_bg_nbd_has_the_published_parameters(in_weeks):
    found = parameters(fit_bg_nbd(in_weeks, prior_weight=0.0))
    assert found == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=5e-4)


def test_the_bg_nbd_has_the_published_likelihood(in_weeks):
    assert likelihood(fit_bg_nbd(in_weeks, prior_weight=0.0)) == pytest.approx(-9582.43, abs=0.005)


def test_the_gamma_gamma_has_the_published_parameters(tenth):
    fitted = fit_gamma_gamma(tenth.histories.repeats, tenth.mean_amount / 100, prior_weight=0.0)
    assert parameters(fitted) == pytest.approx((6.25, 3.74, 15.44), abs=5e-3)


@pytest.mark.parametrize("fit", [fit_pareto_nbd, fit_bg_nbd])
def test_the_prior_costs_the_sample_next_to_no_likelihood(fit, in_weeks):
    assert likelihood(fit(in_weeks, prior_weight=0.0)) - likelihood(fit(in_weeks)) < 0.02


@pytest.mark.parametrize("fit", [fit_pareto_nbd, fit_bg_nbd])
def test_the_prior_moves_no_probability_of_the_sample_by_a_hundredth(fit, in_weeks):
    odds = [
        fit(in_weeks, prior_weight=weight).model.log_odds_of_silence(in_weeks, 13.0) for weight in (0.0, 1.0)
    ]
    silent = 1.0 / (1.0 + np.exp(-np.array(odds)))
    assert np.abs(silent[1] - silent[0]).max() < 0.01


def test_a_quarter_later_as_many_were_silent_as_was_foretold(log, tenth):
    model = fit_pareto_nbd(tenth.histories).model
    foretold = 1.0 / (1.0 + np.exp(-model.log_odds_of_silence(tenth.histories, 91.0)))
    later = log[0][(log[1] > LAST_DAY) & (log[1] <= LAST_DAY + 91)]
    assert foretold.mean() == pytest.approx(1.0 - np.isin(tenth.customer, later).mean(), abs=0.04)
