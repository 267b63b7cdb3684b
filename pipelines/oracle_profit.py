"""For the oracle report: what the policy's coupons earn in truth, and what rules of thumb earn with as much.

Coupons alone are compared: what a call, a question or an apology does, no law of the simulated world says.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.contract.storage import read_json, read_table
from models.domain.settings import settings_from
from models.domain.vocabulary import Payment
from models.evaluation.realised_profit import CouponLaw, rules_beside_plan
from models.policy.allocation.problem import Options
from models.policy.lots import lots
from models.policy.offered_table import offered_from
from models.policy.settings import PolicySettings
from pipelines import paths

Floats = NDArray[np.float64]

ANYBODY, BY_RISK, BY_VALUE = "anybody", "by_risk", "by_value"
BY_BOTH, BY_VALUE_AT_RISK = "by_risk_and_value", "by_value_at_risk"


def profits(scores: pa.Table, law: CouponLaw) -> dict[str, Any]:
    """What plan and rules earn among the customers of `scores`; `law`: theirs, in the same order [n]."""
    options, face_values, contact_costs = coupons_on_offer(scores["customer_id"])
    earned = [law.profit(face, cost) for face, cost in zip(face_values, contact_costs, strict=True)]
    profit = np.stack(earned) if earned else np.zeros((0, scores.num_rows))
    return rules_beside_plan(options, profit, orders(scores))


def coupons_on_offer(ids: pa.ChunkedArray) -> tuple[Options, list[int], list[int]]:
    """What `score` would allow these customers of all coupons, with their face values and contact costs."""
    policy = settings_from(PolicySettings, read_json(paths.LIVE / "policy.json"), where="policy")
    table = read_table(paths.SCORES / "offers.parquet").sort_by("customer_id")
    at = np.searchsorted(table["customer_id"].to_numpy().astype(object), ids.to_numpy().astype(object))
    found = offered_from(table.take(at), policy)
    number = [
        place
        for place, offer in enumerate(found.offers)
        if offer.action.payment is Payment.ON_PURCHASE and offer.face_value
    ]
    offers = [found.offers[place] for place in number]
    liability = np.array([offer.liability for offer in offers], np.int64)
    options = Options(
        found.gain[number],
        np.broadcast_to(liability[:, None], (len(number), len(ids))),
        ((),) * len(number),
        np.zeros(len(ids), np.int64),
    )
    return options, [each.face_value for each in offers], [each.action.contact_cost_minor for each in offers]


def orders(scores: pa.Table) -> dict[str, Floats]:
    """By which number each rule of thumb goes down the customers [n]."""

    def column(name: str) -> Floats:
        values: Floats = scores[name].to_numpy().astype(np.float64)
        return values

    risk, value = column("churn_probability"), column("lifetime_value_minor")
    return {
        ANYBODY: lots(scores["customer_id"].to_pylist(), "rule of thumb"),
        BY_RISK: risk,
        BY_VALUE: value,
        BY_BOTH: risk * value,
        BY_VALUE_AT_RISK: column("value_at_risk_minor"),
    }


def coupon_law(truth: pa.Table, margin: Callable[[str], Floats]) -> CouponLaw:
    """The law for the customers of the oracle's table `coupons`; margin: discounted, by column of `worth`."""

    def column(name: str) -> Floats:
        values: Floats = truth[name].to_numpy()
        return values

    return CouponLaw(
        telling=column("telling_minor"),
        most_kept=column("most_kept"),
        parting=column("parting"),
        wakes=column("wakes"),
        uses_least=column("uses_least"),
        uses_more=column("uses_more"),
        buys=column("buys"),
        buys_if_swayed=column("buys_if_swayed"),
        as_it_is=margin("margin_minor"),
        if_swayed=margin("margin_if_swayed_minor"),
    )
