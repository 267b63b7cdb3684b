"""What purchases say of a customer, a sentence for each family of features.

Two counts in one sentence are two clauses, since a language bends each after its own number.
"""

import math

from models.domain.words import Words
from models.learned.figures import Figures

PROBABLY_GONE = 0.5


def recency(figures: Figures, words: Words) -> str:
    """How long ago the last order was, and how often they usually come."""
    days, gap = figures.whole("recency_days"), figures.whole("gap_mean_days")
    if days is None:
        return words.gettext("no order on record")
    silence = words.ngettext("no order for {days} day", "no order for {days} days", days, days=days)
    if gap is None:
        return silence
    usual = max(1, gap)
    rhythm = words.ngettext("usually every {days}", "usually every {days}", usual, days=usual)
    return words.gettext("{silence}; {rhythm}", silence=silence, rhythm=rhythm)


def frequency(figures: Figures, words: Words) -> str:
    """How many orders there were."""
    orders = figures.count("orders_365")
    if figures.count("orders_all") == 1:
        return words.gettext("only one order so far")
    if figures.get("orders_90") is None:
        return words.ngettext(
            "{orders} order in the last 365 days",
            "{orders} orders in the last 365 days",
            orders,
            orders=orders,
        )
    return words.ngettext(
        "{orders} order in the last 365 days, {recent} in the last 90",
        "{orders} orders in the last 365 days, {recent} in the last 90",
        orders,
        orders=orders,
        recent=figures.count("orders_90"),
    )


def monetary(figures: Figures, words: Words) -> str:
    """How much was spent, and sent back."""
    spent = figures.money("spend_365", words)
    if spent is None:
        mean = figures.money("mean_order_amount", words)
        if mean is None:
            return words.gettext("little is known of what was spent")
        return words.gettext("orders of {amount} on average", amount=mean)
    returned = figures.money("refunds_365", words) if figures.get("refunds_365") else None
    if returned is None:
        return words.gettext("spent {amount} in the last 365 days", amount=spent)
    return words.gettext(
        "spent {amount} and sent back {returned} in the last 365 days", amount=spent, returned=returned
    )


def regularity(figures: Figures, words: Words) -> str:
    """How regular the gaps between purchases are, and whether the present one is out of the rule."""
    multiple, gap = figures.get("recency_over_gap"), figures.whole("gap_mean_days")
    spread = figures.whole("gap_deviation_days")
    if gap is None:
        if figures.count("orders_all") == 1:
            return words.gettext("no rhythm yet: a single order")
        return words.gettext("no rhythm yet: all purchases on one day")
    if multiple is not None and multiple > 1.0:
        return words.ngettext(
            "silent for {multiple} times the usual gap of {days} day",
            "silent for {multiple} times the usual gap of {days} days",
            gap,
            multiple=words.number(f"{multiple:.1f}"),
            days=gap,
        )
    if spread is None:
        return words.ngettext(
            "usually {days} day between purchases", "usually {days} days between purchases", gap, days=gap
        )
    return words.ngettext(
        "irregular: {days} day between purchases, give or take {spread}",
        "irregular: {days} days between purchases, give or take {spread}",
        gap,
        days=gap,
        spread=spread,
    )


def returns(figures: Figures, words: Words) -> str:
    """What was sent back."""
    amount = figures.money("refunds_365", words) if figures.get("refunds_365") else None
    if amount is None:
        return words.gettext("nothing sent back in the last 365 days")
    return words.gettext("sent back goods for {amount} in the last 365 days", amount=amount)


def items(figures: Figures, words: Words) -> str:
    """How many different things are bought, and which no longer are."""
    dropped, bought = figures.count("categories_dropped_365"), figures.whole("items_365")
    if dropped:
        return words.ngettext(
            "{categories} category no longer bought",
            "{categories} categories no longer bought",
            dropped,
            categories=dropped,
        )
    if bought is None:
        return words.gettext("a narrow choice of articles")
    if bought == 1:
        return words.gettext("only one article in the last 365 days")
    return words.ngettext(
        "{articles} different article in the last 365 days",
        "{articles} different articles in the last 365 days",
        bought,
        articles=bought,
    )


def tenure(figures: Figures, words: Words) -> str:
    """How long somebody has been a customer."""
    days = figures.whole("tenure_days")
    if days is None:
        return words.gettext("a new customer")
    return words.ngettext("customer for {days} day", "customer for {days} days", days, days=days)


def rhythm(figures: Figures, words: Words) -> str:
    """What the days of purchase alone say, as the models of rhythm read them."""
    alive, silence = figures.get("alive_probability"), figures.get("silence_log_odds")
    if alive is not None and alive < PROBABLY_GONE:
        return words.gettext(
            "by the days of purchase alone, {share}% likely to have left for good",
            share=_percent(1 - alive),
        )
    if silence is not None:
        share = _percent(1 / (1 + math.exp(-silence)))
        return words.gettext("by the days of purchase alone, {share}% likely to stay silent", share=share)
    days = 1 + figures.count("repeat_purchase_days")
    return words.ngettext("bought on {days} day so far", "bought on {days} days so far", days, days=days)


def _percent(chance: float) -> int:
    """A chance as people say it: never a certainty, since no days of purchase can prove one."""
    return min(99, max(1, round(100 * chance)))
