"""How much is left to chance so that it can be learned from: section `policy.experiment`."""

from dataclasses import dataclass

from models.domain.settings import in_range

GREATEST_SHARE = 0.5


@dataclass(frozen=True)
class ExperimentSettings:
    """Shares of customers, 0 to a half.

    holdout_share: who is never approached by a campaign, always the same ones, so that what campaigns bring
    can be seen. exploration_share: whose action is drawn by lot in each plan, within their caps, so that what
    each action does can be learned.
    """

    holdout_share: float = 0.0
    exploration_share: float = 0.0

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a share out of range."""
        in_range("policy.experiment.holdout_share", self.holdout_share, 0, GREATEST_SHARE)
        in_range("policy.experiment.exploration_share", self.exploration_share, 0, GREATEST_SHARE)
