"""One currency: a row that names another one is refused, since nothing here converts money."""

import numpy as np
import pyarrow as pa

from models.contract.columns import Kind, Table
from models.contract.fates import Fates, Mask, refuse
from models.contract.parse_text import normalise_array
from models.domain.currency_words import WORDS, currencies, unit_of
from models.domain.vocabulary import AmountUnit, Reject

# Not a column of the contract: it is checked, and then known.
CURRENCY = "currency"

_TOMANS = (AmountUnit.TOMAN, AmountUnit.THOUSAND_TOMAN)


def refuse_other_currencies(
    as_read: pa.Table, declared: Table, currency: str, unit: AmountUnit, fates: Fates
) -> Fates:
    """The fates after a look at the column `currency`, where the table has amounts and such a column.

    A row without a word there is in the declared currency.
    """
    if CURRENCY not in as_read.column_names or all(one.kind is not Kind.MONEY for one in declared.columns):
        return fates
    words = as_read[CURRENCY].combine_chunks().cast(pa.string())
    return refuse(fates, in_other_currency(words, currency, unit), Reject.OTHER_CURRENCY)


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
