"""When to look back: training snapshots, backtest cuts and the validated value window.

Everything follows from the newest instant the data can speak for. Snapshots are local midnights on one
grid that ends a churn horizon before that day, so the newest training label has just closed:

    as_of - H - k·spacing,   k = 0, 1, 2, …

Where no horizon has closed yet, churn is learned from shorter labels: half of the log, so that as much lies
behind their snapshot as ahead of it.

A cut is a snapshot at which a model is judged: it may train only on snapshots whose label window had
closed by then (the embargo, `snapshot + window <= cut`). A short log has no cuts, and a very short one no
closed window at all; the schedule then says what is missing, in days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from models.domain.errors import Leakage
from models.domain.instants import local_date, local_midnight
from models.domain.settings import in_range

BACKTESTS_TO_VALIDATE = 3
LEAST_LABEL_DAYS = 28  # four weeks: in fewer, who is silent and who merely waits look alike

_BY_CUT = ("churn_training", "value_training", "churn_at_value_cuts")


@dataclass(frozen=True)
class SnapshotSettings:
    """How densely to look back.

    spacing_days: distance of training snapshots (moved to a divisor of the horizon where one is near).
    min_history_days: how much log a snapshot needs behind it. stacked: training snapshots per churn fit.
    stacked_value: the same per value fit. churn_cuts: how many churn backtests at most, the last untouched.
    value_cut_spacing_days: distance of value backtests. windows_days: value windows to try, longest first.
    """

    spacing_days: int
    min_history_days: int
    stacked: int
    stacked_value: int
    churn_cuts: int
    value_cut_spacing_days: int
    max_value_cuts: int
    windows_days: tuple[int, ...]

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for what cannot work."""
        in_range("snapshots.spacing_days", self.spacing_days, 1, 365)
        in_range("snapshots.min_history_days", self.min_history_days, 1, 3650)
        in_range("snapshots.stacked", self.stacked, 1, 100)
        in_range("snapshots.stacked_value", self.stacked_value, 1, 100)
        in_range("snapshots.churn_cuts", self.churn_cuts, 1, 50)
        in_range("snapshots.value_cut_spacing_days", self.value_cut_spacing_days, 1, 365)
        in_range("snapshots.max_value_cuts", self.max_value_cuts, 3, 100)
        for days in self.windows_days:
            in_range("snapshots.windows_days", days, 1, 3650)


@dataclass(frozen=True)
class Schedule:
    """Every instant at which features are read, and what each is for (microseconds).

    `churn_training` and `value_training` map each cut to the snapshots that its models may train on;
    `churn_at_value_cuts` does so for the churn models that value backtests need, since lifetime value
    contains p. `final_*_training` are those of the models that are released; empty where no window has
    closed. `window_days` is W; `validated` says whether three backtests over W closed. `unjudged` says why
    churn is judged at no cut, `unlearned` why it cannot even be learned over its horizon; both are empty
    where it can. `label_days`: how far labels of churn reach where they fall short of the horizon.
    """

    as_of: int
    scoring: int
    horizon_days: int
    spacing_days: int
    window_days: int
    validated: bool
    window_reason: str
    churn_training: Mapping[int, tuple[int, ...]]
    value_training: Mapping[int, tuple[int, ...]]
    churn_at_value_cuts: Mapping[int, tuple[int, ...]]
    final_churn_training: tuple[int, ...]
    final_value_training: tuple[int, ...]
    unjudged: str = ""
    unlearned: str = ""
    label_days: int | None = None

    @property
    def learned_days(self) -> int:
        """How far labels of churn reach: over the horizon, unless no such window has closed."""
        return self.label_days or self.horizon_days

    @property
    def churn_cuts(self) -> tuple[int, ...]:
        """Cuts at which churn is judged, oldest first."""
        return tuple(sorted(self.churn_training))

    @property
    def value_cuts(self) -> tuple[int, ...]:
        """Cuts at which value over W is judged, oldest first."""
        return tuple(sorted(self.value_training))

    @property
    def final_cut(self) -> int | None:
        """The newest churn cut: no choice may look at it. None where the log is too short for one."""
        return self.churn_cuts[-1] if self.churn_training else None

    @property
    def snapshots(self) -> tuple[int, ...]:
        """Every snapshot at which features are needed, oldest first, the scoring snapshot last."""
        needed = {self.scoring, *self.final_churn_training, *self.final_value_training}
        for name in _BY_CUT:
            for cut, group in getattr(self, name).items():
                needed.update((cut, *group))
        return tuple(sorted(needed))

    def to_json(self) -> dict[str, object]:
        """Plain values for `data/features/schedule.json`."""
        plain: dict[str, object] = dict(vars(self))
        for name in _BY_CUT:
            plain[name] = {str(cut): list(group) for cut, group in getattr(self, name).items()}
        for name in ("final_churn_training", "final_value_training"):
            plain[name] = list(getattr(self, name))
        return plain

    @staticmethod
    def from_json(values: Mapping[str, object]) -> "Schedule":
        """The inverse of `to_json`."""
        arguments: dict[str, object] = dict(values)
        for name in _BY_CUT:
            stored: Mapping[str, list[int]] = arguments[name]  # type: ignore[assignment]  # as to_json wrote it
            arguments[name] = {int(cut): tuple(group) for cut, group in stored.items()}
        for name in ("final_churn_training", "final_value_training"):
            arguments[name] = tuple(arguments[name])  # type: ignore[arg-type]  # as to_json wrote it
        return Schedule(**arguments)  # type: ignore[arg-type]  # as to_json wrote it


@dataclass(frozen=True)
class _Grid:
    """Snapshots by days before the as-of day, of a log that is `history` days long.

    A snapshot needs `behind` days of log behind it.
    """

    today: date
    zone: str
    history: int
    behind: int
    horizon: int
    spacing: int

    def instant(self, days_back: int) -> int:
        return local_midnight(self.today - timedelta(days=days_back), self.zone)

    def at_or_before(self, days_back: int) -> int:
        """The newest grid point at least `days_back` days ago."""
        steps = -(-max(0, days_back - self.horizon) // self.spacing)
        return self.horizon + steps * self.spacing

    def training(self, days_back: int, count: int) -> tuple[int, ...]:
        """Instants of up to `count` usable grid points at least `days_back` ago, newest first."""
        start = self.at_or_before(days_back)
        offsets = (start + step * self.spacing for step in range(count))
        return tuple(self.instant(offset) for offset in offsets if offset + self.behind <= self.history)

    def closed(self, window: int, count: int) -> tuple[int, ...]:
        """What a released model may train on, newest first.

        Where no closed snapshot has enough history behind it, the newest one with any: better a few days of
        everybody's past than nothing. None where no window has closed.
        """
        found = self.training(window, count)
        return found or ((self.instant(window),) if self.history > window else ())

    def needed(self, window: int, step: int, cuts: int) -> int:
        """How many days a log must have for that many cuts, `step` days apart, to close."""
        oldest_cut = self.at_or_before(window) + (cuts - 1) * step
        return self.behind + self.at_or_before(oldest_cut + max(window, self.horizon))

    def cuts(self, window: int, step: int, most: int, stacked: int) -> dict[int, tuple[int, ...]]:
        """Days back of each cut that a window after it and a training window before it have closed for.

        A value cut needs the churn model of its instant too, whose horizon may be longer than its own window.
        """
        found: dict[int, tuple[int, ...]] = {}
        for number in range(most):
            cut = self.at_or_before(window) + number * step
            training = self.training(cut + window, stacked)
            if training and self.training(cut + self.horizon, 1):
                found[cut] = training
        return found


def build_schedule(
    as_of: int, first_order_at: int, zone: str, horizon_days: int, settings: SnapshotSettings
) -> Schedule:
    """Lay out snapshots, cuts and the validated window for a log from `first_order_at` to `as_of`."""
    grid = _grid(as_of, first_order_at, zone, horizon_days, settings)
    step = _whole_steps(horizon_days, grid.spacing)
    churn = grid.cuts(horizon_days, step, settings.churn_cuts, settings.stacked)
    window, value, reason = _validated_window(grid, horizon_days, settings)
    label_days = _label_days(grid)
    learned = replace(grid, horizon=label_days or horizon_days)
    return Schedule(
        as_of=as_of,
        scoring=as_of,
        horizon_days=horizon_days,
        spacing_days=grid.spacing,
        window_days=window,
        validated=len(value) >= BACKTESTS_TO_VALIDATE,
        window_reason=reason,
        churn_training=_at_instants(grid, churn),
        value_training=_at_instants(grid, value),
        churn_at_value_cuts={
            grid.instant(cut): grid.training(cut + horizon_days, settings.stacked) for cut in value
        },
        final_churn_training=learned.closed(learned.horizon, settings.stacked),
        final_value_training=grid.closed(window, settings.stacked_value),
        unjudged=_short_of(grid, grid.needed(horizon_days, step, 1), "no backtest has closed"),
        unlearned=_short_of(grid, horizon_days + 1, f"no window of {horizon_days} days has closed"),
        label_days=label_days,
    )


def _label_days(grid: _Grid) -> int | None:
    """Half of a log in which no horizon has closed; None where one has, or where half is too little."""
    half = grid.history // 2
    return half if half >= LEAST_LABEL_DAYS and grid.history <= grid.horizon else None


def _grid(as_of: int, first_order_at: int, zone: str, horizon_days: int, settings: SnapshotSettings) -> _Grid:
    spacing = _spacing(horizon_days, settings.spacing_days)
    today = local_date(as_of, zone)
    history = (today - local_date(first_order_at, zone)).days
    return _Grid(today, zone, history, settings.min_history_days, horizon_days, spacing)


def _short_of(grid: _Grid, needed: int, so: str) -> str:
    """What follows from a log that is too short, and by how much; '' of one that is long enough."""
    return f"{so}: needs {needed} days of log, has {grid.history}" if grid.history < needed else ""


def _spacing(horizon_days: int, wanted: int) -> int:
    """The divisor of the horizon nearest to the wanted spacing, if one lies within half of it.

    Then cuts lie exactly a horizon apart. A horizon without such a divisor (a prime, say) gets the spacing
    wanted, and its cuts the next whole number of steps.
    """
    near = [days for days in range(1, horizon_days + 1) if horizon_days % days == 0]
    near = [days for days in near if abs(days - wanted) <= wanted / 2]
    return min(near, key=lambda days: abs(days - wanted), default=wanted)


def _whole_steps(days: int, spacing: int) -> int:
    return -(-days // spacing) * spacing


def _at_instants(grid: _Grid, cuts: Mapping[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    return {grid.instant(cut): training for cut, training in cuts.items()}


def _validated_window(
    grid: _Grid, horizon_days: int, settings: SnapshotSettings
) -> tuple[int, dict[int, tuple[int, ...]], str]:
    """The longest window for which three backtests have closed, its cuts, and why it is that one."""
    step = _whole_steps(settings.value_cut_spacing_days, grid.spacing)
    tried: list[str] = []
    windows = sorted({*settings.windows_days, horizon_days}, reverse=True)
    for window in windows:
        cuts = grid.cuts(window, step, settings.max_value_cuts, settings.stacked_value)
        if len(cuts) >= BACKTESTS_TO_VALIDATE:
            longer = f"; not yet validated: {', '.join(tried)}" if tried else ""
            return window, cuts, f"{len(cuts)} backtests of {window} days have closed{longer}"
        tried.append(f"{window} days ({len(cuts)} closed)")
    needed = min(grid.needed(window, step, BACKTESTS_TO_VALIDATE) for window in windows)
    so = f"no window has {BACKTESTS_TO_VALIDATE} closed backtests ({', '.join(tried)}), nothing is spendable"
    reason = _short_of(grid, needed, so)
    cuts = grid.cuts(horizon_days, step, settings.max_value_cuts, settings.stacked_value)
    return horizon_days, cuts, reason


def check_embargo(snapshots: tuple[int, ...], window_days: int, cut: int, zone: str) -> None:
    """Raise `Leakage` if a training label of `window_days` had not closed at `cut`."""
    for snapshot in snapshots:
        closes = local_midnight(local_date(snapshot, zone) + timedelta(days=window_days), zone)
        if closes > cut:
            raise Leakage(
                "a training label closes after the cut at which the model is judged",
                given=f"{local_date(snapshot, zone)} + {window_days} days, cut {local_date(cut, zone)}",
                remedy="Train only on snapshots whose window has closed.",
            )
