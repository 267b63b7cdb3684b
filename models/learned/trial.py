"""What an experiment left behind: who got what, with what chance, and what came of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

CONTROL = "none"
ALIKE = 1.1  # face values within a tenth of one another are one
OTHER = -1  # the place of every arm that too few had: known to be another, and never a candidate


@dataclass(frozen=True)
class Trial:
    """n assignments of past campaigns.

    values: float32 [n, k], features just before the assignment, by `names`. arms: their names, the control
    first. arm: int64 [n], places among `arms`, or `OTHER`. propensity: float64 [n], the chance that this
    customer had of this arm. outcome: float64 [n], 1 retained or 0, or an amount. person: int64 [n], the same
    number for the same customer, who may have been in several campaigns. campaign: int64 [n], the number of
    each one's campaign from 0 up; all are of one where it is not told.
    """

    names: tuple[str, ...]
    values: NDArray[np.float32]
    arms: tuple[str, ...]
    arm: Integers
    propensity: Floats
    outcome: Floats
    person: Integers
    campaign: Integers | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` where lengths disagree, no control comes first, or a chance is none."""
        lengths = {len(self.values), *(len(each) for each in (self.arm, self.propensity, self.outcome))}
        if lengths != {len(self.person)} or self.values.shape[1] != len(self.names):
            raise ValueError("a trial's columns must have one row an assignment")
        if self.arms[0] != CONTROL:
            raise ValueError(f"the first arm must be `{CONTROL}`, not {self.arms[0]!r}")
        if not np.all((self.propensity > 0) & (self.propensity < 1)):
            raise ValueError("every propensity must lie between 0 and 1")

    def __len__(self) -> int:
        """Number of assignments."""
        return len(self.person)

    def rows(self, chosen: Flags | Integers) -> "Trial":
        """The assignments of a boolean mask or an index."""
        return Trial(
            self.names,
            self.values[chosen],
            self.arms,
            self.arm[chosen],
            self.propensity[chosen],
            self.outcome[chosen],
            self.person[chosen],
            None if self.campaign is None else self.campaign[chosen],
        )

    @property
    def treated(self) -> Flags:
        """Who got anything at all [n]."""
        return self.arm > 0

    @property
    def season(self) -> Integers:
        """The number of each one's campaign [n]."""
        return np.zeros(len(self), np.int64) if self.campaign is None else self.campaign

    @property
    def open(self) -> Flags:
        """Whether each arm, and nothing too, was drawn in the campaign of each row [arms, n]."""
        drawn = np.zeros((len(self.arms), int(self.season.max(initial=0)) + 1), np.bool_)
        of = self.arm != OTHER
        drawn[self.arm[of], self.season[of]] = True
        found: Flags = (drawn & drawn[0])[:, self.season]
        return found

    def averaged(self, of: Floats) -> Floats:
        """The mean over the arms beside the control that were open to each row, by their shares [n].

        of: float64 [arms − 1, n], or [arms − 1, 1] where all rows are alike.
        """
        given = self.shares[:, None] * self.open[1:]
        whole = given.sum(axis=0)
        averaged: Floats = (given * of).sum(axis=0) / np.where(whole > 0, whole, 1.0)
        return averaged

    def means_where_open(self, of: Floats) -> Floats:
        """The mean of each arm beside the control over the rows that it was open to [arms − 1]."""
        opened = self.open[1:]
        means: Floats = np.where(opened, of, 0.0).sum(axis=1) / np.maximum(1, opened.sum(axis=1))
        return means

    @property
    def shares(self) -> Floats:
        """Of those who got one of the arms beside the control, how many got which [arms − 1]."""
        many = np.bincount(self.arm[self.treated], minlength=len(self.arms))[1:]
        return np.asarray(many / max(1, many.sum()), dtype=np.float64)

    @property
    def binary(self) -> bool:
        """Whether the outcome is 0 or 1."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())


def folds_of(person: Integers, folds: int, seed: int) -> Integers:
    """A fold from 0 up for each row, the same for all rows of a person, of about equal size [n]."""
    people, place = np.unique(person, return_inverse=True)
    drawn: Integers = np.random.default_rng(seed).permutation(len(people)) % folds
    return drawn[place]
