"""Every feature of the catalogue once more: slow, obvious, and knowing nothing of declarations or kernel.

Rows are plain dictionaries with instants in microseconds. Each feature is written as one would say it.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isnan, nan, sqrt
from statistics import median
from zoneinfo import ZoneInfo

HOUR = 3_600_000_000
DAY = 24 * HOUR


def features(tables, snapshot, zone):
    """Name → float64 value of one customer, whose rows these are (by table)."""
    lines = _known(tables["orders"], "ordered_at", "known_at", snapshot)
    return {
        **_order_features(lines, snapshot, zone),
        **_complaint_features(
            _known(tables["complaints"], "opened_at", "opened_known_at", snapshot), snapshot
        ),
        **_contact_features(_known(tables["contacts"], "contacted_at", "known_at", snapshot), snapshot),
        **_offer_features(_known(tables["offers"], "assigned_at", "known_at", snapshot), snapshot),
    }


def has_purchase(orders, snapshot):
    return any(line["amount_minor"] > 0 for line in _known(orders, "ordered_at", "known_at", snapshot))


def _fact(row, fact, known, snapshot):
    """The fact's instant, or None as long as it has not happened or is not known."""
    at = row[fact]
    if at is None or at > snapshot or (row[known] is not None and row[known] > snapshot):
        return None
    return at


def _known(rows, fact, known, snapshot):
    """Rows known by the snapshot, oldest first, in the given order within an instant."""
    seen = [{**row, "at": row[fact]} for row in rows if _fact(row, fact, known, snapshot) is not None]
    return sorted(seen, key=lambda row: row["at"])


def _within(rows, snapshot, days):
    return [row for row in rows if row["at"] > snapshot - days * DAY]


def _over(numerator, denominator):
    return nan if denominator == 0 or isnan(denominator) else numerator / denominator


def _day(instant, zone):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    return moment.astimezone(ZoneInfo(zone)).date().toordinal()


def _total(rows, column):
    return sum(row[column] for row in rows if row[column] is not None)


def _different(rows, column):
    return len({row[column] for row in rows} - {None})


def _order_features(lines, s, zone):
    bought = [line for line in lines if line["amount_minor"] > 0]
    returned = [line for line in lines if line["amount_minor"] < 0]
    year, quarter = _within(bought, s, 365), _within(bought, s, 90)
    orders = _different(bought, "order_id")
    orders_90, orders_180 = (_different(_within(bought, s, days), "order_id") for days in (90, 180))
    spend, spend_90, spend_180 = (
        _total(rows, "amount_minor") for rows in (bought, quarter, _within(bought, s, 180))
    )
    refunds = -_total(_within(returned, s, 365), "amount_minor")
    last = bought[-1]["at"] if bought else nan
    last_amount = _total([line for line in bought if line["at"] == last], "amount_minor") if bought else nan
    days = sorted({_day(line["at"], zone) for line in bought})
    gaps = [later - earlier for earlier, later in pairwise(days)]
    recency, mean_gap, mean_amount = (s - last) / DAY, _over(sum(gaps), len(gaps)), _over(spend, orders)
    return {
        "recency_days": recency,
        "tenure_days": (s - bought[0]["at"]) / DAY if bought else nan,
        "orders_30": _different(_within(bought, s, 30), "order_id"),
        "orders_90": orders_90,
        "orders_180": orders_180,
        "orders_365": _different(year, "order_id"),
        "orders_all": orders,
        "orders_trend_90": _over(orders_90, orders_180 - orders_90),
        "spend_90": spend_90,
        "spend_365": _total(year, "amount_minor"),
        "spend_all": spend,
        "spend_trend_90": _over(spend_90, spend_180 - spend_90),
        "margin_365": _total(_within(lines, s, 365), "margin_minor"),
        "mean_order_amount": mean_amount,
        "last_order_amount": last_amount,
        "last_over_mean_amount": _over(last_amount, mean_amount),
        "gap_mean_days": mean_gap,
        "gap_deviation_days": _deviation(gaps),
        "recency_over_gap": _over(recency, mean_gap),
        "refunds_365": refunds,
        "returned_lines_365": len(_within(returned, s, 365)),
        "return_share_365": _over(refunds, _total(year, "amount_minor")),
        "items_365": _different(year, "item_id"),
        "items_all": _different(bought, "item_id"),
        "categories_365": _different(year, "category"),
        "categories_dropped_365": len(
            {line["category"] for line in bought} - {line["category"] for line in year} - {None}
        ),
        "lines_per_order": _over(len(bought), orders),
    }


def _deviation(gaps):
    n, total = len(gaps), sum(gaps)
    return sqrt(_over(n * sum(gap * gap for gap in gaps) - total * total, n * (n - 1))) if n > 1 else nan


def _complaint_features(rows, s):
    year = _within(rows, s, 365)
    answered = [_fact(row, "first_response_at", "first_response_known_at", s) for row in rows]
    waited = [(s if at is None else at) - row["at"] for row, at in zip(rows, answered, strict=True)]
    waited_year = waited[len(rows) - len(year) :]
    resolved = [_fact(row, "resolved_at", "resolved_known_at", s) for row in rows]
    reopened = [_fact(row, "reopened_at", "reopened_known_at", s) for row in rows]
    is_open = [
        end is None or (again is not None and again >= end)
        for end, again in zip(resolved, reopened, strict=True)
    ]
    ages = [s - row["at"] for row in rows]
    rated = [
        row
        for row, end in zip(rows, resolved, strict=True)
        if end is not None and row["satisfaction"] is not None
    ]
    return {
        "complaints_90": len(_within(rows, s, 90)),
        "complaints_365": len(year),
        "complaints_all": len(rows),
        "complaints_open": sum(is_open),
        "days_since_complaint": min(ages, default=nan) / DAY,
        "reopened_365": sum(at is not None for at in reopened[len(rows) - len(year) :]),
        "open_complaint_age_days": _oldest(ages, is_open),
        "unresolved_age_days": _oldest(ages, [at is None for at in resolved]),
        "unanswered_age_days": _oldest(ages, [at is None for at in answered]),
        "response_hours_median_365": median(waited_year) / HOUR if waited_year else nan,
        "response_hours_last": waited[-1] / HOUR if waited else nan,
        "response_hours_max_365": max(waited_year, default=nan) / HOUR,
        "late_response_share_all": _over(sum(wait > 5 * DAY for wait in waited), len(waited)),
        "satisfaction_last": rated[-1]["satisfaction"] if rated else nan,
        "satisfaction_min_365": min((row["satisfaction"] for row in _within(rated, s, 365)), default=nan),
    }


def _oldest(ages, chosen):
    return max((age for age, yes in zip(ages, chosen, strict=True) if yes), default=nan) / DAY


def _contact_features(rows, s):
    out = [row for row in rows if row["direction"] == "outbound"]
    inbound = [row for row in rows if row["direction"] == "inbound"]
    return {
        "contacts_out_30": len(_within(out, s, 30)),
        "contacts_out_90": len(_within(out, s, 90)),
        "contacts_in_90": len(_within(inbound, s, 90)),
        "days_since_contact_out": (s - out[-1]["at"]) / DAY if out else nan,
    }


def _offer_features(rows, s):
    made = [row for row in rows if row["arm"] != "none"]
    used = [row for row in made if _fact(row, "redeemed_at", "redeemed_known_at", s) is not None]
    return {
        "offers_365": len(_within(made, s, 365)),
        "offers_redeemed_365": len(_within(used, s, 365)),
        "days_since_offer": (s - made[-1]["at"]) / DAY if made else nan,
    }
