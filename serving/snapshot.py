"""What a server answers from: one scoring run, read from `data/serving` whole or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
from numpy.typing import NDArray

from models.domain.errors import MissingRelease
from models.domain.instants import last_day, to_micros
from models.domain.languages import Language
from models.learned.share_interval import SharesSeen
from models.policy.caps_table import RunCaps
from serving.columns import Columns
from serving.contact_calendar import Dates, special_dates
from serving.identities import NO_IDENTITIES, Identities
from serving.intervals import NOTHING_SEEN, interval_columns
from serving.judging import Judging
from serving.layout import PLAN_ONLY, RUN_WIDE, SCORES
from serving.manifest import PLAN_FILE, REBUILD, Manifest
from serving.open_complaints import OpenComplaint, open_complaints
from serving.rows import Read, readers
from serving.written import Written, written


@dataclass(frozen=True)
class Snapshot:
    """One scoring run: every customer's score, the plan in order of rank, and where to find a customer.

    judging: what judges customers anew, caps: what may be promised each of them as of the run; None for a
    folder of an earlier version. identities: whose the keys of other systems are. caps_rows: whose caps are
    where; the scores of whoever was erased are gone from their table, the caps are not.
    """

    manifest: Manifest
    scores: Columns
    plan: Columns
    score_rows: Mapping[str, int]
    plan_rows: Mapping[str, int]
    judging: Judging | None = None
    identities: Identities = NO_IDENTITIES
    shares: SharesSeen = NOTHING_SEEN
    caps: RunCaps | None = None
    caps_rows: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def read_scores(self) -> Mapping[str, Read]:
        """How to read what is answered of one row of the scores."""
        return readers(self.answered_scores)

    @cached_property
    def read_actions(self) -> Mapping[str, Read]:
        """How to read what is to be done from one row of the plan."""
        return readers(self.answered_actions)

    @cached_property
    def written_scores(self) -> Written:
        """What is answered of everybody's scores, as JSON."""
        return written(self.answered_scores)

    @cached_property
    def written_actions(self) -> Written:
        """What is to be done by the plan, as JSON."""
        return written(self.answered_actions)

    @cached_property
    def end(self) -> int:
        """The newest instant that the data speak for, microseconds."""
        return to_micros(self.as_of)

    @cached_property
    def answered_scores(self) -> Mapping[str, NDArray[Any]]:
        """What is answered of everybody's scores, by column."""
        stored = {name: self.scores[name] for name in SCORES if name not in RUN_WIDE}
        return {**stored, **interval_columns(self.shares, stored["churn_probability"])}

    @cached_property
    def answered_actions(self) -> Mapping[str, NDArray[Any]]:
        """What is to be done by the plan, by column."""
        return {name: self.plan[name] for name in PLAN_ONLY}

    @cached_property
    def waiting(self) -> tuple[OpenComplaint, ...]:
        """The open complaints, those of the most value at risk first, then by when an answer is due."""
        judging, at = self.judging_or_refuse(), to_micros(self.as_of)
        within = judging.desk.judge.policy.answer_within_hours
        found = open_complaints(judging.histories.every_row("complaints"), at, within)
        return tuple(self.by_value_at_risk(found))

    @cached_property
    def special_dates(self) -> Dates:
        """Birthdays and anniversaries by month and day."""
        versions = self.judging.histories.every_row("customers") if self.judging else ()
        return special_dates(versions, self.score_rows, self.timezone)

    def caps_row(self, customer_id: str) -> int | None:
        """The row of a customer among the run's caps; None of whom the run does not know, or not any more."""
        return self.caps_rows.get(customer_id) if customer_id in self.score_rows else None

    def was_drawn(self, customer_id: str, action: str) -> bool:
        """Whether the plan gives a customer this action."""
        row = self.plan_rows.get(customer_id)
        return row is not None and self.plan["recommended_action"][row] == action

    def by_value_at_risk(self, found: Iterable[OpenComplaint]) -> list[OpenComplaint]:
        """Complaints, those of the most value at risk first, then by when an answer is due."""
        return sorted(found, key=lambda one: (-self._at_risk(one.customer_id), one.answer_by))

    def _at_risk(self, customer_id: str) -> int:
        row = self.score_rows.get(customer_id)
        return 0 if row is None else int(self.scores["value_at_risk_minor"][row])

    def prepare(self) -> None:
        """Make now what the first answers would wait for, and give back the room that reading took."""
        self.written_scores, self.written_actions, self.end  # noqa: B018  # to be kept
        pa.default_memory_pool().release_unused()

    def judging_or_refuse(self) -> Judging:
        """What judges customers anew. Raises `MissingRelease` for a folder of an earlier version."""
        if self.judging is None:
            raise MissingRelease("the folder holds no histories of customers", remedy=REBUILD)
        return self.judging

    @property
    def release_id(self) -> str:
        """The release that made the scores."""
        return self.manifest.release_id

    @property
    def as_of(self) -> datetime:
        """The newest instant that the data speak for."""
        return self.manifest.as_of

    @property
    def knows_purchases(self) -> bool:
        """Whether customers are known by what they bought, rather than by one wide table."""
        return self.manifest.knows_purchases

    @property
    def language(self) -> Language:
        """The language that reasons are told in."""
        return self.manifest.language

    @property
    def timezone(self) -> str:
        """The shop's time zone (IANA), in which people count days."""
        return self.manifest.timezone

    @property
    def last_day(self) -> date:
        """The last local day that the data hold: what people call the date of the list."""
        return last_day(to_micros(self.as_of), self.timezone)

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.manifest.currency

    @property
    def run_id(self) -> str:
        """Names this very list: the plan's content, in which release and as-of stand in every row."""
        return self.manifest.files[PLAN_FILE][:16]
