"""Who left, by a wide table's label: which column says so, and what its values mean."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.parse_numbers import FALSE_WORDS, TRUE_WORDS
from models.domain.errors import BadSource
from models.domain.text import fold
from pipelines.sources.scope import spelling
from pipelines.sources.wide_settings import LabelSettings

SHOWN = 6

# Words of a heading that asks: has the customer left? (Folded: small letters, no marks.)
LEAVING = {
    "exited", "exit", "attrition", "attrited", "left", "leaver", "cancelled", "canceled", "cancellation",
    "lost", "departed", "terminated", "unsubscribed", "gone", "ریزش", "رویگردان", "رویگردانی", "ترک", "خروج",
    "انصراف", "لغو", "تسرب", "مغادره", "مغادر", "انسحاب", "الغا",
}  # fmt: skip
LEAVING_STEM = "churn"

# Values that say it themselves, whatever the heading.
LEFT_WORDS = {
    "churned", "churn", "churner", "left", "exited", "attrited", "attrited customer", "cancelled", "canceled",
    "lost", "gone", "departed", "terminated", "unsubscribed", "ریزش", "ریزش کرده", "رفته", "رویگردان",
    "ترک کرده", "لغو کرده", "غادر", "مغادر",
}  # fmt: skip
STAYED_WORDS = {
    "stayed", "stay", "retained", "existing", "existing customer", "active", "current", "not churned",
    "no churn", "non churner", "remaining", "kept", "مانده", "ماندگار", "فعال", "وفادار", "باقی", "مستمر",
}  # fmt: skip


@dataclass(frozen=True)
class Label:
    """The column that says who left, and of each row whether it did (null: nobody knows) [n]."""

    column: str
    churned: pa.Array

    @property
    def sentence(self) -> str:
        """'Churn: 1,869 left, 5,174 stayed, 12 without a label are scored only'."""
        known = self.churned.drop_null().to_numpy(zero_copy_only=False)
        unknown = self.churned.null_count
        scored = f", {unknown:,} without a label are scored only" if unknown else ""
        return f"{self.column}: {int(known.sum()):,} left, {int((~known).sum()):,} stayed{scored}"


def find_label(columns: Mapping[str, pa.Array], settings: LabelSettings) -> Label:
    """Read the label from normalised texts [n] by heading.

    Raises `BadSource`, with the values found and what to set, when no single column says who left.
    """
    if settings.column is not None:
        return Label(settings.column, _understood(settings.column, columns[settings.column], settings))
    clear = [name for name in columns if _meanings(name, columns[name], settings) is not None]
    if len(clear) == 1:
        return Label(clear[0], _understood(clear[0], columns[clear[0]], settings))
    raise BadSource(
        "several columns could say who left" if clear else "no column says who left",
        allowed="one column with values such as Yes and No, and a heading such as Churn or Exited",
        given=", ".join(clear or [*filter(asks, columns)] or columns),
        remedy="Set source.table.label: {column: its heading, churned: [values of those who left]}.",
    )


def asks(heading: str) -> bool:
    """Whether a heading asks who left, as Churn and Exited do."""
    words = fold(heading).split()
    return LEAVING_STEM in "".join(words) or not LEAVING.isdisjoint(words)


def _understood(name: str, texts: pa.Array, settings: LabelSettings) -> pa.Array:
    meanings = _meanings(name, texts, settings)
    if meanings is None:
        found = [str(value) for value in _distinct(texts)]
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        raise BadSource(
            f"the values of {name} do not say who left",
            allowed="two kinds of values, such as Yes and No under a heading such as Churn",
            given=(", ".join(found[:SHOWN]) or "empty cells only") + more,
            remedy=f"Set source.table.label: {{column: {name}, churned: [values of those who left]}}.",
        )
    encoded = texts.dictionary_encode()
    answers = pa.array([meanings[value] for value in encoded.dictionary.to_pylist()], pa.bool_())
    return answers.take(encoded.indices)


def _meanings(name: str, texts: pa.Array, settings: LabelSettings) -> dict[str, bool] | None:
    """What each value means (True: left); None where that is not clear.

    Yes and No mean something under a heading that asks; words such as 'cancelled' and 'active' say it anyway.
    """
    words = {value: _plain(value) for value in _distinct(texts)}
    if settings.churned or settings.stayed:
        return _declared(words, settings)
    asking = asks(name)
    left = LEFT_WORDS | {*TRUE_WORDS} if asking else LEFT_WORDS
    stayed = STAYED_WORDS | {*FALSE_WORDS} if asking else STAYED_WORDS
    found = {value: word in left for value, word in words.items()}
    if not words or not {*words.values()} <= left | stayed:
        return None
    return found if asking or len({*found.values()}) == 2 else None


def _declared(words: dict[str, str], settings: LabelSettings) -> dict[str, bool] | None:
    left = {_plain(text) for text in settings.churned_texts}
    stayed = {_plain(text) for text in settings.stayed_texts}
    if left and stayed and not {*words.values()} <= left | stayed:
        return None
    if not ({*words.values()} & (left | stayed)):
        return None
    return {value: word in left if left else word not in stayed for value, word in words.items()}


def _plain(text: str) -> str:
    """A value as it is compared: small letters, and a whole number without its decimals."""
    word = spelling(text).replace("_", " ")
    whole, point, decimals = word.partition(".")
    return whole if point and whole.lstrip("-").isdecimal() and not decimals.strip("0") else word


def _distinct(texts: pa.Array) -> list[str]:
    return sorted(texts.drop_null().unique().to_pylist())


def as_floats(churned: pa.Array) -> NDArray[np.float64]:
    """1 left, 0 stayed, NaN unknown [n]."""
    return np.asarray(churned.cast(pa.float64()).to_numpy(zero_copy_only=False))
