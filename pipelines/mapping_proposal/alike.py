"""Files with the same headings, such as a month each: they are looked at, and read, as one."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.domain.text import fold
from pipelines.mapping_proposal.contents import contents_of
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.tallies import Tallies, ranked
from pipelines.sources.mapping import Encoding

# Rows of all such files together that are looked at.
LOOKED_AT = 20_000


def together(looked: Sequence[Looked]) -> tuple[Looked, ...]:
    """Files that may be read as one, as one; the others as they are, in order of their first file.

    They have the same headings in any order, are written alike, and are no sheets of one workbook.
    """
    groups: dict[object, list[Looked]] = {}
    for one in looked:
        groups.setdefault(_kind(one), []).append(one)
    return tuple(each for group in groups.values() for each in _joined(group))


def _kind(one: Looked) -> object:
    """What files that are read as one have in common."""
    if one.sheet is not None:
        return one.title
    return frozenset(map(_letters, one.headings)), one.delimiter, one.encoding is None


def _letters(heading: str) -> str:
    return fold(heading).replace(" ", "")


def _joined(group: Sequence[Looked]) -> Sequence[Looked]:
    encoding = _encoding(group)
    if len(group) == 1 or encoding is None:
        return group
    first, *others = group
    return [
        replace(
            first,
            columns=tuple(contents_of(name, _texts(group, name)) for name in first.headings),
            rows=sum(one.rows for one in group),
            exact=all(one.exact for one in group),
            ragged=sum(one.ragged for one in group),
            encoding=first.encoding and encoding,
            tallies=_added(first.headings, [one.tallies for one in group]),
            others=tuple(one.name for one in others),
        )
    ]


def _encoding(group: Sequence[Looked]) -> Encoding | None:
    """The one in which all of these files can be read (ASCII is of several); None where there is none."""
    found = {one.encoding or Encoding.UTF_8 for one in group}
    telling = {one.encoding or Encoding.UTF_8 for one in group if not _is_ascii(one)}
    if len(found) == 1 or not telling:
        return found.pop()
    return telling.pop() if len(telling) == 1 and Encoding.UTF_16 not in telling else None


def _is_ascii(one: Looked) -> bool:
    """Whether nothing in a text file tells its encoding, as far as it was looked at."""
    texts = (text for contents in one.columns for text in (contents.heading, *contents.counts))
    return one.encoding is Encoding.UTF_8 and all(map(str.isascii, texts))


def _texts(group: Sequence[Looked], heading: str) -> list[str | None]:
    """The values of a column in all files, evenly thinned out where they are many."""
    texts = [text for one in group for text in _column(one, heading)]
    return texts[:: 1 + len(texts) // LOOKED_AT]


def _column(one: Looked, heading: str) -> Iterable[str | None]:
    return next(each.texts for each in one.columns if _letters(each.heading) == _letters(heading))


def _added(headings: Sequence[str], tallies: Sequence[Tallies]) -> Tallies:
    """How often each status occurs in all files; of columns that were counted in each of them."""
    by_letters = [{_letters(name): dict(counts) for name, counts in each.items()} for each in tallies]
    added: dict[str, Counter[str]] = {}
    for name in headings:
        if all(_letters(name) in each for each in by_letters):
            added[name] = sum((Counter(each[_letters(name)]) for each in by_letters), Counter())
    return {name: ranked(counts) for name, counts in added.items()}
