"""A proposal for one table: which file it is, and how each of its columns is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.contract.columns import Table
from models.domain.vocabulary import IdentityKind
from pipelines.mapping_proposal.assignment import Match
from pipelines.mapping_proposal.looking import Looked
from pipelines.mapping_proposal.questions import Question


@dataclass(frozen=True)
class Planned:
    """How a column of the contract is read.

    setting: as it stands in a parameter file. headings: of the file's columns that it takes. score: how sure
    it is, 0 to 1. remark: what a person should know of it. shipped: by a preset, so it need not be written.
    """

    setting: Any
    headings: tuple[str, ...]
    score: float = 1.0
    remark: str = ""
    shipped: bool = False

    def with_setting(self, **more: Any) -> "Planned":
        """The same with more settings beside its column."""
        long = self.setting if isinstance(self.setting, dict) else {"column": self.setting}
        return Planned({**long, **more}, self.headings, self.score, self.remark)


@dataclass(frozen=True)
class TablePlan:
    """How one file becomes one table.

    missing: required columns that nothing was found for. settings: of the table beside file and columns
    (calendar, unit, where, identities…). suggestions: settings that a person may want, by a sentence.
    """

    declared: Table
    looked: Looked
    columns: Mapping[str, Planned]
    missing: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    suggestions: Mapping[str, Any] = field(default_factory=dict)
    unsure: tuple[Match, ...] = ()
    findings: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def taken(self) -> frozenset[str]:
        """The headings that something reads."""
        return frozenset(heading for planned in self.columns.values() for heading in planned.headings)

    @property
    def score(self) -> float:
        """How much speaks for this table: required columns count twice."""
        required = set(self.declared.required_names)
        return sum(
            planned.score * (2 if name in required else 1)
            for name, planned in self.columns.items()
            if planned.headings
        )

    @property
    def identity(self) -> IdentityKind | None:
        """The kind of key by which this table names its customers, None for their ids."""
        setting = self.columns["customer_id"].setting if "customer_id" in self.columns else None
        kind = setting.get("identity") if isinstance(setting, dict) else None
        return None if kind is None else IdentityKind(kind)
