"""Why customers leave: the true cause, and what they say when somebody asks.

Surveys about leaving disagree, not least since each offers answers of its own. Every leaver of this world
would answer three of them, and says the true thing in three cases of four; otherwise what people say.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.simulator.departures import COMPLAINT, CONTACT, NATURE, SILENT_PROBLEM, Lives
from pipelines.sources.simulator.streams import choose, stream

Integers = NDArray[np.int64]

# The true causes. Those of nature are drawn; the others are what happened.
TRUE_CAUSES = (
    "neglect",
    "product",
    "competitor",
    "friends",
    "circumstances",
    "death",
    "complaint",
    "silent_problem",
    "unwelcome_contact",
)
NATURAL_SHARES = (0.62, 0.16, 0.108, 0.06, 0.038, 0.014)  # of the first six
DEATH = TRUE_CAUSES.index("death")


@dataclass(frozen=True)
class Questionnaire:
    """A survey's answers, the share of each as published, and which answer stands for each true cause."""

    name: str
    answers: tuple[str, ...]
    published: tuple[float, ...]
    of_cause: tuple[int, ...]


ONE_ARTICLE = Questionnaire(
    "one_article",
    ("unvalued", "dissatisfied", "competitor", "friends", "own_accord", "death"),
    (67 / 99, 14 / 99, 9 / 99, 5 / 99, 3 / 99, 1 / 99),
    (0, 1, 2, 3, 4, 5, 0, 0, 0),
)
A_SECOND = Questionnaire(
    "a_second",
    ("service_quality", "product", "competitor", "other"),
    (0.68, 0.13, 0.09, 0.10),
    (0, 1, 2, 3, 3, 3, 0, 0, 0),
)
A_THIRD = Questionnaire("a_third", ("staff_indifference", "other"), (0.68, 0.32), (0, 1, 1, 1, 1, 1, 0, 0, 0))
QUESTIONNAIRES = (ONE_ARTICLE, A_SECOND, A_THIRD)
FRANK = 0.75


def natural_causes(seed: int, customers: int) -> Integers:
    """The cause over which each customer would leave of nature's accord: codes of TRUE_CAUSES."""
    return choose(stream(seed, "natural causes"), NATURAL_SHARES, customers)


def true_causes(lives: Lives, natural: Integers) -> Integers:
    """Why each customer leaves, as things stand: codes of TRUE_CAUSES."""
    happened = np.full(max(COMPLAINT, CONTACT, SILENT_PROBLEM, NATURE) + 1, -1)
    happened[[COMPLAINT, SILENT_PROBLEM, CONTACT]] = [
        TRUE_CAUSES.index(name) for name in ("complaint", "silent_problem", "unwelcome_contact")
    ]
    return np.where(lives.cause == NATURE, natural, happened[lives.cause])


def stated_reasons(seed: int, causes: Integers, asked: Questionnaire) -> Integers:
    """What each would tick, should they be asked: the answer for the true cause, or what people say."""
    rng = stream(seed, f"stated {asked.name}")
    said = choose(rng, asked.published, len(causes))
    return np.where(rng.random(len(causes)) < FRANK, np.array(asked.of_cause)[causes], said)
