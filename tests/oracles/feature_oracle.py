"""Every feature of the catalogue once more: slow, obvious, and knowing nothing of declarations or kernel.

Rows are plain dictionaries with instants in microseconds; a column that is absent is empty. Each feature is
written as one would say it: here what is bought, in `feature_oracle_service` how the customer was served, in
`feature_oracle_dealings` the rest.
"""

from math import nan, sqrt

from tests.oracles.feature_oracle_articles import article_features
from tests.oracles.feature_oracle_dealings import (
    activity_features,
    contact_features,
    contract_features,
    customer_features,
    offer_features,
    survey_features,
)
from tests.oracles.feature_oracle_rows import (
    DAY,
    days_of,
    different,
    gaps_of,
    known_rows,
    mean,
    over,
    since_last,
    total,
    within,
)
from tests.oracles.feature_oracle_service import complaint_features, rating_features, response_features


def features(tables, snapshot, zone, populations=()):
    """Name → float64 value of one customer, whose rows these are (by table).

    populations: what was counted of articles, oldest first.
    """
    lines = known_rows(tables, "orders", "ordered_at", "known_at", snapshot)
    bought = [line for line in lines if line["amount_minor"] > 0]
    orders = {days: different(within(bought, snapshot, days), "order_id") for days in (90, 365)}
    complaints = known_rows(tables, "complaints", "opened_at", "opened_known_at", snapshot)
    return {
        **_purchases(bought, snapshot, zone),
        **_margin(lines, snapshot),
        **_rhythm(bought, snapshot, zone),
        **_returns(lines, bought, snapshot),
        **_articles(bought, snapshot),
        **article_features(bought, snapshot, populations),
        **_baskets(bought, snapshot),
        **customer_features(tables, bought, snapshot),
        **complaint_features(complaints, orders, snapshot),
        **response_features(complaints, snapshot),
        **rating_features(complaints, snapshot),
        **survey_features(tables, snapshot),
        **contact_features(tables, orders, snapshot),
        **offer_features(tables, orders, snapshot),
        **activity_features(tables, orders, snapshot, zone),
        **contract_features(tables, snapshot),
    }


def has_purchase(orders, snapshot):
    lines = known_rows({"orders": orders}, "orders", "ordered_at", "known_at", snapshot)
    return any(line["amount_minor"] > 0 for line in lines)


def _purchases(bought, s, zone):
    rows = {days: within(bought, s, days) for days in (30, 90, 180, 365, 730)}
    orders = {days: different(some, "order_id") for days, some in rows.items()}
    spend = {days: total(some, "amount_minor") for days, some in rows.items()}
    all_orders, all_spend = different(bought, "order_id"), total(bought, "amount_minor")
    orders_before, spend_before = orders[730] - orders[365], spend[730] - spend[365]
    tenure = (s - bought[0]["at"]) / DAY if bought else nan
    last = total([line for line in bought if line["at"] == bought[-1]["at"]], "amount_minor")
    last_amount = last if bought else nan
    mean_year, mean_ever = over(spend[365], orders[365]), over(all_spend, all_orders)
    return {
        "recency_days": since_last(bought, s),
        "tenure_days": tenure,
        **{f"orders_{days}": orders[days] for days in (30, 90, 180, 365)},
        "orders_all": all_orders,
        "orders_year_before": orders_before,
        "orders_trend_90": over(orders[90], orders[180] - orders[90]),
        "orders_trend_365": over(orders[365], orders_before),
        "orders_per_day": over(all_orders, tenure),
        "purchase_days_365": len(days_of(rows[365], zone)),
        **{f"spend_{days}": spend[days] for days in (30, 90, 365)},
        "spend_all": all_spend,
        "spend_trend_90": over(spend[90], spend[180] - spend[90]),
        "spend_trend_365": over(spend[365], spend_before),
        "mean_order_amount": mean_ever,
        "mean_order_amount_365": mean_year,
        "mean_amount_trend_365": over(mean_year, over(spend_before, orders_before)),
        "last_order_amount": last_amount,
        "last_over_mean_amount": over(last_amount, mean_ever),
    }


def _margin(lines, s):
    year = within(lines, s, 365)
    kept = [line for line in year if line["margin_minor"] is not None]
    return {
        "margin_90": total(within(lines, s, 90), "margin_minor"),
        "margin_365": total(year, "margin_minor"),
        "margin_share_365": over(total(year, "margin_minor"), total(kept, "amount_minor")),
    }


def _rhythm(bought, s, zone):
    gaps, gaps_year = gaps_of(bought, zone), gaps_of(bought, zone, ended_after=s - 365 * DAY)
    recency, average, spread = since_last(bought, s), mean(gaps), _deviation(gaps)
    longest = max(gaps, default=nan)
    return {
        "gap_mean_days": average,
        "gap_deviation_days": spread,
        "gap_variation": over(spread, average),
        "gap_longest_days": longest,
        "gap_trend_365": over(mean(gaps_year), average),
        "recency_over_gap": over(recency, average),
        "recency_over_longest_gap": over(recency, longest),
        "recency_in_deviations": over(recency - average, spread),
        "repeat_purchase_days": len(gaps),
        "buying_span_days": sum(gaps),
    }


def _deviation(gaps):
    n, added = len(gaps), sum(gaps)
    return sqrt(over(n * sum(gap * gap for gap in gaps) - added * added, n * (n - 1))) if n > 1 else nan


def _returns(lines, bought, s):
    returned = [line for line in lines if line["amount_minor"] < 0]
    refunds = {days: -total(within(returned, s, days), "amount_minor") for days in (90, 365)}
    year, returned_year = within(bought, s, 365), within(returned, s, 365)
    return {
        "refunds_90": refunds[90],
        "refunds_365": refunds[365],
        "returned_lines_365": len(returned_year),
        "return_share_365": over(refunds[365], total(year, "amount_minor")),
        "return_share_all": over(-total(returned, "amount_minor"), total(bought, "amount_minor")),
        "returned_line_share_365": over(len(returned_year), len(year)),
        "days_since_return": since_last(returned, s),
    }


def _articles(bought, s):
    quarter, year, two_years = (within(bought, s, days) for days in (90, 365, 730))
    items, items_year = _moments(bought, "item_id"), _moments(year, "item_id")
    items_quarter, items_two = _moments(quarter, "item_id"), _moments(two_years, "item_id")
    kinds, kinds_year = _moments(bought, "category"), _moments(year, "category")
    kinds_quarter, kinds_two = _moments(quarter, "category"), _moments(two_years, "category")
    return {
        "items_90": len(items_quarter),
        "items_365": len(items_year),
        "items_all": len(items),
        "items_new_90": _new(items, s - 90 * DAY),
        "items_new_365": _new(items, s - 365 * DAY),
        "item_new_share_365": over(_new(items, s - 365 * DAY), len(items_year)),
        "item_repeat_share_365": over(_repeated(items_year), len(items_year)),
        "item_repeat_share_all": over(_repeated(items), len(items)),
        "item_kept_share_365": over(len(items_year), len(items_two)),
        "items_given_up_365": len(items_two.keys() - items_year.keys()),
        "categories_365": len(kinds_year),
        "categories_new_365": _new(kinds, s - 365 * DAY),
        "categories_dropped_365": len(kinds.keys() - kinds_year.keys()),
        "categories_given_up_365": len(kinds_two.keys() - kinds_year.keys()),
        "category_kept_share_365": over(len(kinds_year), len(kinds_two)),
        "category_kept_share_90": over(len(kinds_quarter), len(kinds_year)),
    }


def _moments(rows, column):
    """The moments at which each key was bought."""
    moments = {}
    for row in rows:
        if row[column] is not None:
            moments.setdefault(row[column], set()).add(row["at"])
    return moments


def _new(moments, after):
    return sum(min(at) > after for at in moments.values())


def _repeated(moments):
    return sum(len(at) > 1 for at in moments.values())


def _baskets(bought, s):
    year = within(bought, s, 365)
    lines, lines_year = (over(len(rows), different(rows, "order_id")) for rows in (bought, year))
    counted = [line for line in within(bought, s, 730) if line["units"] is not None and line["units"] > 0]
    units = total(within(counted, s, 365), "units")
    earlier = [line for line in counted if line["at"] <= s - 365 * DAY]
    price = over(total(within(counted, s, 365), "amount_minor"), units)
    return {
        "lines_per_order": lines,
        "lines_over_mean_365": over(lines_year, lines),
        "units_per_order_365": over(units, different(within(counted, s, 365), "order_id")),
        "unit_price_365": price,
        "unit_price_trend_365": over(price, over(total(earlier, "amount_minor"), total(earlier, "units"))),
    }
