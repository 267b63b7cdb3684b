"""Who left, by a wide table's label, as `make map` finds it or is told: LABEL=column:value."""

from collections.abc import Mapping

import pyarrow as pa

from models.contract.parse_text import normalise_array
from models.domain.errors import BadSource, InvalidSetting
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.similarity import words_of
from pipelines.sources.wide_label import Label, asks, find_label
from pipelines.sources.wide_settings import LabelSettings

# Words of a heading that asks: is the customer still there? Which of its values says no, only people know.
STAYING = {"retained", "stayed", "renewed", "remained", "مانده", "ماندگار"}


def label_of(looked: Looked, answers: Mapping[str, str]) -> Label | None:
    """Who left, by the column that says so; None where none does and none was named.

    `LABEL=visit:0` names a column, and after a colon the value of those who left. Raises `BadSource` for a
    named column that does not say it, and `InvalidSetting` for one that is not there.
    """
    column, _, left = answers.get("LABEL", "").partition(":")
    texts = _texts(looked)
    if not column:
        try:
            return find_label(texts, LabelSettings())
        except BadSource:
            return None  # most files have none: they are something else
    if column not in texts:
        raise InvalidSetting(
            "LABEL names no column", allowed=", ".join(texts), given=column, remedy="Correct LABEL=…"
        )
    return _read(texts, column, left)


def refuse_unclear(looked: Looked) -> None:
    """Raise `BadSource` where headings ask who left or stayed, and none of them alone says it clearly."""
    asking = [one.heading for one in looked.columns if asks(one.heading) or _asks_who_stayed(one.heading)]
    if len(asking) == 1:
        _read(_texts(looked), asking[0], "")
    if asking:
        raise BadSource(
            "several columns could say who left",
            given=", ".join(asking),
            remedy=f"Choose one by LABEL=column:value, with the value of those who left: LABEL={asking[0]}:…",
        )


def _asks_who_stayed(heading: str) -> bool:
    return not STAYING.isdisjoint(words_of(heading))


def _texts(looked: Looked) -> dict[str, pa.Array]:
    return {one.heading: normalise_array(pa.array(one.texts, pa.string())) for one in looked.columns}


def _read(texts: Mapping[str, pa.Array], column: str, left: str) -> Label:
    """The label of a column; errors say how to answer, not what stands in a file of settings."""
    try:
        return find_label(texts, LabelSettings(column, (left,) if left else ()))
    except BadSource as error:
        values = texts[column].drop_null()
        example = values[0].as_py() if len(values) else "value"
        raise BadSource(
            error.problem,
            allowed=error.allowed,
            given=error.given,
            remedy="Name the column and the value of those who left by LABEL=column:value, for example "
            f"LABEL={column}:{example}",
        ) from error
