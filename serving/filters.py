"""Which customers of the list a caller wants, and from where on."""

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from models.domain.languages import Language
from models.domain.vocabulary import LifecycleStage
from models.policy.save_list import worth_listing
from serving.columns import Columns
from serving.formats import Format
from serving.orders import Order
from serving.schemas import MOST_ROWS

Amount = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class AtRiskQuery(BaseModel):
    """The list's query parameters; unknown ones are refused, since a misspelt filter filters nothing."""

    model_config = ConfigDict(extra="forbid")

    limit: int | None = Field(
        default=None,
        ge=1,
        le=MOST_ROWS,
        description="Rows on a page; 100 when not given. CSV, XLSX and NDJSON without it stream everything.",
    )
    cursor: str | None = Field(default=None, max_length=200, description="`next_cursor` of the page before.")
    lifecycle_stage: list[LifecycleStage] = Field(
        default=[], description="Only these stages; repeat it for several."
    )
    recommended_action: list[str] = Field(
        default=[], description="Only these actions; repeat it for several."
    )
    min_gain_minor: Amount | None = Field(default=None, description="Least expected gain, minor units.")
    min_value_at_risk_minor: Amount | None = Field(
        default=None, description="Least value at risk, minor units."
    )
    min_churn_probability: float | None = Field(
        default=None, ge=0, le=1, description="Least probability of churn."
    )
    contactable: bool | None = Field(
        default=None,
        description="True: only customers without a reason to leave them alone; false: only those with one.",
    )
    sort: Order = Field(default=Order.RANK, description="What it is sorted by, greatest first; ties by rank.")
    format: Format | None = Field(default=None, description="Overrides the Accept header.")
    language: Language | None = Field(
        default=None, description="Of the page; the language that the run told its reasons in when not given."
    )


def matching(plan: Columns, query: AtRiskQuery) -> NDArray[np.int64]:
    """Row indices of the list's customers that pass every filter, in order of rank."""
    keep = worth_listing(plan["value_at_risk_minor"], plan["recommended_action"], plan["churn_probability"])
    for column, least in (
        ("expected_gain_minor", query.min_gain_minor),
        ("value_at_risk_minor", query.min_value_at_risk_minor),
        ("churn_probability", query.min_churn_probability),
    ):
        if least is not None:
            keep &= plan[column] >= least
    for column, wanted in (
        ("lifecycle_stage", query.lifecycle_stage),
        ("recommended_action", query.recommended_action),
    ):
        if wanted:
            keep &= np.isin(plan[column], np.array(wanted, dtype=object))
    if query.contactable is not None:
        keep &= plan.is_null("do_not_contact_reason") == query.contactable
    return np.flatnonzero(keep)
