"""What the playbook takes for a fact, and how often anybody may be approached: section `policy.playbook`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.domain.settings import in_range
from models.domain.vocabulary import MainReason

MOST_DAYS = 3650
MOST_TIMES = 1000


@dataclass(frozen=True)
class PlaybookSettings:
    """Thresholds of the playbook; days are days, hours hours, shares shares.

    payment_days: how long a failed payment without an order since counts. slow_answer_hours: from when on an
    answer was slow. renewal_days: how long before a contract renews it is about to expire. price_rise: from
    which multiple of last year's price of a unit on prices rose. survey_days: how long an answer to a survey
    speaks. answer_days: how long an answer to the question why is waited for. sleeping_offers: after how many
    unused offers of money in 90 days somebody who stays is a sleeping dog (0: never); sleeping_idle_days:
    after how many days without use somebody under contract is one (0: never). most_offers_90,
    most_contacts_90: the most offers of money, and contacts and assignments together, in 90 days; None: no
    limit. stated: what the reasons that customers give in surveys, in the source's own words, mean here; a
    word not named means nothing.
    """

    payment_days: int = 30
    slow_answer_hours: int = 120
    renewal_days: int = 30
    price_rise: float = 1.15
    survey_days: int = 90
    answer_days: int = 14
    sleeping_offers: int = 3
    sleeping_idle_days: int = 90
    most_offers_90: int | None = None
    most_contacts_90: int | None = None
    stated: Mapping[str, MainReason] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a threshold out of range."""
        where = "policy.playbook"
        for name in ("payment_days", "renewal_days", "survey_days", "answer_days", "sleeping_idle_days"):
            in_range(f"{where}.{name}", getattr(self, name), 0, MOST_DAYS)
        in_range(f"{where}.slow_answer_hours", self.slow_answer_hours, 0, 24 * MOST_DAYS)
        in_range(f"{where}.price_rise", self.price_rise, 1, 100)
        in_range(f"{where}.sleeping_offers", self.sleeping_offers, 0, MOST_TIMES)
        for name in ("most_offers_90", "most_contacts_90"):
            if getattr(self, name) is not None:
                in_range(f"{where}.{name}", getattr(self, name), 1, MOST_TIMES)
