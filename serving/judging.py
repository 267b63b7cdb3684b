"""What it takes to judge customers anew: the release in memory, and everybody's history on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from models.contract.absent import MARKER
from models.contract.attributes import attributes_of
from models.contract.histories import Histories, open_histories, schema_of
from models.contract.prices import read_prices
from models.contract.storage import read_summary
from models.domain.errors import DamagedRelease
from models.features.online import online_plan
from models.features.population import FILE as POPULATION
from models.features.population import NOBODY, Populations, read_population, side_by_side
from models.release import read_manifest
from models.retention.judging.from_rows import Desk, desk
from models.retention.judging.judge import load_judge

HISTORY = "history"


@dataclass(frozen=True)
class Judging:
    """A desk, and what is known of everybody; horizon_days: over which leaving is foretold."""

    desk: Desk
    histories: Histories
    horizon_days: int


def open_judging(
    serving: Path, release_id: str, *, knows_purchases: bool, worth_known: bool
) -> Judging | None:
    """Read the release and map the histories of a serving folder; None where it was written without.

    Raises `DamagedRelease` or `MissingRelease` where either is not what was written.
    """
    folder = serving / HISTORY
    if not folder.is_dir():
        return None
    manifest, summary = read_manifest(serving / "release"), read_summary(folder)
    if manifest.release_id != release_id:
        raise DamagedRelease(
            f"{serving / 'release'} is not the release that made the scores",
            allowed=release_id,
            given=manifest.release_id,
            remedy="Run `make`, then start the server again.",
        )
    judge = load_judge(serving / "release", manifest, read_prices(folder))
    plan = online_plan(summary.columns, summary.timezone, populations=_populations(serving / "population"))
    held = {path.stem: schema_of(path) for path in folder.glob("*.arrow") if path.stem != "index"}
    customers = held.get("customers", pa.schema([]))
    made = desk(
        replace(judge, worth_known=worth_known),
        plan,
        _names(held),
        attributes_of(customers),
        knows_purchases=knows_purchases,
    )
    return Judging(made, open_histories(folder), manifest.horizon_days)


def _names(held: Mapping[str, pa.Schema]) -> dict[str, frozenset[str]]:
    return {name: frozenset(schema.names) for name, schema in held.items()}


def _populations(folder: Path) -> Populations:
    """What was counted of articles; nothing where there is a marker instead."""
    if (folder / MARKER).exists() or not (folder / POPULATION).exists():
        return NOBODY
    return side_by_side([read_population(folder)])
