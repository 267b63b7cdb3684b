"""Log-likelihoods of the three models with their gradients, summed over weighted customers."""

import numpy as np
from scipy.special import betaln, digamma, gammaln

from models.learned.btyd.histories import Floats
from models.learned.btyd.quadrature import Integrand, integral_with_means
from models.learned.training.btyd.grouping import WeightedHistories


def pareto_nbd(rows: WeightedHistories, parameters: Floats) -> tuple[float, Floats]:
    """Log-likelihood at (r, α, s, β) and its gradient [4]."""
    r, alpha, s, beta = parameters
    x, active, age = rows.histories.repeats, rows.histories.active, rows.histories.age
    power = r + x
    log_a, log_b = np.log(alpha + age), np.log(beta + age)
    alive = -power * log_a - s * log_b
    leaving = integral_with_means(Integrand(alpha, power, beta, s + 1.0), active, age)
    whole = np.logaddexp(alive, np.log(s) + leaving.log_value)
    there = np.exp(alive - whole)  # the probability of being alive, by which the two terms' slopes count
    gone = 1.0 - there
    value = gammaln(power) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + whole
    slopes = np.stack(
        [
            digamma(power) - digamma(r) + np.log(alpha) - there * log_a - gone * leaving.mean_log_a,
            r / alpha - power * (there / (alpha + age) + gone * leaving.mean_inverse_a),
            np.log(beta) + gone / s - there * log_b - gone * leaving.mean_log_b,
            s / beta - there * s / (beta + age) - gone * (s + 1.0) * leaving.mean_inverse_b,
        ]
    )
    return float(rows.weights @ value), slopes @ rows.weights


def bg_nbd(rows: WeightedHistories, parameters: Floats) -> tuple[float, Floats]:
    """Log-likelihood at (r, α, a, b) and its gradient [4]."""
    r, alpha, a, b = parameters
    x, active, age = rows.histories.repeats, rows.histories.active, rows.histories.age
    power, stayed = r + x, b + np.maximum(x, 1.0) - 1.0
    alive = -power * np.log(alpha + age)
    left = np.where(x > 0, np.log(a / stayed) - power * np.log(alpha + active), -np.inf)
    whole = np.logaddexp(alive, left)
    there = np.exp(alive - whole)
    gone = 1.0 - there
    value = gammaln(power) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + whole
    slopes = np.stack(
        [
            digamma(power) - digamma(r) + np.log(alpha)
            - there * np.log(alpha + age) - gone * np.log(alpha + active),
            r / alpha - power * (there / (alpha + age) + gone / (alpha + active)),
            digamma(a + b) - digamma(a + b + x) + gone / a,
            digamma(b + x) - digamma(a + b + x) - digamma(b) + digamma(a + b) - gone / stayed,
        ]
    )  # fmt: skip
    return float(rows.weights @ value), slopes @ rows.weights


def gamma_gamma(repeats: Floats, mean_amount: Floats, parameters: Floats) -> tuple[float, Floats]:
    """Log-likelihood at (p, q - 1, γ) of mean amounts [n] above 0 and its gradient [3]."""
    p, over, gamma = parameters
    q, x = over + 1.0, repeats
    spent = x * mean_amount
    total = np.log(gamma + spent)
    value = (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
        + q * np.log(gamma) + p * x * np.log(spent) - np.log(mean_amount) - (p * x + q) * total
    )  # fmt: skip
    slopes = np.stack(
        [
            x * (digamma(p * x + q) - digamma(p * x) + np.log(spent) - total),
            digamma(p * x + q) - digamma(q) + np.log(gamma) - total,
            q / gamma - (p * x + q) / (gamma + spent),
        ]
    )
    return float(value.sum()), slopes.sum(axis=1)
