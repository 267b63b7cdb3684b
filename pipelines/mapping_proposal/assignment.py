"""Which column of a file becomes which column of a table: each at most once, the surest first."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.contract.columns import Table
from models.domain.text import fold
from pipelines.mapping_proposal.contents import Contents
from pipelines.mapping_proposal.fitting import MOSTLY, fitness
from pipelines.mapping_proposal.similarity import SAME_WORDS, similarity, words_of
from pipelines.mapping_proposal.synonyms.people import CUSTOMER_ID, NAME
from pipelines.mapping_proposal.synonyms.tables import COLUMNS
from pipelines.mapping_proposal.synonyms.words import CONTRARY

# From which score a column is proposed, and from which it is worth mentioning.
USED = 0.6
UNSURE = 0.25
# What contradicts leaves little of what sounds alike; what only looks right is never sure.
CONTRADICTED = 0.4
BY_CONTENT = 0.45


_NUMBERED = re.compile(r"^[^\w\s]?[A-Za-z]{0,4}-?\d+$")


@dataclass(frozen=True)
class Match:
    """A heading of a file for a column of the contract, and how sure that is (0 to 1)."""

    column: str
    heading: str
    score: float


def scored(columns: Sequence[Contents], declared: Table) -> list[Match]:
    """All pairs worth mentioning, the surest first."""
    found = [
        Match(column.name, contents.heading, _score(contents, declared, column.name))
        for contents in columns
        for column in declared.columns
        if not is_personal(contents)
    ]
    return sorted(
        (match for match in found if match.score >= UNSURE), key=lambda match: (-match.score, match.column)
    )


def assigned(matches: Sequence[Match], least: float = USED, taken: Collection[str] = ()) -> dict[str, Match]:
    """One heading for each column of the contract and one column for each heading, by rising doubt."""
    headings, chosen = set(taken), {}
    for match in matches:
        if match.score >= least and match.column not in chosen and match.heading not in headings:
            chosen[match.column] = match
            headings.add(match.heading)
    return chosen


def by_content(columns: Sequence[Contents], declared: Table, chosen: Mapping[str, Match]) -> Iterator[Match]:
    """For required columns that no heading names: the one column that fits, where there is just one."""
    taken = {match.heading for match in chosen.values()}
    left = [one for one in columns if one.heading not in taken and not is_personal(one)]
    for column in declared.columns:
        if not column.required or column.name in chosen or column.name == "line_id":
            continue
        fitting = [one for one in left if fitness(one, column, declared) == 1.0]
        if len(fitting) == 1:
            left = [one for one in left if one is not fitting[0]]
            yield Match(column.name, fitting[0].heading, BY_CONTENT)


def is_personal(contents: Contents) -> bool:
    """Whether a column names people or where they live: such columns are never read.

    A shop may call its orders' numbers their names: `#1001` is nobody.
    """
    if holds_names(contents):
        return True
    if similarity(contents.heading, NAME) < SAME_WORDS:
        return False
    return contents.share(lambda text: bool(_NUMBERED.match(text))) < MOSTLY


def holds_names(contents: Contents) -> bool:
    """Whether persons' names stand where an id would, as `Ann Person` does under Customer."""
    return similarity(contents.heading, CUSTOMER_ID) >= SAME_WORDS and contents.names >= MOSTLY


def contradicted(heading: str, column: str) -> bool:
    """Whether the heading has a word that the column cannot have."""
    return not {fold(word) for word in CONTRARY.get(column, ())}.isdisjoint(words_of(heading))


def _score(contents: Contents, declared: Table, name: str) -> float:
    like = similarity(contents.heading, COLUMNS[declared.name].get(name, (name.replace("_", " "),)))
    if like < SAME_WORDS and contradicted(contents.heading, name):
        like *= CONTRADICTED
    fits = fitness(contents, declared.column(name), declared) if like else 0.0
    return like * (1 + fits) / 2 if fits else 0.0
