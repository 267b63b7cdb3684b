"""What the page says of codes, amounts and days, in its reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.contract.told_days import told_day
from models.domain.instants import last_day, to_micros
from models.domain.vocabulary import DoNotContactReason
from models.domain.words import Words

NOBODY_KNOWS = "–"


@dataclass(frozen=True)
class Told:
    """How the page tells what a row holds; a dash where nobody knows. zone: in which days are counted."""

    words: Words
    currency: str
    zone: str

    def money(self, amount_minor: int | None) -> str:
        """'12.50 EUR'."""
        return NOBODY_KNOWS if amount_minor is None else self.words.money(amount_minor, self.currency)

    def percent(self, share: float | None) -> str:
        """'37 %'."""
        return NOBODY_KNOWS if share is None else self.words.percent(share)

    def day(self, moment: datetime | None) -> str:
        """The shop's own day of an instant; a midnight, as a date alone is kept, ends the day before it."""
        if moment is None:
            return NOBODY_KNOWS
        return told_day(last_day(to_micros(moment), self.zone), self.words)

    def stage(self, code: str | None) -> str:
        """A lifecycle stage."""
        return "" if code is None else self.words.coded("lifecycle_stage", code)

    def action(self, code: str | None) -> str:
        """What to do."""
        return "" if code is None else self.words.coded("recommended_action", code)

    def carried_out(self, owner: str | None, channel: str | None, act_by: datetime | None) -> str:
        """'sales, by email, until 3 June 2026': who acts, how, and the last day that ends before `act_by`."""
        parts = [
            owner and self.words.coded("owner", owner),
            channel and self.words.gettext("by {channel}", channel=self.words.coded("channel", channel)),
            act_by and self.words.gettext("until {day}", day=self.day(act_by)),
        ]
        return self.words.gettext(", ").join(part for part in parts if part)

    def why_alone(self, code: str) -> str:
        """Why to leave somebody alone, as one would say it aloud."""
        return _why_alone(self.words)[DoNotContactReason(code)]


def view_names(words: Words) -> Mapping[bool | None, str]:
    """By `contactable`: what the list shows."""
    return {
        True: words.gettext("Contact now"),
        False: words.gettext("Leave alone"),
        None: words.gettext("Everyone"),
    }


def tile_headings(words: Words) -> Mapping[str, str]:
    """What the figures above the list are."""
    return {
        "customers": words.gettext("Customers listed"),
        "to_contact": words.gettext("To contact now"),
        "to_leave_alone": words.gettext("To leave alone"),
        "value_at_risk": words.gettext("Value at risk"),
        "expected_gain": words.gettext("Expected gain"),
    }


def _why_alone(words: Words) -> Mapping[DoNotContactReason, str]:
    return {
        DoNotContactReason.NO_ACTION: words.gettext("no action suits where they stand"),
        DoNotContactReason.NO_GAIN: words.gettext("acting would cost more than it brings"),
        DoNotContactReason.VALUE_UNKNOWN: words.gettext("what customers are worth is not known"),
        DoNotContactReason.CAP_TOO_LOW: words.gettext("too little may be spent to matter"),
        DoNotContactReason.IN_HOLDOUT: words.gettext("held out, to see what campaigns bring"),
        DoNotContactReason.OVER_BUDGET: words.gettext("the budget gains more elsewhere"),
        DoNotContactReason.OPEN_COMPLAINT: words.gettext("resolve the open complaint first"),
        DoNotContactReason.CONTACTED_RECENTLY: words.gettext("contacted recently"),
        DoNotContactReason.NO_CONSENT: words.gettext("may not be contacted"),
        DoNotContactReason.CONSENT_UNKNOWN: words.gettext("consent is not recorded"),
        DoNotContactReason.LOST_CAUSE: words.gettext("past winning back"),
        DoNotContactReason.SLEEPING_DOG: words.gettext("would stay; an approach may remind them of leaving"),
        DoNotContactReason.CAP_REACHED: words.gettext("approached as often as allowed"),
        DoNotContactReason.UNSCORED: words.gettext("too little is known"),
    }
