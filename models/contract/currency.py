"""One currency: a row that names another one is refused, since nothing here converts money."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.columns import Kind, Table
from models.contract.fates import Fates, Mask, refuse
from models.contract.parse_text import normalise_array
from models.domain.currency_words import WORDS, currencies, unit_of
from models.domain.vocabulary import AmountUnit, Reject

# No columns of the contract: they are checked, and then known.
CURRENCY = "currency"
UNIT = "amount_unit"

_TOMANS = (AmountUnit.TOMAN, AmountUnit.THOUSAND_TOMAN)


def refuse_other_currencies(
    as_read: pa.Table, declared: Table, currency: str, unit: AmountUnit, fates: Fates
) -> Fates:
    """The fates after a look at the columns `currency` and `amount_unit`, where a table has amounts.

    A row without a word there is in the declared currency and unit.
    """
    if all(one.kind is not Kind.MONEY for one in declared.columns):
        return fates
    if CURRENCY in as_read.column_names:
        words = as_read[CURRENCY].combine_chunks().cast(pa.string())
        fates = refuse(fates, in_other_currency(words, currency, unit), Reject.OTHER_CURRENCY)
    if UNIT in as_read.column_names:
        words = as_read[UNIT].combine_chunks().cast(pa.string())
        fates = refuse(fates, in_other_unit(words, unit), Reject.OTHER_CURRENCY)
    return fates


def in_minor_units(rows: pa.Table) -> pa.Table:
    """The rows, each of which says that its amounts are in minor units, whoever reads them."""
    said = pa.array([AmountUnit.MINOR.value] * min(1, rows.num_rows), pa.string())
    return rows.append_column(UNIT, said.take(pa.array(np.zeros(rows.num_rows, dtype=np.int64))))


def in_other_unit(words: pa.Array, unit: AmountUnit) -> Mask:
    """Which words [n] name another unit than `unit`; null names none."""
    other = pc.not_equal(pc.utf8_lower(normalise_array(words)), unit.value).fill_null(False)
    mask: Mask = other.to_numpy(zero_copy_only=False)
    return mask


def in_other_currency(words: pa.Array, currency: str, unit: AmountUnit) -> Mask:
    """Which words [n] name other money than `currency`; null names none.

    The code of the currency or its sign or name, in any case. Toman and rial are one currency but not one
    unit: where amounts are declared in one, a row in the other is refused too.
    """
    encoded = normalise_array(words).dictionary_encode()
    others = [not _names(word.lower(), currency, unit) for word in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(others)).to_numpy(zero_copy_only=False)
    mask: Mask = np.array([*others, False])[codes]
    return mask


def _names(word: str, currency: str, unit: AmountUnit) -> bool:
    if word == currency.lower():
        return True
    if word not in WORDS or currency not in currencies(word):
        return False
    return (unit_of(word, currency) in _TOMANS) == (unit in _TOMANS)
