"""What complaints, contacts, use and contracts say of a customer, a sentence for each family of features."""

from models.domain.words import Words
from models.learned.figures import Figures

HOURS_TO_DAYS_FROM = 48


def complaints(figures: Figures, words: Words) -> str:
    """What is still open, and since when; else what there ever was."""
    still_open, ever = figures.count("complaints_open"), figures.count("complaints_all")
    age, since = figures.whole("open_complaint_age_days"), figures.whole("days_since_complaint")
    if still_open:
        told = words.ngettext(
            "{complaints} complaint still open",
            "{complaints} complaints still open",
            still_open,
            complaints=still_open,
        )
        if age is None:
            return told
        dated = words.ngettext("the oldest for {days} day", "the oldest for {days} days", age, days=age)
        return words.gettext("{complaints}, {dated}", complaints=told, dated=dated)
    if not ever:
        return words.gettext("no complaint on record")
    told = words.ngettext(
        "{complaints} complaint so far", "{complaints} complaints so far", ever, complaints=ever
    )
    if since is None:
        return told
    dated = words.ngettext("the last {days} day ago", "the last {days} days ago", since, days=since)
    return words.gettext("{complaints}, {dated}", complaints=told, dated=dated)


def response_times(figures: Figures, words: Words) -> str:
    """How long an answer is awaited, or took."""
    waiting, last = figures.whole("unanswered_age_days"), figures.get("response_hours_last")
    if waiting is not None:
        return words.ngettext(
            "a complaint has waited {days} day for an answer",
            "a complaint has waited {days} days for an answer",
            waiting,
            days=waiting,
        )
    if last is None:
        return words.gettext("no answer to a complaint on record")
    if last >= HOURS_TO_DAYS_FROM:
        days = round(last / 24)
        return words.ngettext(
            "the last complaint was answered after {days} day",
            "the last complaint was answered after {days} days",
            days,
            days=days,
        )
    hours = round(last)
    return words.ngettext(
        "the last complaint was answered after {hours} hour",
        "the last complaint was answered after {hours} hours",
        hours,
        hours=hours,
    )


def satisfaction(figures: Figures, words: Words) -> str:
    """How the last complaint's handling was rated."""
    rating = figures.whole("satisfaction_last")
    if rating is None:
        return words.gettext("no rating of a complaint yet")
    return words.gettext("rated the last complaint {rating} of 5", rating=rating)


def surveys(figures: Figures, words: Words) -> str:
    """What was answered when last asked."""
    satisfied, would_recommend = figures.whole("csat_last"), figures.whole("nps_last")
    if satisfied is not None:
        return words.gettext("satisfaction {rating} of 5 when last asked", rating=satisfied)
    if would_recommend is not None:
        return words.gettext("readiness to recommend {rating} of 10 when last asked", rating=would_recommend)
    return words.gettext("no survey answered yet")


def contacts(figures: Figures, words: Words) -> str:
    """How often, or how long ago, somebody turned to them."""
    times, since = figures.count("contacts_out_90"), figures.whole("days_since_contact_out")
    if times:
        return words.ngettext(
            "contacted {times} time in the last 90 days",
            "contacted {times} times in the last 90 days",
            times,
            times=times,
        )
    if since is None:
        return words.gettext("never contacted")
    return words.ngettext("not contacted for {days} day", "not contacted for {days} days", since, days=since)


def offers(figures: Figures, words: Words) -> str:
    """What was offered, and used."""
    made, used = figures.count("offers_365"), figures.count("offers_redeemed_365")
    if not made:
        return words.gettext("no offer in the last 365 days")
    if not used:
        return words.ngettext(
            "{offers} offer in the last 365 days, none used",
            "{offers} offers in the last 365 days, none used",
            made,
            offers=made,
        )
    return words.ngettext(
        "{offers} offer in the last 365 days, {used} used",
        "{offers} offers in the last 365 days, {used} used",
        made,
        offers=made,
        used=used,
    )


def activity(figures: Figures, words: Words) -> str:
    """What payments failed, else when they were last seen."""
    failed = figures.count("payment_failed_90")
    used, visited = figures.whole("days_since_use"), figures.whole("days_since_visit")
    if failed:
        return words.ngettext(
            "{payments} payment failed in the last 90 days",
            "{payments} payments failed in the last 90 days",
            failed,
            payments=failed,
        )
    if used is not None:
        return words.ngettext("last use {days} day ago", "last use {days} days ago", used, days=used)
    if visited is not None:
        return words.ngettext(
            "last visit {days} day ago", "last visit {days} days ago", visited, days=visited
        )
    return words.gettext("neither use nor visit on record")
