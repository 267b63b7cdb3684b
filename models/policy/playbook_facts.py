"""What the playbook reads of each customer beside the stage: facts of the books, and what raises the risk."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.str_]

ASKED = "days_since_asked"
APPROACHES = ("days_since_offer", "assigned_90", "given_90", "given_unused_90")
_WORDS = ("cause", "stated")


@dataclass(frozen=True)
class PlaybookFacts:
    """Features by their names, float64 [n], NaN where nothing is known.

    These are none: days_since_asked, the days since the customer was last asked why; `APPROACHES`, of the
    assignments of the last 90 days but answers to complaints: how many there were (assigned_90), with money
    (given_90) and not used so far (given_unused_90), and the days since the last one of any kind; cause, the
    `MainReason` that raises the risk most by the explanation of the score; stated, the one that the customer
    told lately. The last two are '' for none.
    """

    recency_days: Floats
    unanswered_age_days: Floats
    promise_overdue_days: Floats
    response_hours_last: Floats
    days_since_payment_failed: Floats
    days_until_renewal: Floats
    unit_price_trend_365: Floats
    csat_last: Floats
    nps_last: Floats
    days_since_survey: Floats
    days_since_complaint: Floats
    days_since_contact_in: Floats
    days_since_offer: Floats
    assigned_90: Floats
    given_90: Floats
    given_unused_90: Floats
    contacts_out_90: Floats
    contracts_running: Floats
    days_since_use: Floats
    days_since_asked: Floats
    cause: Words
    stated: Words

    @classmethod
    def from_columns(
        cls,
        columns: Mapping[str, NDArray[np.floating]],
        rows: int,
        cause: Words | None = None,
        stated: Words | None = None,
    ) -> "PlaybookFacts":
        """Pick the facts by name out of `columns`; what the source lacks becomes all NaN."""
        missing = np.full(rows, np.nan)
        found = {
            name: np.asarray(columns.get(name, missing), dtype=np.float64)
            for name in (*cls.names(), ASKED, *APPROACHES)
        }
        nothing = np.full(rows, "")
        return cls(
            **found,
            cause=nothing if cause is None else cause,
            stated=nothing if stated is None else stated,
        )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The features that the playbook looks at."""
        return tuple(field.name for field in fields(cls) if field.name not in (ASKED, *APPROACHES, *_WORDS))
