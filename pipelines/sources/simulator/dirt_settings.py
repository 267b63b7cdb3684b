"""How dirty the books of the simulated shop are: nothing, unless a setting says so."""

from dataclasses import dataclass

from models.domain.settings import in_range


@dataclass(frozen=True)
class DirtSettings:
    """Each kind of dirt is switched by a number above 0, and moves nothing that it does not touch.

    late_share: of facts, booked days after they happened. duplicate_share: of rows, written twice.
    corrected_share: of rows, written again with another value. clock_skew_minutes: by how much the clock of a
    system is wrong at most. level_shift: by which share customers order and visit less, from
    `level_shift_after_years` on. backlog: how much longer (0: not at all, 4: five times as long) complaints
    wait that come in the `backlog_weeks` from `backlog_after_years` on.
    """

    late_share: float = 0.0
    duplicate_share: float = 0.0
    corrected_share: float = 0.0
    clock_skew_minutes: float = 0.0
    level_shift: float = 0.0
    level_shift_after_years: float = 3.0
    backlog: float = 0.0
    backlog_after_years: float = 2.5
    backlog_weeks: int = 8

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for dirt that cannot be."""
        in_range("simulator.dirt.late_share", self.late_share, 0, 1)
        in_range("simulator.dirt.duplicate_share", self.duplicate_share, 0, 1)
        in_range("simulator.dirt.corrected_share", self.corrected_share, 0, 1)
        in_range("simulator.dirt.clock_skew_minutes", self.clock_skew_minutes, 0, 1_440)
        in_range("simulator.dirt.level_shift", self.level_shift, 0, 0.95)
        in_range("simulator.dirt.level_shift_after_years", self.level_shift_after_years, 0, 30)
        in_range("simulator.dirt.backlog", self.backlog, 0, 100)
        in_range("simulator.dirt.backlog_after_years", self.backlog_after_years, 0, 30)
        in_range("simulator.dirt.backlog_weeks", self.backlog_weeks, 1, 1_500)
