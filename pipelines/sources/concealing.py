"""Columns of keys as keyed hashes: each distinct text once, before anything else sees it."""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from models.domain.errors import BadSource
from models.domain.identity import Concealment, concealed, sealed
from models.domain.vocabulary import IdentityKind

VARIABLE = "HOLDFAST_ID_KEY"
SHORTEST_SECRET = 16

# Stands where there was a text that is no key of its kind; no hash reads so.
UNREADABLE = "unreadable"

# Up to here every whole number is a float of its own.
LARGEST_WHOLE = 2.0**53


def concealment(environment: Mapping[str, str], country_code: str | None) -> Concealment:
    """How keys are hidden in this run. Raises `BadSource` without a secret of sufficient length."""
    secret = environment.get(VARIABLE, "").strip()
    if len(secret) < SHORTEST_SECRET:
        raise BadSource(
            f"the mapping uses identities, and the environment variable {VARIABLE} that hides them "
            + ("is too short" if secret else "is not set"),
            allowed=f"a secret of at least {SHORTEST_SECRET} characters",
            given=f"{len(secret)} characters" if secret else None,
            remedy="Make one with python -c 'import secrets; print(secrets.token_hex(32))', set "
            f"{VARIABLE} to it, and keep it: another secret makes strangers of all customers known by a key.",
        )
    return Concealment(secret.encode(), country_code)


def hide(keys: pa.Array, kind: IdentityKind, how: Concealment) -> pa.Array:
    """Texts [n] as keyed hashes; `UNREADABLE` where one is no key, null where there is none.

    Each distinct text is hashed once. Raises `InvalidSetting` for phones of an unknown country.
    """
    encoded = _written(keys).dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    hidden = [concealed(kind, text, how) or UNREADABLE if text.strip() else None for text in texts]
    return pa.array(hidden, pa.string()).take(encoded.indices)


def hide_columns(
    batch: pa.RecordBatch, kinds: Mapping[str, IdentityKind], how: Concealment
) -> pa.RecordBatch:
    """The batch with the columns that hold keys hidden, by heading."""
    for heading, kind in kinds.items():
        place = batch.schema.get_field_index(heading)
        batch = batch.set_column(place, pa.field(heading, pa.string()), hide(batch[heading], kind, how))
    return batch


def seal(batch: pa.RecordBatch, headings: Iterable[str], how: Concealment) -> pa.RecordBatch:
    """The batch with some columns as keyed hashes of what stands in them: equal where they were equal."""
    for heading in headings:
        place = batch.schema.get_field_index(heading)
        encoded = batch[heading].cast(pa.string()).dictionary_encode()
        sealed_texts = pa.array([sealed(text, how) for text in encoded.dictionary.to_pylist()], pa.string())
        batch = batch.set_column(place, heading, sealed_texts.take(encoded.indices))
    return batch


def _written(keys: pa.Array) -> pa.Array:
    """Keys as text; a number that a column with gaps made a float is written without point and exponent."""
    if not pa.types.is_floating(keys.type):
        return keys.cast(pa.string())
    whole = pc.and_(pc.equal(pc.floor(keys), keys), pc.less(pc.abs(keys), LARGEST_WHOLE))
    wholes = pc.if_else(whole, keys, pa.scalar(None, keys.type)).cast(pa.int64())
    return pc.coalesce(wholes.cast(pa.string()), keys.cast(pa.string()))
