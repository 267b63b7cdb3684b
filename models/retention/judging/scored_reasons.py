"""Why customers may leave: each one's reasons in words, and what drives all of them."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import LifecycleStage
from models.domain.words import ENGLISH, Words
from models.features.catalogue import CATALOGUE
from models.features.looked_up import RHYTHM
from models.learned.explanations import BASE, TOP, by_family, explain, family_parts, reasons
from models.learned.reasons import EVIDENCE
from models.policy.main_reason import leading_cause
from models.retention.judging.speakers import Speaker

# Families, and what each adds to the log-odds of the customers that a speaker speaks of [k, families].
Parts = tuple[tuple[str, ...], NDArray[np.float64]]

FAMILY_OF = {
    **{feature.name: feature.family.value for feature in CATALOGUE},
    **{column.name: column.family.value for column in RHYTHM},
}
DRIVERS_FROM = 1_000


def drivers(models: Sequence[Speaker], family_of: Mapping[str, str]) -> dict[str, float]:
    """Mean absolute effect on the log-odds by family, over evenly spread customers."""
    step = max(1, sum(len(each.rows) for each in models) // DRIVERS_FROM)
    told = [
        by_family(explain(each.churn, each.frame.rows(np.flatnonzero(each.rows % step == 0))), family_of)
        for each in models
    ]
    families = told[0][0]
    means = np.abs(np.concatenate([parts for _, parts in told])).mean(axis=0)
    return {
        family: round(float(mean), 4)
        for family, mean in zip(families, means, strict=True)
        if family != BASE and mean > 0
    }


def parts_of(models: Sequence[Speaker], family_of: Mapping[str, str], p: NDArray[np.float64]) -> list[Parts]:
    """What raises and lowers the risk, speaker by speaker; p: of all customers with features [k]."""
    return [family_parts(each.churn, each.frame, family_of, p[each.rows]) for each in models]


def causes(models: Sequence[Speaker], parts: Sequence[Parts], rows: int) -> NDArray[np.str_]:
    """What raises the risk of every customer with features most, '' where nothing is telling [k]."""
    found = np.full(rows, "", dtype=object)
    for each, (families, raised) in zip(models, parts, strict=True):
        by_family = {family: raised[:, number] for number, family in enumerate(families)}
        found[each.rows] = leading_cause(by_family, len(raised))
    return found.astype(np.str_)


def reason_columns(
    models: Sequence[Speaker],
    parts: Sequence[Parts],
    family_of: Mapping[str, str],
    stages: NDArray[np.str_],
    *,
    said: Mapping[str, Sequence[str]],
    currency: str,
    level: float,
    words: Words = ENGLISH,
) -> tuple[NDArray[np.object_], ...]:
    """One column per reason, for all customers with features [k]; None where one has fewer.

    stages [k]: what was scored. said: families whose sentences [k] are known already. level: today's
    prices over those of the features. words: the language of the rest.
    """
    columns = tuple(np.full(len(stages), None, dtype=object) for _ in range(TOP))
    for each, (families, raised) in zip(models, parts, strict=True):
        found = reasons(
            families,
            raised,
            each.frame,
            currency,
            evidence=_evidence(each, family_of, stages),
            price_level=level,
            said={family: [sentences[row] for row in each.rows] for family, sentences in said.items()},
            words=words,
        )
        for at, sentences in zip(each.rows, found, strict=True):
            for column, sentence in zip(columns, sentences, strict=False):
                column[at] = sentence
    return columns


def _evidence(speaker: Speaker, family_of: Mapping[str, str], stages: NDArray[np.str_]) -> list[str | None]:
    """The family that put each customer into the present stage, where the source tells of it at all."""
    told = {family_of.get(name) for name in speaker.frame.names}
    named = [EVIDENCE.get(LifecycleStage(stage)) for stage in stages[speaker.rows]]
    return [family if family in told else None for family in named]
