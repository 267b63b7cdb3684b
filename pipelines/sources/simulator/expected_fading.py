"""What turning away costs in expectation: the baskets of those who will leave some day."""

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.fading import FADES_OVER_DAYS
from pipelines.sources.simulator.reasons import DEATH, NATURAL_SHARES

Floats = NDArray[np.float64]

TURNED = np.linspace(0, 1, 5)  # between these the margin of an order is nearly straight


def expected_over_fading(margin: Floats, hazard: Floats, reprieve: Floats) -> Floats:
    """Mean of a function of how far customers have turned away, over their future partings [n, steps].

    margin: the function at TURNED [n, 5]. hazard: departures a day [n]. reprieve: days from each step on for
    which a customer does not leave of their own accord [n, steps].

    A parting lies reprieve + Exp(hazard) days ahead; by T = 1 − days ahead ÷ 120 a customer has turned away
    where that is above 0, so that E max(T − a, 0) = c − (1 − e^(−120·h·c)) ÷ (120·h) with
    c = max(1 − a − reprieve ÷ 120, 0); a line broken at TURNED is a sum of such terms. The sudden never turn.
    """
    rate = (hazard * FADES_OVER_DAYS)[:, None]
    mean = np.broadcast_to(margin[:, :1], reprieve.shape).copy()
    slopes = (1 - NATURAL_SHARES[DEATH]) * np.diff(margin, axis=1) / np.diff(TURNED)
    for place, change in enumerate(np.diff(slopes, axis=1, prepend=0).T):
        room = np.maximum(1 - TURNED[place] - reprieve / FADES_OVER_DAYS, 0)
        mean += change[:, None] * (room + np.expm1(-rate * room) / rate)
    return mean
