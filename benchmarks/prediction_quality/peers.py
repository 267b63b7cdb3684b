"""What ours is measured against: a six-term logistic RFM, Pareto/NBD, BG/NBD, and LightGBM as it comes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from models.features.frame import FeatureFrame
from models.features.looked_up import AMOUNTS, TIMES
from models.learned.btyd.bg_nbd import BGNBD
from models.learned.btyd.histories import PurchaseHistories
from models.learned.btyd.pareto_nbd import ParetoNBD
from models.learned.calibration import probability
from models.learned.rows import LabelledRows
from models.learned.settings import ChurnSettings
from models.learned.training.btyd.spending import fit_gamma_gamma
from models.learned.training.btyd.timing import fit_bg_nbd, fit_pareto_nbd
from models.learned.training.churn import fit_default_peer

Floats = NDArray[np.float64]

EVERYBODY = 10_000_000
HARDLY_ANY_PENALTY = 1e4


@dataclass(frozen=True)
class Rhythmic:
    """What buy-till-you-die models say of a cut's customers; None of a BG/NBD that cannot be fitted."""

    pareto_nbd: Floats
    bg_nbd: Floats | None
    value: Floats


def of_rhythm(frame: FeatureFrame, horizon_days: int) -> Rhythmic:
    """Silence, and spending (minor units), over a horizon, of models fitted on everybody at that snapshot.

    By the likelihood alone, as published; with the prior of decision 16 where that finds no model.
    """
    repeats, active, recency = (_column(frame, name) for name in TIMES)
    # A purchase counts by its day.
    histories = PurchaseHistories(repeats, active, active + np.round(recency))
    pareto = _fitted_pareto(histories)
    bg: BGNBD | None = fit_bg_nbd(histories, prior_weight=0.0, most=EVERYBODY).model
    orders, mean = (_column(frame, name) for name in AMOUNTS)
    gamma = fit_gamma_gamma(orders, mean, most=EVERYBODY).model
    if gamma is None:
        raise AssertionError("no Gamma-Gamma could be fitted")
    return Rhythmic(
        probability(pareto.log_odds_of_silence(histories, horizon_days)),
        None if bg is None else probability(bg.log_odds_of_silence(histories, horizon_days)),
        pareto.expected_purchases(histories, horizon_days) * gamma.expected_mean(orders, mean),
    )


def logistic_rfm(training: LabelledRows, judged: FeatureFrame) -> Floats:
    """Probability of silence: recency, frequency, tenure, money, recency × frequency, recency ÷ tenure."""
    design = _six_terms(training.frame)
    mean, spread = design.mean(axis=0), design.std(axis=0) + 1e-9
    model = LogisticRegression(C=HARDLY_ANY_PENALTY, max_iter=1000)
    model.fit((design - mean) / spread, training.churned)
    log_odds: Floats = model.decision_function((_six_terms(judged) - mean) / spread)
    return probability(log_odds)


def default_lightgbm(training: LabelledRows, judged: FeatureFrame, settings: ChurnSettings) -> Floats:
    """Probability of silence from 100 trees of 31 leaves on all features."""
    peer = fit_default_peer(training, settings)
    if peer is None:
        raise AssertionError("too few rows for boosted trees")
    return probability(peer.raw(judged.values))


def _fitted_pareto(histories: PurchaseHistories) -> ParetoNBD:
    fitted = fit_pareto_nbd(histories, prior_weight=0.0, most=EVERYBODY).model
    fitted = fitted or fit_pareto_nbd(histories, most=EVERYBODY).model
    if fitted is None:
        raise AssertionError("no Pareto/NBD could be fitted")
    return fitted


def _six_terms(frame: FeatureFrame) -> Floats:
    recency, orders, tenure, spent = (
        _column(frame, name) for name in ("recency_days", "orders_all", "tenure_days", "spend_all")
    )
    since, often = np.log1p(recency), np.log(orders)
    terms = (
        since,
        often,
        np.log1p(tenure),
        np.log1p(spent),
        since * often,
        recency / np.maximum(tenure, 1.0),
    )
    return np.stack(terms, axis=1)


def _column(frame: FeatureFrame, name: str) -> Floats:
    return frame.column(name).astype(np.float64)
