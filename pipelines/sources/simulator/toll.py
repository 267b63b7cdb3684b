"""What the troubles that an order may lead to cost: complaints, and problems that nobody speaks of."""

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.arrow_columns import NEVER
from pipelines.sources.simulator.complaints import Complaints
from pipelines.sources.simulator.history import Wishes
from pipelines.sources.simulator.law_of_complaints import LAW_DAYS, PATIENCE_DAYS, lost_probability
from pipelines.sources.simulator.silent_problems import beside_nature, leaves_probability

Floats = NDArray[np.float64]

LOSS_POINTS = 33  # at which the law is averaged; between them it is nearly straight


def toll(wishes: Wishes) -> Floats:
    """What the troubles that an order may lead to leave of a customer's future [n].

    The law takes its share of the complainants and suspends natural departure for LAW_DAYS, in which as many
    as `base` would have left. A silent problem takes its share beside nature.
    """
    customers, settings = wishes.customers, wishes.settings
    base = -np.expm1(-customers.hazard * LAW_DAYS)
    complains = np.minimum(settings.complaint_share * customers.complaint_factor, 1)
    spared = (1 - expected_loss(base, wishes.complaints)) / (1 - base)
    suffers = (1 - complains) * settings.silent_problem_share
    lost = beside_nature(base, leaves_probability(base))
    left: Floats = 1 - complains * (1 - spared) - suffers * lost
    return left


def expected_loss(base: Floats, complaints: Complaints) -> Floats:
    """The law's probability for customers [n], in the mean over how this world handles its complaints.

    Handling does not ask who complains, so every complaint that would be made is an example of it.
    """
    if not len(complaints):
        return base
    grid = np.linspace(base.min(), base.max(), LOSS_POINTS)
    waited = np.minimum(complaints.answered_after_days, PATIENCE_DAYS)
    handled = (complaints.resolved_at != NEVER, complaints.severity, complaints.followed_up_at != NEVER)
    given = complaints.gestures.given
    losses = [
        lost_probability(np.full(len(waited), at), waited, *handled, gesture=given).mean() for at in grid
    ]
    expected: Floats = np.interp(base, grid, losses)
    return expected
