"""Fitting the logistic model: terms from the training rows, coefficients from scikit-learn."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from models.contract.attributes import PREFIX
from models.features.frame import FeatureFrame
from models.features.looked_up import SILENCE
from models.learned.logistic import BENT, RFM, TENURE, LogisticModel, Shape, Term, design_of

KNOT_QUANTILES = (0.25, 0.5, 0.75)
WORTH_AN_INDICATOR = 0.005
MAX_STEPS = 200


def fit_logistic(
    frame: FeatureFrame, outcome: NDArray[np.float64], ridge: float, beside: tuple[Term, ...] = ()
) -> LogisticModel:
    """Fit the terms that the frame allows and those `beside`; `outcome` [n] of 0 and 1 must hold both."""
    terms = (*(rfm_terms(frame) or attribute_terms(frame)), *beside)
    means = np.array([_mean(term.values(frame)) for term in terms])
    design = design_of(terms, means).centred(frame)
    scales = design.std(axis=0) if terms else np.empty(0)
    kept = scales > 1e-9
    terms = tuple(term for term, keep in zip(terms, kept, strict=True) if keep)
    means, scales, design = means[kept], scales[kept], design[:, kept]
    if not terms:
        rate = float(outcome.mean())
        return LogisticModel((), (), (), float(np.log(rate / (1 - rate))))
    fitted = LogisticRegression(C=1.0 / ridge, solver="newton-cholesky", tol=1e-8, max_iter=MAX_STEPS)
    with threadpool_limits(limits=1):  # more threads spin for longer than these small matrices take
        fitted.fit(design / scales, outcome)
    return LogisticModel(
        terms, _plain(means), _plain(fitted.coef_[0] / scales), _steady(float(fitted.intercept_[0]))
    )


def rfm_terms(frame: FeatureFrame) -> tuple[Term, ...]:
    """Terms of the quantities of recency, frequency and money that the frame has."""
    return tuple(term for feature in RFM if frame.has(feature) for term in _terms(frame, feature))


def tenure_terms(frame: FeatureFrame) -> tuple[Term, ...]:
    """Terms of tenure, beside recency, frequency and money."""
    return tuple(_terms(frame, TENURE)) if frame.has(TENURE) else ()


def rhythm_terms(frame: FeatureFrame) -> tuple[Term, ...]:
    """The odds of silence within the churn horizon as they are; none where no model of rhythm says any."""
    return (Term(SILENCE, Shape.LINEAR), *_indicator(frame, SILENCE)) if frame.has(SILENCE) else ()


def attribute_terms(frame: FeatureFrame) -> tuple[Term, ...]:
    """One linear term per column of an attribute, and an indicator where it is often missing."""
    names = [name for name in frame.names if name.startswith(PREFIX)]
    return tuple(term for name in names for term in (Term(name, Shape.LINEAR), *_indicator(frame, name)))


def _terms(frame: FeatureFrame, feature: str) -> list[Term]:
    terms = [Term(feature, Shape.LOG)]
    if feature in BENT:
        terms += [Term(feature, Shape.HINGE, knot) for knot in _knots(terms[0].values(frame))]
    return [*terms, *_indicator(frame, feature)]


def _indicator(frame: FeatureFrame, feature: str) -> list[Term]:
    often = np.isnan(frame.column(feature)).mean() > WORTH_AN_INDICATOR
    return [Term(feature, Shape.MISSING)] if often else []


def _knots(values: NDArray[np.float64]) -> list[float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return []
    return sorted({_steady(float(knot)) for knot in np.quantile(known, KNOT_QUANTILES)})


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


def _plain(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(_steady(float(value)) for value in values)


def _steady(value: float) -> float:
    """Ten significant digits: the last bits depend on how many threads the linear algebra used."""
    return float(f"{value:.10g}")
