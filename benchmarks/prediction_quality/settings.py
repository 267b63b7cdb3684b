"""What is asked: logs, cuts, horizons, and what was wanted. Days count from a log's first midnight."""

from collections.abc import Mapping
from dataclasses import dataclass

FOLDS = 3


@dataclass(frozen=True)
class Wanted:
    """Figures to reach, and to hope for: AUC, log-loss, and normalised Gini of value (None: not asked)."""

    auc: float
    log_loss: float
    gini: float | None = None


@dataclass(frozen=True)
class Setting:
    """One row of the table.

    horizon_days: over which silence, and spending, are foretold. training: snapshots to learn from by cut;
    none where customers are dealt into three folds. label_days: how far labels reach, where not over the
    horizon.
    """

    name: str
    source: str
    horizon_days: int
    training: Mapping[int, tuple[int, ...]]
    wanted: Wanted
    stretch: Wanted
    label_days: int | None = None

    @property
    def snapshots(self) -> tuple[int, ...]:
        """Every day at which features are read with labels over the horizon."""
        return tuple(sorted({*self.training, *(day for group in self.training.values() for day in group)}))


def back_from(day: int, count: int, first: int = 60) -> tuple[int, ...]:
    """Training snapshots a fortnight apart, the newest first, with two months of log behind each."""
    return tuple(at for at in (day - 15 * step for step in range(count)) if at >= first)


SETTINGS = (
    Setting(
        "CDNOW, T 272, H 273, three folds of customers",
        "cdnow",
        273,
        {272: ()},
        Wanted(0.772, 0.490, 0.722),
        Wanted(0.773, 0.489, 0.725),
    ),
    Setting(
        "CDNOW, T 364, H 182",
        "cdnow",
        182,
        {364: (98, 126, 154, 182)},
        Wanted(0.807, 0.412, 0.762),
        Wanted(0.808, 0.410, 0.766),
    ),
    Setting(
        "CDNOW, T 272, H 273, labels of 91 days",
        "cdnow",
        273,
        {272: (139, 153, 167, 181)},
        Wanted(0.768, 0.501),
        Wanted(0.772, 0.493),
        label_days=91,
    ),
    Setting(
        "Online Retail, H 90, two cuts",
        "online_retail",
        90,
        {cut: back_from(cut - 90, 6) for cut in (193, 283)},
        Wanted(0.753, 0.599, 0.812),
        Wanted(0.760, 0.590, 0.818),
    ),
    Setting(
        "Online Retail, H 60, three cuts",
        "online_retail",
        60,
        {cut: back_from(cut - 60, 6) for cut in (193, 253, 313)},
        Wanted(0.753, 0.578, 0.801),
        Wanted(0.760, 0.572, 0.808),
    ),
)
