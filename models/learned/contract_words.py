"""What a contract says of a customer: when it ends, else when it renews, else how old it is."""

from models.domain.words import Words
from models.learned.figures import Figures


def contract(figures: Figures, words: Words) -> str:
    """The next date of the contract, else how long it has lasted or been over."""
    ends, renews = figures.whole("days_until_contract_end"), figures.get("days_until_renewal")
    if ends is not None:
        return words.ngettext(
            "the contract ends in {days} day", "the contract ends in {days} days", ends, days=ends
        )
    if renews is None:
        return _past(figures, words)
    days = abs(round(renews))
    if renews < 0:
        return words.ngettext(
            "renewal of the contract overdue by {days} day",
            "renewal of the contract overdue by {days} days",
            days,
            days=days,
        )
    return words.ngettext(
        "the contract renews in {days} day", "the contract renews in {days} days", days, days=days
    )


def _past(figures: Figures, words: Words) -> str:
    age, ended = figures.whole("contract_age_days"), figures.whole("days_since_contract_end")
    if age is not None:
        return words.ngettext(
            "under contract for {days} day", "under contract for {days} days", age, days=age
        )
    if ended is None:
        return words.gettext("no contract")
    return words.ngettext(
        "the contract ended {days} day ago", "the contract ended {days} days ago", ended, days=ended
    )
