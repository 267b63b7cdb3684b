"""`serving.json`: which run a folder holds."""

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from models.domain.errors import DamagedRelease, MissingRelease
from models.domain.languages import Language
from models.domain.money import CURRENCY_EXPONENTS

MANIFEST = "serving.json"
SCORES_FILE = "scores.parquet"
PLAN_FILE = "plan.parquet"
CAPS_FILE = "caps.arrow"
FEATURES_FILE = "release/features.json"
REBUILD = "Run `make`, then start the server again."


class Manifest(BaseModel):
    """`serving.json`: which run the folder holds and the SHA-256 of its files by relative path.

    knows_purchases: false for a release of one wide table, which has no orders. language: that of reasons.
    """

    model_config = ConfigDict(frozen=True)

    release_id: str
    as_of: AwareDatetime
    currency: str
    timezone: str
    format: Literal[1]
    knows_purchases: bool = True
    language: Language = Language.ENGLISH
    phone_country_code: str | None = None
    files: dict[str, str]


def read_manifest(folder: Path) -> Manifest:
    """Read and check it. Raises `MissingRelease`, `DamagedRelease`."""
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingRelease("there is nothing to serve yet", given=str(path), remedy=REBUILD)
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DamagedRelease(
            f"{path} cannot be read: {where} {first['msg']}".replace("  ", " "), remedy=REBUILD
        ) from error
    if manifest.currency not in CURRENCY_EXPONENTS:
        raise DamagedRelease(f"{path} names an unknown currency", given=manifest.currency, remedy=REBUILD)
    try:
        ZoneInfo(manifest.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DamagedRelease(
            f"{path} names an unknown time zone", given=manifest.timezone, remedy=REBUILD
        ) from error
    return manifest
