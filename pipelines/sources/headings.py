"""The headings of a file: each column has one name, and a person's name for it finds it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from models.domain.errors import BadSource, one_of
from models.domain.text import fold, normalise

MOST_COLUMNS = 16_384

DELIMITERS = {",": '","', ";": '";"', "\t": '"\\t"', "|": '"|"'}


def named(path: Path, headings: Sequence[str | None]) -> tuple[str, ...]:
    """A name for every column: its heading, or `column 3` where it has none.

    Raises `BadSource` where a heading is there twice, most columns have none, or there are too many to be a
    table's.
    """
    if len(headings) > MOST_COLUMNS:
        raise BadSource(
            f"{path} has more columns than any spreadsheet holds",
            allowed=f"at most {MOST_COLUMNS:,}",
            given=f"{len(headings):,}",
            remedy="Export one row per line; a file without line ends reads as one line of headings.",
        )
    names = [(heading or "").strip() for heading in headings]
    if not names or names.count("") > len(names) / 2:
        raise BadSource(
            f"{path} does not begin with a row of headings",
            allowed="a name for every column, in the first row",
            given=", ".join(name or "(empty)" for name in names) or "an empty sheet",
            remedy="Remove what stands above the headings.",
        )
    names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
    occurrences = Counter(normalise(name) for name in names)
    repeated = [name for name in names if occurrences[normalise(name)] > 1]
    if repeated:
        raise BadSource(
            f"{path} has several columns of one name",
            allowed="a name of its own for every column",
            given=", ".join(repeated),
            remedy="Rename or drop all but one.",
        )
    return tuple(names)


def require_several(path: Path, headings: Sequence[str], delimiter: str) -> None:
    """Raise `BadSource` for a single heading in which another delimiter stands."""
    others = [mark for mark in DELIMITERS if mark != delimiter and mark in headings[0]]
    if len(headings) == 1 and others:
        likely = DELIMITERS[max(others, key=headings[0].count)]
        raise BadSource(
            f"{path} seems to be parted by {likely}: its heading is one column",
            allowed=one_of(DELIMITERS.values()),
            given=DELIMITERS.get(delimiter, repr(delimiter)),
            remedy=f"Set `delimiter: {likely}` for this file in source.tables.",
        )


def find(wanted: str, names: Iterable[str]) -> str | None:
    """The name of the column that somebody calls `wanted`; None where there is none.

    The same letters are enough, however they are written (ي for ی, a joiner or a blank or neither); where
    several names have them, the one that is written the same.
    """
    letters = _letters(wanted)
    alike = [name for name in names if _letters(name) == letters]
    same = [name for name in alike if normalise(name) == normalise(wanted)]
    if same:
        return same[0]
    return alike[0] if len(alike) == 1 else None


def columns_called(wanted: Iterable[str], names: Sequence[str]) -> frozenset[str]:
    """The names of those columns that are there."""
    return frozenset(name for name in (find(heading, names) for heading in wanted) if name is not None)


def locate(wanted: Iterable[str], names: Sequence[str], path: Path, where: str) -> dict[str, str]:
    """For each wanted heading, the name of its column. Raises `BadSource` naming those that are not there."""
    found = {heading: find(heading, names) for heading in wanted}
    missing = [heading for heading, name in found.items() if name is None]
    if missing:
        raise BadSource(
            f"{path} lacks {', '.join(missing)}",
            allowed=f"its columns are {', '.join(names)}",
            given=f"{where} reads {', '.join(found)}",
            remedy=f"{_suggestion(missing[0], names)}Correct {where} in params.yaml.",
        )
    return {heading: name for heading, name in found.items() if name is not None}


@lru_cache(maxsize=1 << 12)
def _letters(heading: str) -> str:
    return fold(heading).replace(" ", "")


def _suggestion(missing: str, names: Sequence[str]) -> str:
    by_letters = {_letters(name): name for name in names}
    close = get_close_matches(_letters(missing), by_letters, n=1)
    return f"Is {missing} the column {by_letters[close[0]]}? " if close else ""
