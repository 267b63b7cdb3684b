"""`make search`: propose settings of churn, judged at closed cuts in order of time; nothing is applied.

TRIALS and SEED may be given. Trials are written to var/search and logged to MLflow. The final cut is not
read: a run with the proposed settings is then judged there like any other, by the gate.
"""

import csv
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from models.contract.storage import read_json, read_summary
from models.domain.errors import InvalidSetting, NotEnoughHistory, one_of
from models.domain.settings import plain
from models.evaluation.folds import CustomerFolds, plan_from_json
from models.evaluation.search import (
    BOOSTER_RANGES,
    Trial,
    Verdict,
    drawn,
    snapshots_of,
    trial,
    tuning_only,
    verdict,
)
from models.learned.rows import read_labelled
from models.learned.settings import ChurnSettings
from pipelines import paths
from pipelines.params import section
from pipelines.progress import track
from pipelines.rhythms import read_rhythms
from pipelines.stage import run

ANSWERS = {"TRIALS": 20, "SEED": 0}
TRIALS_FILE, PROPOSED_FILE = "trials.csv", "proposed.yaml"


def main() -> None:
    """Try the settings in force and others, then say which to compare in an experiment."""
    given = answers_of(sys.argv[1:])
    settings = section(ChurnSettings, "churn")
    trials = tried(settings, given["TRIALS"], given["SEED"])
    found = verdict(trials)
    write(trials, found)
    # Seconds of imports, wanted only here.
    from pipelines.tracking import log_search  # noqa: PLC0415

    told = [(searched(one.settings), one.losses) for one in trials]
    log_search(paths.MLFLOW_DB, paths.MLFLOW_ARTIFACTS, told, found.reason)
    print(found.reason)
    if found.proposed is not None:
        print(f"Compare it by a run that leaves everything as it is:\n  {command(found.proposed)}")


def answers_of(arguments: Sequence[str]) -> dict[str, int]:
    """How many trials, drawn with which seed. Raises `InvalidSetting`."""
    given = {name: value for name, _, value in (text.partition("=") for text in arguments) if value}
    wrong = [
        f"{name}={value}" for name, value in given.items() if name not in ANSWERS or not value.isdecimal()
    ]
    if wrong or given.get("TRIALS") == "0":
        raise InvalidSetting(
            "a search is asked for with whole numbers",
            allowed=one_of(f"{name}=…" for name in ANSWERS),
            given=" ".join(arguments),
            remedy="For example: make search TRIALS=40",
        )
    return ANSWERS | {name: int(value) for name, value in given.items()}


def tried(settings: ChurnSettings, count: int, seed: int) -> list[Trial]:
    """The settings in force and `count` others, all at the same cuts.

    Raises `NotEnoughHistory` for a table without time or a log with too few cuts.
    """
    plan = plan_from_json(read_json(paths.FEATURES / "schedule.json"))
    if isinstance(plan, CustomerFolds):
        raise NotEnoughHistory(
            "a table of customers has no time to respect", remedy="Search where there is a log of purchases."
        )
    schedule = tuning_only(plan)
    zone = read_summary(paths.TABLES).timezone
    rows = read_labelled(
        paths.FEATURES / "features.parquet", paths.LABELS / "labels.parquet", snapshots_of(schedule)
    )
    rhythms = read_rhythms(plan)
    candidates = [settings, *(drawn(settings, seed, number) for number in range(count))]
    return [
        trial(rows, schedule, one, zone, lambda jobs, _: jobs, rhythms=rhythms)
        for one in track(candidates, "search for settings")
    ]


def searched(settings: ChurnSettings) -> dict[str, Any]:
    """What a trial may change, by its name in params.yaml."""
    values = plain(settings)
    shape = {f"churn.booster.{name}": values["booster"][name] for name in BOOSTER_RANGES}
    return {**shape, "churn.logistic_ridge": values["logistic_ridge"]}


def write(trials: Sequence[Trial], found: Verdict) -> None:
    """Every trial as a row, and what is proposed as a file of settings; none where nothing is."""
    paths.SEARCH.mkdir(parents=True, exist_ok=True)
    with (paths.SEARCH / TRIALS_FILE).open("w", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        cuts = [f"log_loss_{number}" for number, _ in enumerate(trials[0].losses, 1)]
        rows.writerow([*searched(trials[0].settings), *cuts, "mean_log_loss"])
        for one in trials:
            rows.writerow(
                [*searched(one.settings).values(), *(f"{loss:.6f}" for loss in (*one.losses, one.mean))]
            )
    proposed = paths.SEARCH / PROPOSED_FILE
    proposed.unlink(missing_ok=True)
    if found.proposed is not None:
        proposed.write_text(yaml.safe_dump(_nested(searched(found.proposed.settings)), sort_keys=False))


def command(proposed: Trial) -> str:
    """How to run the pipeline with a trial's settings without keeping them."""
    changes = " ".join(f"-S {name}={value}" for name, value in searched(proposed.settings).items())
    return f"dvc exp run {changes}"


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        place = nested
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return nested


if __name__ == "__main__":
    run(main)
