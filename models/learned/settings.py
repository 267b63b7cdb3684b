"""Settings of what is learned; the questions they answer stand in params.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.domain.settings import in_range


class Offset(StrEnum):
    """What boosted trees start from: the odds of silence by rhythm, or the mean."""

    BTYD = "btyd"
    NONE = "none"


@dataclass(frozen=True)
class BoosterSettings:
    """Shape of a boosted model: small, strongly regularised trees.

    trees, leaves: how many, how large. rate: share of each tree that counts. ridge: L2 penalty on leaf
    values. column_share, row_share: drawn per tree. min_rows_leaf: customers a leaf needs. bins: per feature.
    """

    trees: int
    leaves: int
    rate: float
    ridge: float
    column_share: float
    row_share: float
    min_rows_leaf: int
    bins: int = 63

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for what LightGBM would refuse or what overfits small logs."""
        in_range("trees", self.trees, 1, 5000)
        in_range("leaves", self.leaves, 2, 255)
        in_range("rate", self.rate, 0.001, 1)
        in_range("ridge", self.ridge, 0, 1000)
        in_range("column_share", self.column_share, 0.05, 1)
        in_range("row_share", self.row_share, 0.05, 1)
        in_range("min_rows_leaf", self.min_rows_leaf, 1, 100_000)
        in_range("bins", self.bins, 3, 255)


@dataclass(frozen=True)
class ChurnSettings:
    """How churn is learned.

    horizon_days: H. booster: shape of the trees. seeds: boosters averaged (the backtests that value needs
    take one). boosted_weight: of the boosters' log-odds in the blend, the rest is logistic RFM.
    logistic_ridge: L2 penalty. max_training_rows: rows per fit, drawn when there are more.
    min_rows_boosted, min_rows_logistic: fewer rows step down to logistic RFM, to the cold-start rate.
    accept_predictors: features that may tell the outcome by themselves, because a person has looked.
    offset: what the boosters start from. weigh: whether closed backtests may choose another weight.
    """

    horizon_days: int
    booster: BoosterSettings
    seeds: int
    boosted_weight: float
    logistic_ridge: float
    max_training_rows: int
    min_rows_boosted: int
    min_rows_logistic: int
    accept_predictors: tuple[str, ...] = ()
    offset: Offset = Offset.NONE
    weigh: bool = False

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for what cannot work."""
        in_range("churn.horizon_days", self.horizon_days, 1, 730)
        in_range("churn.seeds", self.seeds, 1, 50)
        in_range("churn.boosted_weight", self.boosted_weight, 0, 1)
        in_range("churn.logistic_ridge", self.logistic_ridge, 1e-6, 1e6)
        in_range("churn.max_training_rows", self.max_training_rows, 100, 100_000_000)
        in_range("churn.min_rows_boosted", self.min_rows_boosted, 50, 1_000_000)
        in_range("churn.min_rows_logistic", self.min_rows_logistic, 20, 1_000_000)


@dataclass(frozen=True)
class ValueSettings:
    """How value is measured and learned.

    annual_discount_rate: .1 is 10 % a year. margin_share: contribution margin ÷ amount where the source
    gives no margin; None where it does. booster: trees of the log-amount. logistic_ridge: of the
    probability of any margin. max_training_rows: rows per fit. shrink_rows: rows at which a prediction
    counts as much as its stage's mean.
    """

    annual_discount_rate: float
    margin_share: float | None
    booster: BoosterSettings
    logistic_ridge: float
    max_training_rows: int
    shrink_rows: int

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for what cannot work."""
        in_range("value.annual_discount_rate", self.annual_discount_rate, 0, 10)
        if self.margin_share is not None:
            in_range("value.margin_share", self.margin_share, 0, 1)
        in_range("value.logistic_ridge", self.logistic_ridge, 1e-6, 1e6)
        in_range("value.max_training_rows", self.max_training_rows, 100, 100_000_000)
        in_range("value.shrink_rows", self.shrink_rows, 0, 1_000_000)


@dataclass(frozen=True)
class BtydSettings:
    """How buy-till-you-die models are fitted.

    refit_days: how far apart fits are at least. prior_weight: how often the prior counts; 0 is the
    likelihood alone. max_customers: how many one fit reads.
    """

    refit_days: int
    prior_weight: float
    max_customers: int

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for what cannot work."""
        in_range("btyd.refit_days", self.refit_days, 1, 3650)
        in_range("btyd.prior_weight", self.prior_weight, 0, 100)
        in_range("btyd.max_customers", self.max_customers, 100, 10_000_000)


@dataclass(frozen=True)
class UpliftSettings:
    """How effects of offers are learned, and when they are believed.

    outcome, effect: trees of what customers do, and of what an offer changes. line_ridge: how strongly the
    lines of who got an offer and of who got none are drawn to one another. folds: of cross-fitting. seeds:
    boosters averaged. least_arm: fewer customers in an arm (the control too) teach nothing. clip: smaller
    propensities count as it. confidence: of the gate, over all that it compares. reach: the share of
    customers at which policies are compared beside one another. most_instants: from how many past instants
    is learned at most, the newest. arms: by action, the arms of past campaigns that its effect is learned
    from, beside the arm of its own name.
    """

    outcome: BoosterSettings
    effect: BoosterSettings
    line_ridge: float = 1_000.0
    folds: int = 5
    seeds: int = 2
    least_arm: int = 2_000
    clip: float = 0.05
    confidence: float = 0.95
    reach: float = 0.3
    most_instants: int = 12
    arms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for what cannot work."""
        in_range("uplift.line_ridge", self.line_ridge, 0.001, 1e9)
        in_range("uplift.folds", self.folds, 2, 20)
        in_range("uplift.seeds", self.seeds, 1, 50)
        in_range("uplift.least_arm", self.least_arm, 20, 10_000_000)
        in_range("uplift.clip", self.clip, 0.001, 0.2)
        in_range("uplift.confidence", self.confidence, 0.5, 0.9999)
        in_range("uplift.reach", self.reach, 0.01, 1)
        in_range("uplift.most_instants", self.most_instants, 1, 1000)
