"""Where the parameters of each model are sought, and what is thought of them before any data.

The axes are shapes, and rates measured against the time that customers have been watched, so the priors hold
for any unit and any trade. Their centres are round numbers near what long logs of purchases show; a spread of
1.5 says: within a factor of 4.5, two times in three. A few hundred customers outvote them.
"""

from collections.abc import Sequence

import numpy as np

from models.learned.training.btyd.search import Floats, Space

SPREAD = 1.5
_TWO_PAIRS = ((1.0, 0.0, 0.0, 0.0), (1.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 1.0, 1.0))

# Places to start from. Where hardly anybody leaves there are two ways to say so, a low rate for all and a
# high one for few: the first two lead to one each.
TIMING_STARTS = (
    (-0.5, 0.0, -0.5, 6.0),
    (-0.5, 0.0, -3.5, 4.5),
    (-0.5, 0.0, -0.5, 1.0),
    (-1.0, 0.5, -0.5, -0.5),
)
SPENDING_STARTS = ((1.0, 1.0, 0.0), (3.0, -1.0, 0.0), (-1.0, 2.0, 0.0))


def starts(
    space: Space, usual: Sequence[tuple[float, ...]], before: tuple[float, ...] | None
) -> list[Floats]:
    """Places to start from; the parameters of an earlier fit stand in for all but the first two."""
    places = [np.array(place) for place in usual]
    return places if before is None else [*places[:2], space.place(np.array(before))]


def pareto_nbd_space(mean_age: float) -> Space:
    """Shape and mean time of buying, shape and mean time of leaving; times per mean age of a customer."""
    return Space(
        names=("r", "alpha", "s", "beta"),
        axes=(
            "the shape of the rates of buying",
            "the mean time between purchases",
            "the shape of the rates of leaving",
            "the mean time to leaving",
        ),
        matrix=np.array(_TWO_PAIRS),
        shift=np.log([1.0, mean_age, 1.0, mean_age]),
        centre=np.array([-0.5, 0.0, -0.5, 1.0]),
        spread=np.full(4, SPREAD),
        reach=np.array([5.0, 8.0, 5.0, 8.0]),
    )


def bg_nbd_space(mean_age: float) -> Space:
    """Shape and mean time of buying, per mean age of a customer; a, and the odds of staying b ÷ a."""
    return Space(
        names=("r", "alpha", "a", "b"),
        axes=(
            "the shape of the rates of buying",
            "the mean time between purchases",
            "the shape of the probabilities of leaving",
            "the odds of staying after a purchase",
        ),
        matrix=np.array(_TWO_PAIRS),
        shift=np.log([1.0, mean_age, 1.0, 1.0]),
        centre=np.array([-0.5, 0.0, -0.5, 1.0]),
        spread=np.full(4, SPREAD),
        reach=np.array([5.0, 8.0, 5.0, 8.0]),
    )


def gamma_gamma_space(mean_amount: float) -> Space:
    """Shapes p and q - 1, and the population's mean p·γ / (q - 1) against the mean that was seen."""
    return Space(
        names=("p", "over", "gamma"),
        axes=(
            "the evenness of a customer's amounts",
            "the likeness of customers (q - 1)",
            "the mean amount",
        ),
        matrix=np.array([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (-1.0, 1.0, 1.0)]),
        shift=np.log([1.0, 1.0, mean_amount]),
        centre=np.array([1.0, 1.0, 0.0]),
        spread=np.full(3, SPREAD),
        reach=np.array([6.0, 5.0, 4.0]),
    )
