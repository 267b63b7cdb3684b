"""A light world of offers whose truth is known: customers, what they show, and what each offer does to them.

After the laws of the embedded simulator (pipelines/sources/simulator/campaigns.py): an offer keeps some of
those who are parting, the more the greater its face value and the thriftier they are, and wakes sleeping
dogs; the thrifty spend less, and who has gone cannot be kept. Money in minor units.
"""

from dataclasses import dataclass

import numpy as np

from models.evaluation.uplift_values import Stakes
from models.learned.trial import Floats, Integers, Trial

FACES = np.array([200.0, 500.0, 1000.0, 1500.0])
ARMS = ("none", *(f"coupon_{face:.0f}" for face in FACES))
CONTACT, TELLING, KEPT, WAKES, DOGS = 36.0, 504.0, 0.2, 0.06, 0.15
THRIFT_BY_SPEND = -0.6
NOISE = 8
NAMES = (
    "silence", "gap", "rate", "discounts", "baskets", "letters", "complaints", "stake",
    *(f"noise_{number}" for number in range(NOISE)),
)  # fmt: skip


@dataclass(frozen=True)
class Customers:
    """The n customers of a world.

    values: float32 [n, k], what is seen, by NAMES. retention: R₀ [n]. effects: τ [arms, n]. uses: q
    [arms, n]. worth: the true S [n]. luck: whoever's is below their chance stays [n].
    """

    values: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    retention: Floats
    effects: Floats
    uses: Floats
    worth: Floats
    luck: Floats

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.retention)

    @property
    def stake(self) -> Floats:
        """S as it is predicted [n]."""
        return self.values[:, NAMES.index("stake")].astype(np.float64)

    def gain(self) -> Floats:
        """The true IM of every arm [arms, n]."""
        paid = self.uses * FACES[:, None] * (self.retention + self.effects)
        gain: Floats = self.effects * self.worth - CONTACT - paid
        return gain

    def outcome(self, arm: Integers) -> Floats:
        """Who stays under the arm they got [n], always by the same luck."""
        moved = np.vstack([np.zeros(len(self)), self.effects])[arm, np.arange(len(self))]
        stays: Floats = (self.luck < self.retention + moved).astype(np.float64)
        return stays


def customers(n: int, strength: float, seed: int) -> Customers:
    """Customers of a world where offers do `strength` times what they do by default; 0 is nothing at all."""
    rng = np.random.default_rng([seed, 7])
    risk, spend, thrift, grief = rng.standard_normal((4, n))
    thrift = THRIFT_BY_SPEND * spend + np.sqrt(1 - THRIFT_BY_SPEND**2) * thrift
    dog = rng.random(n) < DOGS
    gone = rng.random(n) < 1 / (1 + np.exp(-4 * (risk - 1)))  # who has left already cannot be kept
    parting = 1 / (1 + np.exp(1.1 - 1.2 * risk - 0.4 * np.maximum(grief, 0))) * ~gone
    retention = np.where(gone, 0.03, np.clip(1 - 0.85 * parting, 0.02, 0.98))
    pull = -np.expm1(-FACES / TELLING)[:, None]
    liking = 2 / (1 + np.exp(-1.2 * thrift))
    kept = parting * strength * KEPT * liking * pull * ~dog * (1 + 1.0 * (risk > 0))
    effects = np.minimum(kept - dog * WAKES * min(strength, 1) * (1 - gone), 1 - retention)
    worth = 6000 * np.exp(0.8 * spend)
    seen = [
        risk + 0.6 * rng.standard_normal(n),
        risk + rng.standard_normal(n),
        spend + 0.7 * rng.standard_normal(n),
        thrift + 0.6 * rng.standard_normal(n),
        thrift + spend + rng.standard_normal(n),
        dog + 0.7 * rng.standard_normal(n),
        np.maximum(grief, 0) + 0.5 * rng.standard_normal(n),
        worth * np.exp(0.3 * rng.standard_normal(n)),
        *rng.standard_normal((NOISE, n)),
    ]
    values = np.stack(seen, axis=1).astype(np.float32)
    uses = np.clip((0.25 + 0.35 * pull) * liking, 0, 1)
    return Customers(values, retention, effects, uses, worth, rng.random(n))


def chances(people: Customers, *, targeted: bool) -> Floats:
    """The chance of every arm, the control first [arms + 1, n]: alike, or more for those who are silent."""
    many = len(FACES)
    given = np.full(len(people), many / (many + 1))
    if targeted:
        given = np.clip(1 / (1 + np.exp(-people.values[:, 0].astype(np.float64))), 0.15, 0.85)
    chance: Floats = np.vstack([1 - given, np.repeat(given[None, :] / many, many, axis=0)])
    return chance


def trial(people: Customers, seed: int, *, targeted: bool = False, logged: Floats | None = None) -> Trial:
    """A campaign among them. logged: the chances that the log names, those that were where it is None."""
    chance = chances(people, targeted=targeted)
    rng = np.random.default_rng([seed, 11])
    arm = (rng.random(len(people)) > np.cumsum(chance, axis=0)).sum(axis=0)
    told = chance if logged is None else logged
    rows = np.arange(len(people))
    return Trial(NAMES, people.values, ARMS, arm, told[arm, rows], people.outcome(arm), rows)


def stakes(people: Customers) -> Stakes:
    """What is known of stakes and costs; q is the mean of those who stay, as a log tells it."""
    used = (people.uses * people.retention).sum(axis=1) / people.retention.sum()
    return Stakes(people.stake, np.full(len(FACES), CONTACT), FACES, used)
