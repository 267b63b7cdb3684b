"""Columns of a wide table that tell the outcome by themselves: named, before anything is trained on them."""

from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.attributes import Attribute
from models.contract.columns import Kind
from models.domain.errors import Leakage
from models.evaluation.leaks import Suspect, screen, screen_categories
from models.evaluation.pure_parts import PurePart, pure_part_of_numbers, pure_part_of_words

Floats = NDArray[np.float64]


def refuse_leaks(
    values: Mapping[Attribute, pa.Array], churned: Floats, keep: Collection[str]
) -> tuple[str, ...]:
    """Sentences on columns that come close, or that a person keeps.

    values [n]; churned [n]: 1 left, 0 stayed, NaN unknown. Raises `Leakage` naming every column that ranks
    customers almost without a mistake, or a telling part of which met one outcome.
    """
    known = ~np.isnan(churned)
    if not known.any():
        return ()
    labelled = {each: column.filter(pa.array(known)) for each, column in values.items()}
    suspects = _suspects(labelled, churned[known])
    parts = [part for part in _parts(labelled, churned[known]) if part is not None]
    told = {part.column: part.sentence for part in parts}
    told |= {suspect.column: suspect.sentence for suspect in suspects}
    certain = {*(each.column for each in suspects), *(each.column for each in parts if each.telling)}
    refused = sorted(certain - {*keep})
    if refused:
        listed = f"[{', '.join(refused)}]"
        raise Leakage(
            "columns tell by themselves who left, as only a copy of the outcome or a later entry would",
            given="; ".join(told[name] for name in refused),
            remedy=f"Set source.table.drop: {listed}. If they really are known before the outcome, set "
            f"source.table.keep: {listed} instead.",
        )
    return tuple(
        f"kept in source.table.keep: {told[name]}"
        if name in certain
        else f"{told[name]}; is that known beforehand?"
        for name in told
    )


def _suspects(values: Mapping[Attribute, pa.Array], churned: Floats) -> tuple[Suspect, ...]:
    numbers = {each.name: _numbers(column) for each, column in values.items() if _is_number(each)}
    words = {each.name: _codes(column)[0] for each, column in values.items() if not _is_number(each)}
    table = np.stack([*numbers.values()], axis=1) if numbers else np.empty((len(churned), 0))
    return (
        *screen(tuple(numbers), table.astype(np.float32), churned),
        *screen_categories(tuple(words), tuple(words.values()), churned),
    )


def _parts(values: Mapping[Attribute, pa.Array], churned: Floats) -> list[PurePart | None]:
    return [
        pure_part_of_numbers(each.name, _numbers(column), churned)
        if _is_number(each)
        else pure_part_of_words(each.name, *_codes(column), churned)
        for each, column in values.items()
    ]


def _is_number(attribute: Attribute) -> bool:
    return attribute.kind is not Kind.CATEGORY


def _numbers(column: pa.Array) -> Floats:
    numbers: Floats = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _codes(column: pa.Array) -> tuple[NDArray[np.int64], list[str]]:
    """Codes [n] (−1 empty) and the words that they stand for."""
    encoded = column.dictionary_encode()
    codes = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return codes, encoded.dictionary.to_pylist()
