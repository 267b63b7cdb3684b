"""The oracle of features on complaints: how many, how long the customer waited, how satisfied in the end."""

from math import nan
from statistics import median

from tests.oracles.feature_oracle_rows import (
    DAY,
    HOUR,
    announced,
    fact,
    over,
    since_last,
    within,
)

FACTS = ("first_response", "resolved", "followed_up", "reopened")


def _told(rows, s):
    """The rows with what was known of them at the snapshot: facts, promises, and what has no date."""
    return [_as_known(row, s) for row in rows]


def _as_known(row, s):
    known = {name: fact(row, f"{name}_at", f"{name}_known_at", s) for name in FACTS}
    known["promised"] = announced(row, "promised_at", "promised_known_at", s)
    known["came_due"] = fact(row, "promised_at", "promised_known_at", s)
    if known["resolved"] is not None:
        known |= {name: row[name] for name in ("reason", "severity", "satisfaction")}
        if row["satisfaction_known_at"] is not None and row["satisfaction_known_at"] > s:
            known["satisfaction"] = None
    else:
        known |= dict.fromkeys(("reason", "severity", "satisfaction"))
    return {"at": row["at"], **known}


def _is_open(row):
    again = row["reopened"] is not None and row["resolved"] is not None and row["reopened"] >= row["resolved"]
    return row["resolved"] is None or again


def _oldest(rows, s):
    return (s - rows[0]["at"]) / DAY if rows else nan


def _last(rows, column):
    told = [row[column] for row in rows if row[column] is not None]
    return told[-1] if told else nan


def complaint_features(known, orders, s):
    rows = _told(known, s)
    year = within(rows, s, 365)
    solved = [row["resolved"] for row in rows if row["resolved"] is not None]
    moments = {
        row["reason"]: {each["at"] for each in rows if each["reason"] == row["reason"]} for row in rows
    }
    return {
        "complaints_30": len(within(rows, s, 30)),
        "complaints_90": len(within(rows, s, 90)),
        "complaints_365": len(year),
        "complaints_all": len(rows),
        "complaints_per_order_365": over(len(year), orders[365]),
        "complaints_open": len([row for row in rows if _is_open(row)]),
        "days_since_complaint": since_last(rows, s),
        "days_since_resolved": (s - max(solved)) / DAY if solved else nan,
        "reopened_365": len([row for row in year if row["reopened"] is not None]),
        "reopened_share_all": over(sum(row["reopened"] is not None for row in rows), len(rows)),
        "open_complaint_age_days": _oldest([row for row in rows if _is_open(row)], s),
        "unresolved_age_days": _oldest([row for row in rows if row["resolved"] is None], s),
        "severity_last": _last(rows, "severity"),
        "severity_max_365": max(
            (row["severity"] for row in year if row["severity"] is not None), default=nan
        ),
        "complaint_reasons_repeated": sum(
            len(at) > 1 for reason, at in moments.items() if reason is not None
        ),
    }


def response_features(known, s):
    rows = _told(known, s)
    year = within(rows, s, 365)
    waits, waits_year = _waits(rows, "first_response", s), _waits(year, "first_response", s)
    solved, solved_year = _waits(rows, "resolved", s), _waits(year, "resolved", s)
    unanswered = [row for row in rows if row["first_response"] is None]
    resolved = [row for row in rows if row["resolved"] is not None]
    followed = [row["followed_up"] for row in rows if row["followed_up"] is not None]
    due = [row["came_due"] for row in unanswered if row["came_due"] is not None]
    promised = [row for row in rows if row["promised"] is not None]
    last, middle = (waits[-1] / HOUR if waits else nan), (median(waits_year) / HOUR if waits_year else nan)
    return {
        "unanswered_age_days": _oldest(unanswered, s),
        "response_hours_median_365": middle,
        "response_hours_last": last,
        "response_hours_max_365": max(waits_year, default=nan) / HOUR,
        "response_last_over_median_365": over(last, middle),
        "late_response_share_365": over(sum(wait > 5 * DAY for wait in waits_year), len(year)),
        "late_response_share_all": over(sum(wait > 5 * DAY for wait in waits), len(rows)),
        "prompt_response_share_all": over(sum(_answered_in_time(row, DAY) for row in rows), len(rows)),
        "resolution_hours_median_365": median(solved_year) / HOUR if solved_year else nan,
        "resolution_hours_last": solved[-1] / HOUR if solved else nan,
        "resolution_hours_max_365": max(solved_year, default=nan) / HOUR,
        "followed_up_share_all": over(sum(row["followed_up"] is not None for row in resolved), len(resolved)),
        "days_since_follow_up": (s - max(followed)) / DAY if followed else nan,
        "promises_kept_share_all": over(sum(_kept(row) for row in promised), len(promised)),
        "promises_broken_365": sum(
            row["promised"] < s and not _kept(row) for row in within(promised, s, 365)
        ),
        "promise_overdue_days": (s - min(due)) / DAY if due else nan,
    }


def _waits(rows, awaited, s):
    """How long each complaint took, or has taken until now."""
    return [(s if row[awaited] is None else row[awaited]) - row["at"] for row in rows]


def _answered_in_time(row, most):
    return row["first_response"] is not None and row["first_response"] - row["at"] <= most


def _kept(row):
    return row["first_response"] is not None and row["first_response"] <= row["promised"]


def rating_features(known, s):
    rated = [row for row in _told(known, s) if row["satisfaction"] is not None]
    ratings, year = [row["satisfaction"] for row in rated], within(rated, s, 365)
    return {
        "satisfaction_last": ratings[-1] if rated else nan,
        "satisfaction_min_365": min((row["satisfaction"] for row in year), default=nan),
        "satisfaction_mean_all": over(sum(ratings), len(ratings)),
        "satisfaction_change": ratings[-1] - ratings[0] if rated else nan,
        "rated_low_365": sum(row["satisfaction"] < 3 for row in year),
    }
