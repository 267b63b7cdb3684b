"""What a currency tells of a place: its time zone and calling code, where it has just one of each."""

from collections import Counter
from collections.abc import Mapping

from models.domain.phone import PLANS
from pipelines.mapping_proposal.contents import Contents

ZONES = {
    "AED": "Asia/Dubai",
    "BHD": "Asia/Bahrain",
    "CHF": "Europe/Zurich",
    "EGP": "Africa/Cairo",
    "GBP": "Europe/London",
    "INR": "Asia/Kolkata",
    "IQD": "Asia/Baghdad",
    "IRR": "Asia/Tehran",
    "JPY": "Asia/Tokyo",
    "KRW": "Asia/Seoul",
    "KWD": "Asia/Kuwait",
    "OMR": "Asia/Muscat",
    "QAR": "Asia/Qatar",
    "SAR": "Asia/Riyadh",
    "SEK": "Europe/Stockholm",
    "TRY": "Europe/Istanbul",
}
CALLING_CODES = {
    "AED": "971", "AUD": "61", "BHD": "973", "CAD": "1", "CHF": "41", "CNY": "86", "EGP": "20", "GBP": "44",
    "INR": "91", "IQD": "964", "IRR": "98", "JPY": "81", "KRW": "82", "KWD": "965", "OMR": "968",
    "QAR": "974", "SAR": "966", "SEK": "46", "TRY": "90", "USD": "1",
}  # fmt: skip

# Numbers with their country in front are rare among one's own customers: a few of them tell.
ENOUGH_NUMBERS = 3
MOSTLY = 0.8


def calling_code(numbers: Contents | None, currency: str | None) -> str | None:
    """The calling code that most numbers with one begin with, else that of the currency's country."""
    found = Counter(_codes(numbers.plain)) if numbers is not None else Counter()
    if found.total() >= ENOUGH_NUMBERS:
        code, rows = found.most_common(1)[0]
        return code if rows >= MOSTLY * found.total() else None
    return CALLING_CODES.get(currency or "")


def _codes(numbers: Mapping[str, int]) -> dict[str, int]:
    """How many numbers begin with which country's code, of those that say so."""
    found: dict[str, int] = {}
    for text, rows in numbers.items():
        abroad = text.removeprefix("+") if text.startswith("+") else text.removeprefix("00")
        code = next((code for code in sorted(PLANS, key=len, reverse=True) if abroad.startswith(code)), None)
        if abroad != text and code is not None:
            found[code] = found.get(code, 0) + rows
    return found
