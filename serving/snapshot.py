"""What a server answers from: one scoring run, read from `data/serving` whole or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from models.contract.storage import read_json
from models.domain.errors import DamagedRelease, MissingRelease, one_of
from models.domain.instants import last_day, to_micros
from models.domain.languages import Language
from models.domain.money import CURRENCY_EXPONENTS
from models.learned.share_interval import SharesSeen
from models.release import file_digest
from models.release_features import check_code
from serving.columns import Columns, read_columns
from serving.contact_calendar import Dates, special_dates
from serving.identities import NO_IDENTITIES, Identities, open_identities
from serving.intervals import NOTHING_SEEN, interval_columns, read_shares
from serving.judging import HISTORY, Judging, open_judging
from serving.layout import CODED, PLAN, PLAN_NEVER_NULL, PLAN_ONLY, RUN_WIDE, SCORES, SCORES_NEVER_NULL
from serving.open_complaints import OpenComplaint, open_complaints
from serving.rows import Read, readers
from serving.written import Written, written

MANIFEST = "serving.json"
SCORES_FILE = "scores.parquet"
PLAN_FILE = "plan.parquet"
FEATURES_FILE = "release/features.json"
REBUILD = "Run `make`, then start the server again."


class Manifest(BaseModel):
    """`serving.json`: which run the folder holds and the SHA-256 of its files by relative path.

    knows_purchases: false for a release of one wide table, which has no orders. language: that of reasons.
    """

    model_config = ConfigDict(frozen=True)

    release_id: str
    as_of: AwareDatetime
    currency: str
    timezone: str
    format: Literal[1]
    knows_purchases: bool = True
    language: Language = Language.ENGLISH
    phone_country_code: str | None = None
    files: dict[str, str]


@dataclass(frozen=True)
class Snapshot:
    """One scoring run: every customer's score, the plan in order of rank, and where to find a customer.

    judging: what judges customers anew; None for a folder of an earlier version. identities: whose the keys
    of other systems are.
    """

    manifest: Manifest
    scores: Columns
    plan: Columns
    score_rows: Mapping[str, int]
    plan_rows: Mapping[str, int]
    judging: Judging | None = None
    identities: Identities = NO_IDENTITIES
    shares: SharesSeen = NOTHING_SEEN

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


def load_snapshot(folder: Path) -> Snapshot:
    """Read and check the folder, and that this code computes what its release was trained on.

    Raises `MissingRelease` or `DamagedRelease`.
    """
    manifest = _read_manifest(folder)
    _check_files(folder, manifest)
    check_code(read_json(folder / FEATURES_FILE))
    scores = read_columns(folder / SCORES_FILE, SCORES)
    plan = read_columns(folder / PLAN_FILE, PLAN)
    for name, columns, never_null in (
        (SCORES_FILE, scores, SCORES_NEVER_NULL),
        (PLAN_FILE, plan, PLAN_NEVER_NULL),
    ):
        _check_one_run(name, columns, manifest)
        _check_codes(name, columns)
        _check_values(name, columns, never_null)
    if np.any(np.diff(plan["rank"]) <= 0):
        raise DamagedRelease(f"{PLAN_FILE} is not in order of rank", remedy=REBUILD)
    worth = bool(scores["lifetime_value_minor"].any() or scores["value_at_stake_minor"].any())
    found = Snapshot(
        manifest,
        scores,
        plan,
        _index(SCORES_FILE, scores),
        _index(PLAN_FILE, plan),
        open_judging(
            folder, manifest.release_id, knows_purchases=manifest.knows_purchases, worth_known=worth
        ),
        open_identities(folder / HISTORY, manifest.phone_country_code),
        read_shares(folder / "release"),
    )
    found.prepare()
    return found


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingRelease("there is nothing to serve yet", given=str(path), remedy=REBUILD)
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DamagedRelease(
            f"{path} cannot be read: {where} {first['msg']}".replace("  ", " "), remedy=REBUILD
        ) from error
    if manifest.currency not in CURRENCY_EXPONENTS:
        raise DamagedRelease(f"{path} names an unknown currency", given=manifest.currency, remedy=REBUILD)
    try:
        ZoneInfo(manifest.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DamagedRelease(
            f"{path} names an unknown time zone", given=manifest.timezone, remedy=REBUILD
        ) from error
    return manifest


def _check_files(folder: Path, manifest: Manifest) -> None:
    for name in sorted({SCORES_FILE, PLAN_FILE, FEATURES_FILE, *manifest.files}):
        path = folder / name
        if not path.is_file():
            raise MissingRelease("a file that answers need is missing", given=str(path), remedy=REBUILD)
        if file_digest(path) != manifest.files.get(name):
            raise DamagedRelease(
                f"{path} is not the file that {MANIFEST} describes",
                allowed=f"SHA-256 {manifest.files.get(name)}",
                remedy=REBUILD,
            )


def _check_one_run(name: str, columns: Columns, manifest: Manifest) -> None:
    as_of = np.datetime64(to_micros(manifest.as_of), "us")
    stated = {"currency": manifest.currency, "model_version": manifest.release_id, "as_of": as_of}
    for column in RUN_WIDE:
        other = columns[column] != stated[column]
        if np.any(other):
            raise DamagedRelease(
                f"{name} and {MANIFEST} do not belong to one run: they differ in {column}",
                allowed=str(stated[column]),
                given=str(columns[column][other][0]),
                remedy=REBUILD,
            )


def _check_codes(name: str, columns: Columns) -> None:
    for column, words in CODED.items():
        unknown = {word for word in set(columns[column]) if word is not None and word not in set(words)}
        if unknown:
            raise DamagedRelease(
                f"{name} has words in {column} that this version does not know",
                allowed=one_of(words),
                given=", ".join(sorted(unknown)),
                remedy=REBUILD,
            )


def _check_values(name: str, columns: Columns, never_null: tuple[str, ...]) -> None:
    for column in never_null:
        if np.any(columns.is_null(column)):
            raise DamagedRelease(f"{name} has rows without {column}", remedy=REBUILD)
    probability = columns["churn_probability"]
    if np.any((probability < 0) | (probability > 1)):
        raise DamagedRelease(f"{name} has a churn_probability that is none", allowed="0 to 1", remedy=REBUILD)
    if np.any(columns["incentive_cap_minor"] < 0):
        raise DamagedRelease(f"{name} has a negative incentive_cap_minor", remedy=REBUILD)


def _index(name: str, columns: Columns) -> dict[str, int]:
    """Row by customer. Raises `DamagedRelease` when a customer has two."""
    rows = {customer: row for row, customer in enumerate(columns["customer_id"])}
    if len(rows) != len(columns):
        raise DamagedRelease(f"{name} has more than one row for a customer", remedy=REBUILD)
    return rows
