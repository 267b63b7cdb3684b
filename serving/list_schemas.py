"""Answers that list complaints and days. Amounts are whole minor units."""

from datetime import date

from pydantic import AwareDatetime, BaseModel, Field

from models.domain.vocabulary import DoNotContactReason, LifecycleStage
from serving.contact_calendar import Occasion
from serving.schemas import Answered


class Complaint(BaseModel):
    """A complaint that is open, and what is at risk with the customer who made it."""

    complaint_id: str
    customer_id: str
    channel: str | None
    reason: str | None = Field(description="What the customer said.")
    severity: int | None = Field(description="1 (slight) to 5 (grave).")
    opened_at: AwareDatetime
    promised_at: AwareDatetime | None = Field(description="By when an answer was promised.")
    first_response_at: AwareDatetime | None = Field(description="The first answer by a person.")
    answered: bool = Field(description="Whether somebody has answered; it is still not settled.")
    answer_by: AwareDatetime | None = Field(
        description="When the first answer is due: as promised, else `policy.answer_within_hours` after it "
        "was opened; null once it came."
    )
    overdue: bool = Field(description="Whether it was due before the data end and has not come.")
    value_at_risk_minor: int | None
    churn_probability: float | None
    lifecycle_stage: LifecycleStage | None


class Complaints(Answered):
    """A page of the open complaints, those of the most value at risk first."""

    total: int
    items: list[Complaint]
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null on the last.")


class CalendarEntry(BaseModel):
    """One customer on one day."""

    day: date
    occasion: Occasion
    years: int | None = Field(description="Which birthday or anniversary it is.")
    customer_id: str
    lifecycle_stage: LifecycleStage | None
    last_order_at: AwareDatetime | None
    next_order_expected_by: AwareDatetime | None
    churn_probability: float | None
    value_at_risk_minor: int | None
    do_not_contact_reason: DoNotContactReason | None


class Calendar(Answered):
    """A page of the contact calendar, by day."""

    total: int
    items: list[CalendarEntry]
    next_cursor: str | None = Field(description="Pass it as `cursor` for the next page; null on the last.")
