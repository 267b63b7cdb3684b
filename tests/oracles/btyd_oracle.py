"""The buy-till-you-die models once more: published formulas in 80 digits, plain integrals, and simulation.

The formulas are those of Schmittlein, Morrison & Colombo (1987) as Fader & Hardie write them in "A note on
deriving the Pareto/NBD model" (2005), and of Fader, Hardie & Lee (2005) for the BG/NBD. They subtract
hypergeometric functions that are all but equal, which only many digits survive.
"""

from collections import defaultdict
from decimal import Decimal, localcontext
from math import exp, gamma

import numpy as np
from scipy.integrate import quad
from scipy.stats import gamma as gamma_law

from models.learned.btyd.histories import PurchaseHistories

DIGITS = 80
ONE = Decimal(1)


def hyp2f1(a, b, c, z):
    """The Gauss series for 0 <= z < 1 in Decimals."""
    total = term = ONE
    n = 0
    while abs(term) > abs(total) * Decimal(10) ** -DIGITS or n < 10:
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        n += 1
    return total


def pareto_nbd_silence(parameters, x, active, age, horizon):
    """(log-odds of no purchase in the horizon, P(alive)) by the published likelihood."""
    with localcontext() as context:
        context.prec = DIGITS
        now = _pareto_nbd_likelihood(parameters, x, active, age)
        then = _pareto_nbd_likelihood(parameters, x, active, age + horizon)
        r, alpha, s, beta = (Decimal(value) for value in parameters)
        alive = (alpha + Decimal(age)) ** -(r + Decimal(x)) * (beta + Decimal(age)) ** -s
        return float((then / (now - then)).ln()), float(alive / now)


def _pareto_nbd_likelihood(parameters, x, active, age):
    """The likelihood but for Γ(r+x)/Γ(r) α^r β^s, which does not depend on T."""
    r, alpha, s, beta = (Decimal(value) for value in parameters)
    x, active, age = (Decimal(value) for value in (x, active, age))
    alive = (alpha + age) ** -(r + x) * (beta + age) ** -s
    return alive + s / (r + s + x) * (
        _tail((r, alpha, s, beta), x, active) - _tail((r, alpha, s, beta), x, age)
    )


def _tail(parameters, x, since):
    r, alpha, s, beta = parameters
    most, power = max(alpha, beta) + since, r + s + x
    second = s + 1 if alpha >= beta else r + x
    return hyp2f1(power, second, power + 1, abs(alpha - beta) / most) / most**power


def pareto_nbd_expected(parameters, x, active, age, horizon):
    """Expected purchases in the horizon: the published closed form, for s other than 1."""
    r, alpha, s, beta = parameters
    alive = pareto_nbd_silence(parameters, x, active, age, horizon)[1]
    rate = (r + x) * (beta + age) / ((alpha + age) * (s - 1.0))
    return alive * rate * (1.0 - ((beta + age) / (beta + age + horizon)) ** (s - 1.0))


def pareto_nbd_silence_by_mixing(parameters, x, active, age, horizon):
    """P(no purchase in the horizon): Poisson buying and exponential life, averaged over both rates."""
    now, then = (_mixed(parameters, x, active, until) for until in (age, age + horizon))
    return then / now


def _mixed(parameters, x, active, until):
    """Trapezes over the logarithms of both rates; the ends of the grid hold nothing."""
    r, alpha, s, beta = parameters
    log_rate = np.linspace(-80.0, 6.0, 900)
    buying, leaving = np.exp(log_rate)[:, None], np.exp(log_rate)[None, :]
    both = buying + leaving
    gone = leaving / both * (np.exp(-both * active) - np.exp(-both * until))
    weights = gamma_law.pdf(buying, r, scale=1.0 / alpha) * gamma_law.pdf(leaving, s, scale=1.0 / beta)
    return np.sum(buying**x * (gone + np.exp(-both * until)) * weights * buying * leaving)


def bg_nbd_silence(parameters, x, active, age, horizon):
    """(log-odds of no purchase in the horizon, P(alive)) by the published likelihood."""
    with localcontext() as context:
        context.prec = DIGITS
        r, alpha, a, b = (Decimal(value) for value in parameters)
        x, active, age, horizon = (Decimal(value) for value in (x, active, age, horizon))
        gone = a / (b + x - 1) * (alpha + active) ** -(r + x) if x else Decimal(0)
        now, then = ((alpha + until) ** -(r + x) for until in (age, age + horizon))
        return float(((then + gone) / (now - then)).ln()), float(now / (now + gone))


def bg_nbd_expected(parameters, x, active, age, horizon):
    """Expected purchases in the horizon: the published closed form, for a other than 1."""
    alive = bg_nbd_silence(parameters, x, active, age, horizon)[1]
    with localcontext() as context:
        context.prec = DIGITS
        r, alpha, a, b = (Decimal(value) for value in parameters)
        x, age, horizon = (Decimal(value) for value in (x, age, horizon))
        last = a + b + x - 1
        series = hyp2f1(r + x, b + x, last, horizon / (alpha + age + horizon))
        left = ONE - ((alpha + age) / (alpha + age + horizon)) ** (r + x) * series
        return alive * float(last / (a - 1) * left)


def gamma_gamma_density(p, q, scale, repeats, mean):
    """Density of a customer's mean amount: Gamma amounts averaged over ν, by plain integration."""

    def of_rate(rate):
        shape = p * repeats
        amount = (rate * repeats) ** shape * mean ** (shape - 1) * exp(-rate * repeats * mean) / gamma(shape)
        return amount * gamma_law.pdf(rate, q, scale=1.0 / scale)

    return quad(of_rate, 0.0, np.inf, epsabs=0.0, epsrel=1e-10, limit=400)[0]


def simulate_pareto_nbd(parameters, ages, horizon, seed):
    """Histories of customers who follow the model, and their numbers of purchases in the horizon after."""
    r, alpha, s, beta = parameters
    random = np.random.default_rng(seed)
    buying, leaving = random.gamma(r, 1.0 / alpha, len(ages)), random.gamma(s, 1.0 / beta, len(ages))
    return _watched(random, buying, random.exponential(1.0 / leaving), ages, horizon)


def simulate_buying_alone(shape, mean_gap, ages, seed):
    """Histories of customers none of whom ever leaves."""
    random = np.random.default_rng(seed)
    buying = random.gamma(shape, 1.0 / (shape * mean_gap), len(ages))
    return _watched(random, buying, np.full(len(ages), np.inf), ages, 0.0)[0]


def simulate_bg_nbd(parameters, ages, horizon, seed):
    """Histories of customers who follow the model, and their numbers of purchases in the horizon after."""
    r, alpha, a, b = parameters
    random = np.random.default_rng(seed)
    rows = []
    for age in ages:
        rate, leaving, at, times = random.gamma(r, 1.0 / alpha), random.beta(a, b), 0.0, []
        while (at := at + random.exponential(1.0 / rate)) <= age + horizon:
            times.append(at)
            if random.random() < leaving:
                break
        rows.append(_counted(np.array(times), age))
    return _histories(rows, ages)


def _watched(random, buying, lives, ages, horizon):
    rows = []
    for rate, life, age in zip(buying, lives, ages, strict=True):
        until = min(life, age + horizon)
        rows.append(_counted(random.random(random.poisson(rate * until)) * until, age))
    return _histories(rows, ages)


def _counted(times, age):
    before = times[times <= age]
    return len(before), before.max(initial=0.0), len(times) - len(before)


def _histories(rows, ages):
    repeats, active, bought = np.array(rows, dtype=float).T
    return PurchaseHistories(repeats, active, np.asarray(ages, dtype=float)), bought


def summaries(customer, day, amount, last_day):
    """Customer → (x, t_x, T, mean amount of repeat days or None), one line after the other."""
    totals = defaultdict(lambda: defaultdict(int))
    for who, when, how_much in zip(customer, day, amount, strict=True):
        if how_much > 0 and when <= last_day:
            totals[who][when] += how_much
    found = {}
    for who, days in totals.items():
        first, *later = sorted(days)
        mean = sum(days[when] for when in later) / len(later) if later else None
        found[who] = (len(later), max(days) - first, last_day - first, mean)
    return found
