"""Are the propensities of a log what they say? Weighed by them, each arm must look like everybody.

For a right propensity e of arm a the mean of (1(A = a) ÷ e − 1)·g(x) is 0, whatever g. Looked at are the
share of customers itself and every feature's rank. What is off by more than chance, over all that was looked
at, says that the log is not what it says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from models.learned.trial import Floats, Trial

SURELY = 0.001  # how often a right log may be refused
SHARE = "the share of customers"


@dataclass(frozen=True)
class Imbalance:
    """What is off in an arm: by how many standard errors, and how many would be chance at most."""

    arm: str
    what: str
    errors: float
    allowed: float

    @property
    def words(self) -> str:
        """A sentence."""
        return (
            f"weighed by the logged propensities, {self.what} in arm `{self.arm}` is off by "
            f"{self.errors:.1f} standard errors; chance gives {self.allowed:.1f} at most"
        )


def imbalance(trial: Trial, arms: Collection[int] | None = None) -> Imbalance | None:
    """The worst of what is off by more than chance; None where nothing is.

    arms: places of the arms that every customer could have got; the control alone where None is told. What
    was open to some customers only cannot be looked at so.
    """
    looked_at = sorted(set(arms or ()) | {0})
    names = (SHARE, *(f"`{name}`" for name in trial.names))
    allowed = NormalDist().inv_cdf(1 - SURELY / (2 * len(looked_at) * len(names)))
    worst: Imbalance | None = None
    ranked = _ranks(trial)
    for arm in looked_at:
        off = (trial.arm == arm) / trial.propensity - 1.0
        errors = _errors(off, ranked)
        place = int(np.abs(errors).argmax())
        found = Imbalance(trial.arms[arm], names[place], float(abs(errors[place])), allowed)
        if found.errors > allowed and (worst is None or found.errors > worst.errors):
            worst = found
    return worst


def _errors(off: Floats, ranked: Floats) -> Floats:
    """How many standard errors each mean of off·g is from 0 [columns]."""
    products = off[:, None] * ranked
    deviation = products.std(axis=0)
    errors: Floats = products.mean(axis=0) * np.sqrt(len(off)) / np.where(deviation > 0, deviation, np.inf)
    return errors


def _ranks(trial: Trial) -> Floats:
    """A column of ones, then each feature's rank from −½ to ½, 0 where it has nothing to say [n, 1 + k]."""
    columns = [np.ones(len(trial))]
    for place in range(trial.values.shape[1]):
        values = trial.values[:, place]
        known = np.isfinite(values)
        of = np.sort(values[known])
        middle = (np.searchsorted(of, values) + np.searchsorted(of, values, side="right")) / 2
        columns.append(np.where(known, middle / max(1, len(of)) - 0.5, 0.0))
    return np.stack(columns, axis=1)
