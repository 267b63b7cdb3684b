"""Status columns over all rows of a file: a value that a sample does not hold is a status all the same."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from models.domain.text import normalise
from pipelines.mapping_proposal.fitting import FEW_VALUES
from pipelines.mapping_proposal.similarity import SAME_WORDS, similarity
from pipelines.mapping_proposal.synonyms.orders import STATUS
from pipelines.sources.csv_text import LINE

Tallies = Mapping[str, tuple[tuple[str, int], ...]]


def is_status(heading: str) -> bool:
    """Whether a column is called as columns of statuses are."""
    return similarity(heading, STATUS) >= SAME_WORDS


def tallied(batches: Iterable[pa.RecordBatch]) -> Tallies:
    """The normalised values of each status column, the commonest first; without columns of many values."""
    rows: dict[str, Counter[str]] = {}
    for batch in batches:
        whole = batch.filter(pc.is_null(batch[LINE])) if LINE in batch.schema.names else batch
        for field in whole.schema:
            if is_status(field.name) and not pa.types.is_nested(field.type):
                counts = rows.setdefault(field.name, Counter())
                if len(counts) <= FEW_VALUES:
                    counts.update(_counted(whole[field.name]))
    return {heading: ranked(counts) for heading, counts in rows.items() if len(counts) <= FEW_VALUES}


def ranked(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Values with how often they occur, the commonest first."""
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _counted(values: pa.Array) -> Counter[str]:
    counts: Counter[str] = Counter()
    for entry in pc.value_counts(pc.cast(values, pa.string()).drop_null()).to_pylist():
        text = normalise(entry["values"])
        if text:
            counts[text] += entry["counts"]
    return counts
