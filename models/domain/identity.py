"""Keys by which other systems know a customer, made equal where they mean the same and then hidden.

A key is normalised by its kind and turned into an HMAC-SHA256 under a secret of the business, so that tables
can be joined by it and nobody can read it, nor try all telephone numbers without the secret.
"""

import hmac
from dataclasses import dataclass, field

from models.domain.errors import InvalidSetting
from models.domain.phone import phone_key
from models.domain.text import normalise
from models.domain.vocabulary import IdentityKind

# Hexadecimal digits kept: 128 bits, beyond any chance that two keys meet.
DIGITS = 32
FINGERPRINT_DIGITS = 8

# Separate what is hashed for one purpose from what is hashed for another, whatever a key may hold.
_KEY = "holdfast identity key"
_TEXT = "holdfast text"
_FINGERPRINT = "holdfast identity fingerprint"


@dataclass(frozen=True)
class Concealment:
    """How keys are hidden: the secret, and the country of numbers that name none (for phones alone)."""

    secret: bytes = field(repr=False)
    country_code: str | None = None


def concealed(kind: IdentityKind, text: str, how: Concealment) -> str | None:
    """The keyed hash (32 hexadecimal digits) of a key as somebody wrote it; None for what is no key.

    Raises `InvalidSetting` for a phone where the country is not known.
    """
    key = normalised_key(kind, text, how.country_code)
    return None if key is None else _hmac(how.secret, _KEY, kind.value, key)[:DIGITS]


def normalised_key(kind: IdentityKind, text: str, country_code: str | None) -> str | None:
    """The key that all ways of writing it share; None for what is no key of that kind."""
    match kind:
        case IdentityKind.PHONE:
            return phone_key(text, _known(country_code))
        case IdentityKind.EMAIL:
            return email_key(text)
        case IdentityKind.TEXT:
            return normalise(text).casefold() or None


def email_key(text: str) -> str | None:
    """An address in small letters; None unless it is something, an at sign, and a host.

    Dots and what follows a plus stay: only the host knows whether they matter, and to take two people for
    one is worse than to miss that two addresses are one person's.
    """
    address = normalise(text).casefold()
    name, _, host = address.rpartition("@")
    is_one = name and host and "@" not in name and not any(letter.isspace() for letter in address)
    return address if is_one else None


def sealed(text: str, how: Concealment) -> str:
    """The keyed hash (32 hexadecimal digits) of a text as it stands, where only equality is wanted."""
    return _hmac(how.secret, _TEXT, text)[:DIGITS]


def fingerprint(secret: bytes) -> str:
    """Eight hexadecimal digits that tell one secret from another and give neither away."""
    return _hmac(secret, _FINGERPRINT)[:FINGERPRINT_DIGITS]


def _hmac(secret: bytes, *parts: str) -> str:
    return hmac.digest(secret, "\0".join(parts).encode(), "sha256").hex()


def _known(country_code: str | None) -> str:
    if country_code is None:
        raise InvalidSetting(
            "`source.phone_country_code` is missing, and keys of kind phone need it",
            allowed="the country's calling code in quotes, such as '98' or '44'",
            remedy="Set source.phone_country_code in params.yaml.",
        )
    return country_code
