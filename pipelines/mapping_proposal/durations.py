"""Moments that a help desk keeps as lengths of time: so many minutes after the complaint was opened."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from models.domain.text import fold
from models.domain.vocabulary import DurationUnit
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import NEARLY_ALL
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.planned import Planned
from pipelines.mapping_proposal.synonyms.service import (
    HOURS_TO_FIRST_RESPONSE,
    HOURS_TO_RESOLUTION,
    MINUTES_TO_FIRST_RESPONSE,
    MINUTES_TO_RESOLUTION,
)

_HEADINGS: Mapping[str, Mapping[DurationUnit, Sequence[str]]] = {
    "first_response_at": {
        DurationUnit.MINUTES: MINUTES_TO_FIRST_RESPONSE,
        DurationUnit.HOURS: HOURS_TO_FIRST_RESPONSE,
    },
    "resolved_at": {DurationUnit.MINUTES: MINUTES_TO_RESOLUTION, DurationUnit.HOURS: HOURS_TO_RESOLUTION},
}
# Working hours are no hours of the calendar; what they are only the business knows.
BUSINESS = "business"


def durations(looked: Looked, taken: Collection[str]) -> Iterator[tuple[str, Planned]]:
    """Instants of complaints that the file holds as minutes or hours after the opening."""
    for name, units in _HEADINGS.items():
        for unit, headings in units.items():
            column = _called(looked, headings, taken)
            if column is not None:
                setting = {
                    "after": "opened_at",
                    "column": column.heading,
                    "unit": unit.value,
                    "clock": "calendar",
                }
                yield name, Planned(setting, (column.heading,))
                break


def _called(looked: Looked, headings: Sequence[str], taken: Collection[str]) -> Contents | None:
    """The column that is called so, brackets included: they often name the unit."""
    names = {fold(heading) for heading in headings}
    for one in looked.columns:
        words = fold(one.heading).removesuffix(" calendar")
        if words in names and BUSINESS not in words and one.heading not in taken:
            return one if one.numbers.share >= NEARLY_ALL else None
    return None
