"""How a refusal is told."""

from typing import Any

from pydantic import BaseModel, Field


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    where: str = Field(examples=["body.customers.0.customer_id"])
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457) with what is allowed, what was given and what to do."""

    type: str = Field(examples=["urn:holdfast:problem:unknown-customer"])
    title: str
    status: int
    detail: str
    instance: str = Field(description="The path that was asked.")
    allowed: str | None = None
    given: Any = None
    remedy: str | None = None
    errors: list[FieldProblem] | None = None
