"""The customers' ids of a wide table: as they stand, or hidden where they are e-mail addresses or phones."""

import re
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from models.domain.errors import BadSource
from models.domain.identity import Concealment, email_key
from models.domain.text import fold
from models.domain.vocabulary import IdentityKind
from pipelines.sources.concealing import UNREADABLE, VARIABLE, concealment, hide
from pipelines.sources.wide_settings import CustomerSettings

# A column is one of keys where so many of the filled cells are.
MOSTLY = 0.8
# Addresses among ids of another kind are hidden with them from this share on.
SOME = 0.01
# Rows enough to tell.
TELLING_ROWS = 5_000
# As numbers are dialled: a plus, or one or two zeros and no third, which would be a padded number.
_DIALLED = re.compile(r"(\+|00?)[1-9]\d{8,13}", re.ASCII)
_DIGITS = re.compile(r"\+?\d{8,15}", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[\s().\-/]")
# Headings under which any long number is one to call. (Folded.)
_CALLED = {
    "phone", "phonenumber", "mobile", "mobilenumber", "tel", "telephone", "msisdn", "موبایل", "شمارهموبایل",
    "تلفن", "شمارهتلفن", "تلفنهمراه", "هاتف", "جوال", "رقمالجوال", "رقمالهاتف",
}  # fmt: skip


def key_kind(heading: str, texts: Iterable[str | None]) -> IdentityKind | None:
    """Email or phone where (most) texts of a column are such keys, text where ids are mixed with addresses.

    None for ids of any other kind.
    """
    filled = [text for text in texts if text]
    if not filled:
        return None
    addresses = sum(email_key(text) is not None for text in filled) / len(filled)
    if addresses >= SOME:
        return IdentityKind.EMAIL if addresses >= MOSTLY else IdentityKind.TEXT
    written = _DIGITS if fold(heading).replace(" ", "") in _CALLED else _DIALLED
    dialled = sum(written.fullmatch(_BETWEEN_DIGITS.sub("", text)) is not None for text in filled)
    return IdentityKind.PHONE if dialled >= MOSTLY * len(filled) else None


def require_no_key(heading: str, texts: pa.Array) -> None:
    """Raise `BadSource` for ids [n] that are addresses or phones and would be stored as they stand."""
    kind = key_kind(heading, texts.to_pylist()[:: len(texts) // TELLING_ROWS + 1])
    if kind is not None:
        raise BadSource(
            f"{heading} names customers by addresses or phones, which are not stored as they stand",
            allowed="keyed hashes of them, or another column of ids",
            remedy=f"Set source.table.customer_id: {{column: {heading}, identity: {kind}}} and the "
            f"environment variable {VARIABLE} (ids that only look so: identity: {IdentityKind.TEXT}).",
        )


def hiding(
    customer: CustomerSettings | None, environment: Mapping[str, str], country_code: str | None
) -> Concealment | None:
    """How ids are hidden; None where they are not. Raises `BadSource` without a secret."""
    hides = customer is not None and customer.identity is not None
    return concealment(environment, country_code) if hides else None


def hidden_ids(cells: pa.Array, kind: IdentityKind, how: Concealment) -> pa.Array:
    """Keyed hashes of cells [n]; null where a cell is empty or no key of its kind."""
    hashes = hide(cells, kind, how)
    return pc.if_else(pc.equal(hashes, UNREADABLE), pa.scalar(None, pa.string()), hashes)
