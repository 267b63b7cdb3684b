"""What an operator sets, from `HOLDFAST_…` environment variables; read when asked, never at import."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.domain.errors import InvalidSetting
from serving.access.callers import WithoutKey
from serving.access.limits import LARGEST_BODY

PREFIX = "HOLDFAST_"


class Settings(BaseSettings):
    """Where the server reads and listens.

    serving_dir: the folder that the pipeline's last stage writes. ledger_url, keys_url, store_url: where
    ledger, keys and told events are kept, sqlite:///path or postgresql://…. reload_seconds: how often a new
    folder is looked for. host, port: where to listen. without_key: when programs on this machine need no
    key. audit_dir: where reads of customers are written down. requests_per_second: for each key that has no
    rate of its own. most_at_once: requests beyond it are told to come again.
    largest_body: bytes. header_seconds, body_seconds: how long a request may take to arrive.
    shutdown_seconds: how long a stopping server waits for answers under way. log_requests: whether each
    answer is a line in the log. id_key: the secret that hides keys of other systems. run_stands_hours: how
    far orders told may lie beyond the data's end until everybody is judged anew, whoever they were told of.
    stale_after_hours: from which age on answers call the data stale.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    serving_dir: Path = Path("data/serving")
    ledger_url: str = "sqlite:///var/ledger.db"
    keys_url: str = "sqlite:///var/keys.db"
    store_url: str = "sqlite:///var/events.db"
    reload_seconds: float = Field(default=2, gt=0, le=3_600)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    without_key: WithoutKey = WithoutKey.UNTIL_FIRST_KEY
    audit_dir: Path = Path("var/audit")
    requests_per_second: float = Field(default=200, ge=1, le=1_000_000)
    most_at_once: int = Field(default=128, ge=1, le=10_000)
    largest_body: int = Field(default=LARGEST_BODY, ge=1_024, le=1024**3)
    header_seconds: float = Field(default=10, gt=0, le=600)
    body_seconds: float = Field(default=20, gt=0, le=600)
    shutdown_seconds: int = Field(default=20, ge=0, le=3_600)
    log_requests: bool = True
    id_key: SecretStr | None = None
    run_stands_hours: float = Field(default=24, ge=0)
    stale_after_hours: float = Field(default=48, gt=0)


def from_environment() -> Settings:
    """The settings of this process. Raises `InvalidSetting` with the variable's name and what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"{PREFIX}{first['loc'][0]}".upper()
        raise InvalidSetting(
            f"`{name}` does not fit: {first['msg']}",
            given=first["input"],
            remedy=f"Correct or unset {name}.",
        ) from None
