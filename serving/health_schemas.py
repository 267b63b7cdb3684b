"""What is told of the server itself."""

from pydantic import AwareDatetime, BaseModel, Field


class Ready(BaseModel):
    """The server has a release and answers from it."""

    status: str = "ready"
    release_id: str
    as_of: AwareDatetime
    customers: int = Field(description="How many customers have a score.")
    refused: str | None = Field(description="Why a newer folder is not in use; null where none was refused.")


class Alive(BaseModel):
    """The process is up."""

    status: str = "up"


class Status(BaseModel):
    """What whoever has no key is told."""

    status: str
