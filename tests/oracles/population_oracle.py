"""Statistics of articles once more, from rows in plain words: slow, obvious, knowing nothing of the fit."""

from collections import defaultdict
from fractions import Fraction

from tests.oracles.feature_oracle_rows import DAY, known_rows, within

ORDER = ("popularity", "age_days", "launched", "repeat_rate", "return_rate", "price_level")


def statistics(rows, snapshot):
    """Article → its statistics as fractions, and under None those of all others together."""
    lines = [
        line for line in known_rows(rows, "orders", "ordered_at", "known_at", snapshot) if line["item_id"]
    ]
    bought = [line for line in lines if line["amount_minor"] > 0]
    recent = within(bought, snapshot, 365)
    prices = _mean_prices(recent)
    told = {
        item: _of_item([line for line in lines if line["item_id"] == item], recent, prices, snapshot)
        for item in sorted({line["item_id"] for line in bought})
    }
    told[None] = _of_others(lines, bought)
    return told


def most_popular(rows, snapshot):
    """Articles by customers of the last year, by customers ever, by name."""
    bought = [
        line
        for line in known_rows(rows, "orders", "ordered_at", "known_at", snapshot)
        if line["item_id"] and line["amount_minor"] > 0
    ]
    ever, recent = _buyers(bought), _buyers(within(bought, snapshot, 365))
    return sorted(ever, key=lambda item: (-len(recent.get(item, ())), -len(ever[item]), item))


def _of_item(lines, recent, prices, snapshot):
    own = [line for line in lines if line["amount_minor"] > 0]
    own_recent = within(own, snapshot, 365)
    returned = [line for line in lines if line["amount_minor"] < 0]
    everyone = {line["customer_id"] for line in recent}
    age = snapshot - min(line["ordered_at"] for line in own)
    expected = sum(_units(line) * prices[line["category"]] for line in own_recent)
    buyers, again = _buyers_and_those_who_came_back(own)
    return {
        "popularity": Fraction(len({line["customer_id"] for line in own_recent}), len(everyone) or 1),
        "age_days": Fraction(age, DAY),
        "launched": Fraction(age < 90 * DAY),
        "repeat_rate": Fraction(again, buyers),
        "return_rate": Fraction(len(returned), len(own)),
        "price_level": sum(line["amount_minor"] for line in own_recent) / expected
        if expected
        else Fraction(1),
    }


def _of_others(lines, bought):
    buyers, again = _buyers_and_those_who_came_back(bought)
    returned = sum(line["amount_minor"] < 0 for line in lines)
    return {
        "popularity": Fraction(0),
        "age_days": Fraction(0),
        "launched": Fraction(1),
        "repeat_rate": Fraction(again, buyers or 1),
        "return_rate": Fraction(returned if bought else 0, len(bought) or 1),
        "price_level": Fraction(1),
    }


def _buyers(lines):
    buyers = defaultdict(set)
    for line in lines:
        buyers[line["item_id"]].add(line["customer_id"])
    return buyers


def _buyers_and_those_who_came_back(lines):
    moments = defaultdict(set)
    for line in lines:
        moments[line["customer_id"], line["item_id"]].add(line["ordered_at"])
    return len(moments), sum(len(of_one) > 1 for of_one in moments.values())


def _mean_prices(lines):
    """Category → what one unit brought on average."""
    amounts, units = defaultdict(int), defaultdict(int)
    for line in lines:
        amounts[line["category"]] += line["amount_minor"]
        units[line["category"]] += _units(line)
    return {category: Fraction(amounts[category], units[category]) for category in amounts}


def _units(line):
    return max(1, line["units"] if line["units"] is not None else 1)
