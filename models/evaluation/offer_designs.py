"""Which past offers could teach what an offer does: those whose assignment had a known, fair chance."""

from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from models.domain.vocabulary import OfferDesign, Purpose, ResponseState

NOT_LEARNED = (Purpose.RECOVERY.value, Purpose.OWED.value)  # amends are no experiment


@dataclass(frozen=True)
class OfferCounts:
    """Offers by fate.

    usable: assigned with a known propensity strictly between 0 and 1. unknown_design: nobody knows how the
    customers were chosen. no_propensity, certain: a known design, but no propensity, or one of 0 or 1.
    """

    usable: int = 0
    unknown_design: int = 0
    no_propensity: int = 0
    certain: int = 0

    @property
    def refused(self) -> int:
        """Offers that nothing may be learned from."""
        return self.unknown_design + self.no_propensity + self.certain


USABLE_LOG = (
    "A usable log names for every customer of a campaign, also those who got nothing, the arm (`none` for "
    "nothing), the design (`randomised` or `targeted`) and the propensity: the chance, above 0 and below 1, "
    "that this customer had of this arm. docs/uplift.md shows one."
)


def count_offers(offers: pa.Table) -> OfferCounts:
    """Count the rows of the table `offers` that were made to keep somebody or win them back."""
    if "purpose" in offers.column_names:
        offers = offers.filter(pc.invert(pc.is_in(offers["purpose"], value_set=pa.array(NOT_LEARNED))))
    known = offers.filter(pc.not_equal(offers["design"], OfferDesign.UNKNOWN.value))
    unknown_design = len(offers) - len(known)
    if "propensity" not in offers.column_names:
        return OfferCounts(unknown_design=unknown_design, no_propensity=len(known))
    propensity = known["propensity"].drop_null()
    fair = pc.and_(pc.greater(propensity, 0.0), pc.less(propensity, 1.0))
    usable = int(pc.sum(fair).as_py() or 0)
    return OfferCounts(
        usable=usable,
        unknown_design=unknown_design,
        no_propensity=len(known) - len(propensity),
        certain=len(propensity) - usable,
    )


def assumed_response(counts: OfferCounts) -> dict[str, Any]:
    """`response.json` while the response to offers is assumed: the state, why, and the counts."""
    if counts.usable:
        reason = f"{counts.usable:,} offers had a known chance, but none of their horizons has closed yet"
    elif counts.refused:
        reason = f"no offer was assigned with a known chance. {USABLE_LOG}"
    else:
        reason = "the source holds no offers"
    return {"state": ResponseState.ASSUMED.value, "reason": reason, "offers": asdict(counts)}
