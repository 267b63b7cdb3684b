"""Which cap is in force for a grant, and what else the server decides about it, not the caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.domain.vocabulary import Purpose
from models.policy.settings import PolicySettings


@dataclass(frozen=True)
class InForce:
    """What binds a grant now. Amounts in minor units.

    cap_minor: the most that the customer's window may hold. segment: whose budget it takes, '' for none.
    inputs: the figures that the cap was computed from, as the ledger keeps them. model_version: the release.
    """

    cap_minor: int
    segment: str
    inputs: Mapping[str, object]
    model_version: str


@dataclass(frozen=True)
class Terms:
    """What a running server grants money by: the policy of its release, and the cap of each customer.

    cap: of a customer, for an action's id ('' for none in particular) and a purpose. stale: whether the data
    that caps follow from end longer ago than the server was told to accept. at_hand: whether a customer's cap
    is looked up, so that asking for it need not wait for a thread.
    """

    policy: PolicySettings
    currency: str
    cap: Callable[[str, str, Purpose], InForce]
    stale: bool = False
    at_hand: Callable[[str], bool] = lambda _: True
