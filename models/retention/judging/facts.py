"""Facts about customers that are no features: last purchases, approaches, what they were asked and answered.

All arrays have one place for each customer asked about [n]; rows of anybody else are left alone.
"""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from models.domain.instants import DAY, SECOND
from models.domain.vocabulary import Purpose
from models.features.gathering import STRANGER
from models.policy.action_settings import NO_ARM
from models.policy.playbook_settings import PlaybookSettings
from models.retention.judging.told import NEVER, Flags, Ints, Told, known_from

Floats = NDArray[np.float64]

READS: Mapping[str, tuple[str, ...]] = {
    "orders": ("customer_id", "ordered_at", "amount_minor", "known_at"),
    "offers": (
        "customer_id", "assigned_at", "arm", "purpose", "face_value_minor", "known_at",
        "redeemed_at", "redeemed_known_at",
    ),
    "contacts": ("customer_id", "contacted_at", "direction", "purpose", "known_at"),
    "surveys": ("customer_id", "answered_at", "reason", "known_at"),
}  # fmt: skip
"""What is read of each contract table."""

ASKING = "ask_why"  # the purpose of a contact that asks why somebody stays away
WINDOW = 90 * DAY
APART = 10**7  # seconds between the clocks of two customers: more than the window
SAME = DAY // SECOND  # a contact within so many seconds of an assignment is that assignment carried out


def last_purchase(orders: Told | None, many: int, as_of: int) -> Ints:
    """The instant of each customer's last purchase known at `as_of` (microseconds); `NEVER` where none [n].

    A source without orders knows of no purchase.
    """
    last = np.full(many, NEVER)
    if orders is None:
        return last
    at = orders.whole("ordered_at", NEVER)
    seen = _seen(orders, "ordered_at", as_of) & (orders.whole("amount_minor", 0) > 0)
    np.maximum.at(last, orders.whose[seen], at[seen])
    return last


def days_since_asked(
    contacts: Told | None, offers: Told | None, many: int, as_of: int, actions: Collection[str]
) -> Floats:
    """Days since each customer was last asked why, as known at `as_of` (microseconds); NaN for never [n].

    Asked is who was contacted for the purpose `ask_why`, or assigned one of these actions, the ids of those
    that ask.
    """
    last = np.full(many, np.nan)
    for told, at, column, words in (
        (contacts, "contacted_at", "purpose", (ASKING,)),
        (offers, "assigned_at", "arm", actions),
    ):
        if told is not None:
            asked = _seen(told, at, as_of) & told.is_one_of(column, words)
            np.fmin.at(last, told.whose[asked], (as_of - told.whole(at, NEVER)[asked]) / DAY)
    return last


def stated_reason(
    surveys: Told | None, many: int, as_of: int, settings: PlaybookSettings
) -> NDArray[np.str_]:
    """What each customer last said in a survey why they stay away, as a `MainReason` [n]; '' for nothing.

    Of the answers that give a reason, known at `as_of` (microseconds) and no older than `survey_days`, the
    newest counts; one that the settings do not know means nothing, and hides what was said before.
    """
    found = np.full(many, "", dtype=object)
    if surveys is None or not surveys.has("reason"):
        return found.astype(np.str_)
    reasons = {word: reason.value for word, reason in settings.stated.items()}
    at = surveys.whole("answered_at", NEVER)
    recent = np.flatnonzero(_seen(surveys, "answered_at", as_of) & (at >= as_of - settings.survey_days * DAY))
    in_time = recent[np.argsort(at[recent], kind="stable")]
    for row, word in zip(in_time.tolist(), surveys.words("reason", in_time), strict=True):
        if word is not None:
            found[surveys.whose[row]] = reasons.get(word, "")
    return found.astype(np.str_)


def approaches(
    offers: Told | None, contacts: Told | None, many: int, as_of: int, recoveries: Collection[str] = ()
) -> Mapping[str, Floats]:
    """The `APPROACHES` of the playbook's facts [n], as known at `as_of` (microseconds); {} without offers.

    An assignment is an approach, but that of the arm `none`. An answer to a complaint, by its purpose or its
    arm (`recoveries`: the actions that recover), is owed: it only starts the rest. `assigned_90` leaves out
    what the contacts tell of already.
    """
    if offers is None:
        return {}
    made = _seen(offers, "assigned_at", as_of) & ~offers.is_one_of("arm", (NO_ARM,))
    place, age = offers.whose[made], as_of - offers.whole("assigned_at", NEVER)[made]
    owed = offers.is_one_of("arm", recoveries) | offers.is_one_of("purpose", (Purpose.RECOVERY.value,))
    counted = (age < WINDOW) & ~owed[made]
    also = counted & ~_contacted(contacts, as_of, place, age)
    given = counted & (offers.whole("face_value_minor", 0)[made] > 0)
    last = np.full(many, np.nan)
    np.fmin.at(last, place, age / DAY)
    return {
        "days_since_offer": last,
        "assigned_90": _count(place, also, many),
        "given_90": _count(place, given, many),
        "given_unused_90": _count(place, given & ~_used(offers, as_of)[made], many),
    }


def _contacted(contacts: Told | None, as_of: int, place: Ints, age: Ints) -> Flags:
    """After which assignments, of these ages, the contacts tell of one to the same customer within a day."""
    if contacts is None:
        return np.zeros(len(place), np.bool_)
    at = contacts.whole("contacted_at", NEVER)
    seen = _seen(contacts, "contacted_at", as_of) & contacts.is_one_of("direction", ("outbound",))
    seen &= at > as_of - WINDOW
    clock = np.sort(contacts.whose[seen] * APART + (as_of - at[seen]) // SECOND)
    clock = np.append(-APART, clock)
    own = place * APART + np.minimum(age, WINDOW) // SECOND
    nearest = clock[np.searchsorted(clock, own, side="right") - 1]
    found: Flags = own - nearest <= SAME
    return found


def _seen(told: Told, fact: str, as_of: int) -> Flags:
    """Which rows are of those asked about, had happened by then and were known [m]."""
    happened, known = told.whole(fact, NEVER), known_from(told, fact)
    seen: Flags = (happened <= as_of) & (known <= as_of) & (told.whose != STRANGER)
    return seen


def _used(offers: Told, as_of: int) -> Flags:
    """Which were used, as known by then."""
    known = known_from(offers, "redeemed_at")
    used: Flags = (known <= as_of) & (known != NEVER)
    return used


def _count(place: Ints, which: Flags, many: int) -> Floats:
    return np.bincount(place[which], minlength=many).astype(np.float64)
