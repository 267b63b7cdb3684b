"""The oracle of features on customers, surveys, contacts, offers, activity and contracts."""

from math import nan

from tests.oracles.feature_oracle_rows import (
    DAY,
    announced,
    days_of,
    different,
    fact,
    gaps_of,
    known_rows,
    mean,
    over,
    since_last,
    total,
    within,
)


def customer_features(tables, bought, s):
    versions = known_rows(tables, "customers", "known_at", "known_at", s)
    told = [row["signed_up_at"] for row in versions if row["signed_up_at"] is not None]
    days = (s - told[-1]) / DAY if told else nan
    tenure = (s - bought[0]["at"]) / DAY if bought else nan
    return {"signed_up_days": days, "days_to_first_purchase": days - tenure}


def survey_features(tables, s):
    rows = known_rows(tables, "surveys", "answered_at", "known_at", s)
    return {
        "surveys_365": len(within(rows, s, 365)),
        "days_since_survey": since_last(rows, s),
        **_scores("csat", rows, s),
        **_scores("nps", rows, s),
    }


def _scores(kind, rows, s):
    asked = [row for row in rows if row["kind"] == kind]
    return {
        f"{kind}_last": asked[-1]["score"] if asked else nan,
        f"{kind}_min_365": min((row["score"] for row in within(asked, s, 365)), default=nan),
        f"{kind}_change": asked[-1]["score"] - asked[0]["score"] if asked else nan,
    }


def contact_features(tables, orders, s):
    rows = known_rows(tables, "contacts", "contacted_at", "known_at", s)
    out = [row for row in rows if row["direction"] == "outbound"]
    inbound = [row for row in rows if row["direction"] == "inbound"]
    year, inbound_year = within(rows, s, 365), len(within(inbound, s, 365))
    return {
        **{f"contacts_out_{days}": len(within(out, s, days)) for days in (30, 90, 365)},
        **{f"contacts_in_{days}": len(within(inbound, s, days)) for days in (30, 90, 365)},
        "contacts_in_share_365": over(inbound_year, len(year)),
        "contacts_in_per_order_365": over(inbound_year, orders[365]),
        "contact_channels_365": different(year, "channel"),
        "days_since_contact_out": since_last(out, s),
        "days_since_contact_in": since_last(inbound, s),
    }


def offer_features(tables, orders, s):
    rows = known_rows(tables, "offers", "assigned_at", "known_at", s)
    made = [row for row in rows if row["arm"] != "none"]
    used = [row for row in made if fact(row, "redeemed_at", "redeemed_known_at", s) is not None]
    unused = [row for row in made if row not in used]
    last_used = max((row["redeemed_at"] for row in used), default=nan)
    return {
        "offers_90": len(within(made, s, 90)),
        "offers_365": len(within(made, s, 365)),
        "offers_redeemed_365": len(within(used, s, 365)),
        "offers_unused_90": len(within(unused, s, 90)),
        "offer_redeemed_share_all": over(len(used), len(made)),
        "offers_used_per_order_365": over(len(within(used, s, 365)), orders[365]),
        "offered_365": total(within(made, s, 365), "face_value_minor"),
        "days_since_offer": since_last(made, s),
        "days_since_redemption": (s - last_used) / DAY,
    }


def activity_features(tables, orders, s, zone):
    rows = known_rows(tables, "activity", "at", "known_at", s)
    of = {kind: [row for row in rows if row["kind"] == kind] for kind in ("visit", "use", "cart")}
    failed = {
        kind: [row for row in rows if row["kind"] == f"{kind}_failed"] for kind in ("checkout", "payment")
    }
    visits, uses, carts = of["visit"], of["use"], of["cart"]
    return {
        **_recent("visits", visits, s),
        "visit_trend_30": _trend(visits, s),
        "visit_days_90": len(days_of(within(visits, s, 90), zone)),
        "visits_per_order_90": over(len(within(visits, s, 90)), orders[90]),
        "days_since_visit": since_last(visits, s),
        **_recent("uses", uses, s),
        "use_trend_30": _trend(uses, s),
        "use_days_90": len(days_of(within(uses, s, 90), zone)),
        "days_since_use": since_last(uses, s),
        "use_silence_over_gap": over(since_last(uses, s), mean(gaps_of(uses, zone))),
        **_recent("carts", carts, s),
        "carts_per_order_90": over(len(within(carts, s, 90)), orders[90]),
        "days_since_cart": since_last(carts, s),
        **_recent("checkout_failed", failed["checkout"], s),
        **_recent("payment_failed", failed["payment"], s),
        "days_since_payment_failed": since_last(failed["payment"], s),
    }


def _recent(name, rows, s):
    return {f"{name}_{days}": len(within(rows, s, days)) for days in (30, 90)}


def _trend(rows, s):
    month = len(within(rows, s, 30))
    return over(month, len(within(rows, s, 90)) - month)


def contract_features(tables, s):
    rows = known_rows(tables, "contracts", "started_at", "known_at", s)
    over_now = [row for row in rows if fact(row, "ended_at", "ended_known_at", s) is not None]
    running = [row for row in rows if row not in over_now]
    ending = [row for row in running if announced(row, "ended_at", "ended_known_at", s) is not None]
    renewals = [row["renews_at"] for row in running if row not in ending and row["renews_at"] is not None]
    return {
        "contracts_running": len(running),
        "contracts_ending": len(ending),
        "contracts_ended": len(over_now),
        "days_since_contract_start": since_last(rows, s),
        "contract_age_days": (s - running[0]["at"]) / DAY if running else nan,
        "days_until_renewal": (min(renewals, default=nan) - s) / DAY,
        "days_until_contract_end": (min((row["ended_at"] for row in ending), default=nan) - s) / DAY,
        "days_since_contract_end": (s - max((row["ended_at"] for row in over_now), default=nan)) / DAY,
    }
