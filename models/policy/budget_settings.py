"""What one plan may promise and ask for in all: section `policy.budgets`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.contract.tables import CHANNELS
from models.domain.errors import InvalidSetting, one_of
from models.domain.settings import in_range

BY_STAGE = "lifecycle_stage"
SEGMENTED_BY = (BY_STAGE, "region", "acquisition_channel")
MOST = 10**15


@dataclass(frozen=True)
class BudgetSettings:
    """Limits of one plan. Money is bounded as liability, in minor units; None or absent: no limit.

    total_minor: for everything together. segment_by: what parts customers into segments, and segments: the
    money of each that has a limit. campaigns: money by campaign of the actions. contacts: how many by
    channel. teams: how many cases each owner of actions can take.
    """

    total_minor: int | None = None
    segment_by: str = BY_STAGE
    segments: Mapping[str, int] = field(default_factory=dict)
    campaigns: Mapping[str, int] = field(default_factory=dict)
    contacts: Mapping[str, int] = field(default_factory=dict)
    teams: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a negative limit or something that nothing is limited by."""
        where = "policy.budgets"
        if self.total_minor is not None:
            in_range(f"{where}.total_minor", self.total_minor, 0, MOST)
        for name in ("segments", "campaigns", "contacts", "teams"):
            for key, limit in getattr(self, name).items():
                in_range(f"{where}.{name}.{key}", limit, 0, MOST)
        if self.segment_by not in SEGMENTED_BY:
            _refuse(f"`{where}.segment_by` is unknown", SEGMENTED_BY, self.segment_by)
        for channel in self.contacts:
            if channel not in CHANNELS:
                _refuse(f"`{where}.contacts` names no channel", CHANNELS, channel)


def _refuse(problem: str, allowed: Sequence[str], given: str) -> None:
    raise InvalidSetting(
        problem, allowed=one_of(allowed), given=given, remedy="Correct policy.budgets in params.yaml."
    )
