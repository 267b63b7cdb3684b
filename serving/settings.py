"""What an operator sets, from `HOLDFAST_…` environment variables; read when asked, never at import."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.domain.errors import InvalidSetting

PREFIX = "HOLDFAST_"


class Settings(BaseSettings):
    """Where the server reads and listens.

    serving_dir: the folder that the pipeline's last stage writes. ledger_url: where the ledger is kept,
    sqlite:///path or postgresql://…. host, port: where to listen. id_key: the secret that hides keys of
    other systems. stale_after_hours: from which age on answers call the data stale.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    serving_dir: Path = Path("data/serving")
    ledger_url: str = "sqlite:///var/ledger.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    id_key: SecretStr | None = None
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
