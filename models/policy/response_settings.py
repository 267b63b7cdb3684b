"""What money is assumed to do until an experiment says it better: section `policy.response`."""

from dataclasses import dataclass

from models.domain.settings import in_range


@dataclass(frozen=True)
class ResponseSettings:
    """The assumed response curve, used until an experiment teaches a better one.

    gamma, gamma_low: most that money can add to retention at R₀ = ½ (probability points), its mean and its
    10 % quantile; the `considering_` pair for customers of that stage. theta_share: the face value at which
    63 % of it is reached, as a share of the population's mean order amount. redemption, redemption_high:
    share of the retained who use a coupon, its mean and its upper 90 % bound (1 while unlearned).
    """

    gamma: float
    gamma_low: float
    considering_gamma: float
    considering_gamma_low: float
    theta_share: float
    redemption: float
    redemption_high: float = 1.0

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` unless every bound lies on its proper side of its mean."""
        where = "policy.response"
        in_range(f"{where}.gamma", self.gamma, 0, 1)
        in_range(f"{where}.gamma_low", self.gamma_low, 0, self.gamma)
        in_range(f"{where}.considering_gamma", self.considering_gamma, self.gamma, 1)
        in_range(
            f"{where}.considering_gamma_low",
            self.considering_gamma_low,
            self.gamma_low,
            self.considering_gamma,
        )
        in_range(f"{where}.theta_share", self.theta_share, 0.001, 100)
        in_range(f"{where}.redemption", self.redemption, 0, 1)
        in_range(f"{where}.redemption_high", self.redemption_high, self.redemption, 1)
