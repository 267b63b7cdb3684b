"""Are the propensities of a log what they say? Weighed by them, each arm must look like everybody.

For a right propensity e of arm a the mean of (1(A = a) ÷ e − 1)·g(x) is 0, whatever g. Looked at are the
share of customers itself, every feature's rank, and whether the feature is known at all. What is off by more
than chance, over all that was looked at, says that the log is not what it says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from models.learned.trial import Flags, Floats, Trial

SURELY = 0.001  # how often a right log may be refused
SHARE = "the share of customers"
FEWEST = 30  # where fewer are to be expected with an arm, or without it, chance is not normal
OFTEN = 0.005  # what is missing, or there, less often than this cannot be weighed against chance


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


def imbalance(trial: Trial, arms: Collection[int] | None = None, campaigns: int = 1) -> Imbalance | None:
    """The worst of what is off by more than chance; None where nothing is.

    arms: places of the arms that every customer could have got; the control alone where None is told. What
    was open to some customers only cannot be looked at so, nor can what fewer than `FEWEST` had to expect.
    campaigns: how many are looked at beside one another, lest one of many right ones be refused.
    """
    looked_at = sorted(set(arms or ()) | {0})
    names, ranked = _looked_at(trial)
    allowed = NormalDist().inv_cdf(1 - SURELY / (2 * len(looked_at) * len(names) * campaigns))
    worst: Imbalance | None = None
    for arm in looked_at:
        errors = _errors(trial.arm == arm, trial.propensity, ranked)
        place = int(np.abs(errors).argmax())
        found = Imbalance(trial.arms[arm], names[place], float(abs(errors[place])), allowed)
        if found.errors > allowed and (worst is None or found.errors > worst.errors):
            worst = found
    return worst


def _errors(had: Flags, propensity: Floats, ranked: Floats) -> Floats:
    """How many standard errors each mean of (1(A = a) ÷ e − 1)·g is from 0 [columns]; 0 where few had a.

    The chance of a is logged of those who had it [n] alone; by one over it they stand for everybody.
    """
    many, weight = len(had), 1 / propensity[had]
    none: Floats = np.zeros(ranked.shape[1])
    if not len(weight):
        return none
    rarity = float((weight * (weight - 1)).sum() / weight.sum())  # the mean of 1/e − 1 over everybody
    if min(many / (1 + rarity), float((weight - 1).sum())) < FEWEST:
        return none
    products = (np.where(had, 1 / propensity, 0.0) - 1.0)[:, None] * ranked
    variance = np.maximum(products.var(axis=0), rarity * (ranked**2).mean(axis=0))
    errors: Floats = products.mean(axis=0) * np.sqrt(many / np.where(variance > 0, variance, np.inf))
    return errors


def _looked_at(trial: Trial) -> tuple[list[str], Floats]:
    """What is looked at in words, and as columns: a one, and of each feature its rank, and if it is known.

    Ranks go from −½ to ½, 0 where the feature is not known. Features known of the same customers are one.
    """
    names, columns, patterns = [SHARE], [np.ones(len(trial))], set()
    for name, values in zip(trial.names, trial.values.T, strict=True):
        known = np.isfinite(values)
        names.append(f"`{name}`")
        columns.append(_rank(values, known))
        told = np.packbits(known).tobytes()
        if OFTEN < known.mean() < 1 - OFTEN and told not in patterns:
            patterns.add(told)
            names.append(f"whether `{name}` is known")
            columns.append(known - 0.5)
    return names, np.stack(columns, axis=1)


def _rank(values: NDArray[np.float32], known: Flags) -> Floats:
    of = np.sort(values[known])
    middle = (np.searchsorted(of, values) + np.searchsorted(of, values, side="right")) / 2
    return np.where(known, middle / max(1, len(of)) - 0.5, 0.0)
