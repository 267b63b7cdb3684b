"""What the policy needs to know about each customer: arrays of one length, one row a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.policy.playbook_facts import PlaybookFacts

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]
Consents = NDArray[np.int8]


@dataclass(frozen=True)
class LifecycleFeatures:
    """The features that decide a lifecycle stage; float64 [n], NaN where nothing is known.

    The names are those of the features: days and counts as declared there, satisfaction 1 (bad) to 5 (good).
    evidence: the greatest of the features that are proof of leaving, NaN where none is known.
    """

    recency_days: Floats
    tenure_days: Floats
    gap_mean_days: Floats
    complaints_open: Floats
    unresolved_age_days: Floats
    satisfaction_last: Floats
    days_since_complaint: Floats
    evidence: Floats

    @classmethod
    def from_columns(
        cls, columns: Mapping[str, NDArray[np.floating]], rows: int, evidence: Sequence[str] = ()
    ) -> "LifecycleFeatures":
        """Pick the features by name out of `columns`; one that the source lacks becomes all NaN."""
        missing = np.full(rows, np.nan)

        def column(name: str) -> Floats:
            return np.asarray(columns.get(name, missing), dtype=np.float64)

        proof = np.fmax.reduce([missing, *(column(name) for name in evidence)])
        return cls(**{name: column(name) for name in cls.names()}, evidence=proof)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The features that every policy looks at."""
        return tuple(field.name for field in fields(cls) if field.name != "evidence")


@dataclass(frozen=True)
class CustomerInputs:
    """n customers as the policy sees them.

    churn_probability: p in [0, 1], NaN where unscored. Amounts in minor units: value_at_stake_minor S,
    value_at_stake_low_minor S_lo ≥ 0, lifetime_value_minor. scored: whether a model scored the row.
    consents: per channel of the contract the codes of `consent.py`; a channel not named is unknown to all.
    days_since_contact_out: days since the business last wrote or called, NaN for never. gone: who is known to
    have left for good; None where the source says nothing of it. in_holdout: who is never approached by a
    campaign; None where nobody is held out. facts: what the playbook reads; None where nothing is known.
    some_worth_known: whether the source says of anybody at all what they are worth; None: these are all.
    """

    churn_probability: Floats
    value_at_stake_minor: Integers
    value_at_stake_low_minor: Integers
    lifetime_value_minor: Integers
    scored: Flags
    features: LifecycleFeatures
    consents: Mapping[str, Consents]
    days_since_contact_out: Floats
    gone: Flags | None = None
    in_holdout: Flags | None = None
    facts: PlaybookFacts | None = None
    some_worth_known: bool | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` when lengths differ or a scored row has no probability."""
        arrays = [getattr(self, field.name) for field in fields(self) if field.name not in _NESTED]
        arrays += [getattr(self.features, field.name) for field in fields(self.features)]
        arrays += list(self.consents.values())
        arrays += [array for array in (self.gone, self.in_holdout) if array is not None]
        if self.facts is not None:
            arrays += list(vars(self.facts).values())
        if len({len(array) for array in arrays}) != 1:
            raise ValueError("a customer's inputs must all have one row a customer")
        known = self.churn_probability[self.scored]
        if not np.all((known >= 0) & (known <= 1)):
            raise ValueError("a scored customer's churn probability must lie in [0, 1]")

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.scored)

    @property
    def retention(self) -> Floats:
        """R₀ = 1 − p [n], the chance of staying when left alone; 0 where unscored: nothing moves it."""
        return np.where(self.scored, 1.0 - self.churn_probability, 0.0)

    @property
    def has_gone(self) -> Flags:
        """Whether the customer is known to have left for good [n]."""
        return np.zeros(len(self), dtype=np.bool_) if self.gone is None else self.gone

    @property
    def held_out(self) -> Flags:
        """Whether no campaign may approach the customer [n]."""
        return np.zeros(len(self), dtype=np.bool_) if self.in_holdout is None else self.in_holdout

    @property
    def facts_or_none(self) -> PlaybookFacts:
        """What the playbook reads; all NaN where nothing is known."""
        return PlaybookFacts.from_columns({}, len(self)) if self.facts is None else self.facts

    @property
    def days_since_approach(self) -> Floats:
        """Days since the last contact or assignment, whichever is newer; NaN for never [n]."""
        return np.fmin(self.days_since_contact_out, self.facts_or_none.days_since_offer)

    @property
    def worth_known(self) -> bool:
        """Whether the source says of anybody what they are worth."""
        if self.some_worth_known is not None:
            return self.some_worth_known
        return bool(self.lifetime_value_minor.any() or self.value_at_stake_minor.any())

    @property
    def has_open_complaint(self) -> Flags:
        """Whether at least one complaint is open; False where the source knows no complaints [n]."""
        is_open: Flags = self.features.complaints_open > 0
        return is_open


_NESTED = ("features", "consents", "gone", "in_holdout", "facts", "some_worth_known")
