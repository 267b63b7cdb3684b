"""Amounts finer than the minor unit they become: a few are rounded and told, many prove the unit wrong."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.contract.fates import Mask
from models.domain.errors import BadSource
from models.domain.money import exponent, minor_per_unit
from models.domain.vocabulary import AmountUnit

# Fractions in so many different amounts, and in such a share of them, are no slips.
A_FEW = 3
A_SHARE = 0.01
# Digits in which a fraction is looked for: what computers leave behind the sixth is their own noise.
_DIGITS = 6


def finer_than_minor(plain: pa.Array, unit: AmountUnit, currency: str) -> Mask:
    """Which plain decimals [n] have digits, other than zeros, beyond the minor unit; False for none.

    Numbers with an exponent ('1e-5') are left out: nobody writes amounts like that.
    """
    kept = len(str(minor_per_unit(unit, currency))) - 1  # every unit is a power of ten
    begins = rf"^[+-]?\d*\.\d{{{kept}}}"
    finer = pc.match_substring_regex(plain, rf"{begins}\d{{0,{_DIGITS - 1}}}[1-9]\d*$").fill_null(False)
    noise = pc.match_substring_regex(plain, rf"{begins}9{{{_DIGITS}}}").fill_null(False)
    mask: Mask = pc.and_not(finer, noise).to_numpy(zero_copy_only=False)
    return mask


def refuse_fractions_of_minor(
    plain: pa.Array, finer: Mask, unit: AmountUnit, currency: str, where: str
) -> None:
    """Raise `BadSource` where distinct amounts [n] declared in minor units often have fractions of them.

    A currency without minor units (IRR, JPY) has nothing else to be declared: there they are only told.
    """
    if unit is not AmountUnit.MINOR or not exponent(currency):
        return
    fractions = np.count_nonzero(finer)
    amounts = len(plain) - plain.null_count
    if fractions >= A_FEW and fractions >= A_SHARE * amounts:
        raise BadSource(
            f"`{where}` is declared in minor units of {currency}, but {fractions:,} of {amounts:,} different "
            "amounts have a fraction",
            allowed="whole numbers of minor units",
            given=str(plain[int(np.flatnonzero(finer)[0])]),
            remedy=f"Declare `amount_unit: major` for {where}, or for its table or source.",
        )


def refuse_fractional_prices(
    products: pa.Array, finer: Mask, prices: pa.Array, unit: AmountUnit, currency: str, *, where: str
) -> None:
    """The same of quantity × price [n], where it is the price that has the fraction and the product keeps it.

    products, prices: plain decimals. Raises `BadSource` as `refuse_fractions_of_minor`.
    """
    if not finer.any():
        return
    by_price = finer & finer_than_minor(prices, unit, currency)
    amounts = pc.unique(products).drop_null()
    proof = pc.is_in(amounts, value_set=pc.unique(products.filter(pa.array(by_price))))
    shown = pc.replace_substring_regex(amounts, r"(\.\d*?)0+$", r"\1")
    refuse_fractions_of_minor(shown, proof.to_numpy(zero_copy_only=False), unit, currency, where)
