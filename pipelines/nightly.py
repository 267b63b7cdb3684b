"""`make nightly`: run the pipeline unattended, and say by exit code and one line what came of it.

    0 fresh     what is served is made from what the source holds now
    3 refused   the same, but the gate kept the champion: a person should read why
    1 failed    what was served before is still there
    4 busy      another nightly run is under way; this one did nothing

A running server takes up a new `data/serving` by itself. With HOLDFAST_URL (and HOLDFAST_KEY) the run waits
until the server there answers from it. `make nightly SOURCE=name FILE=path` runs in that source's workspace.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import yaml

from models.contract.storage import read_json
from models.domain.errors import HoldfastError
from models.domain.instants import iso
from pipelines import paths
from pipelines.examination import locks
from pipelines.registry import history, since_last_promotion
from pipelines.stage import run
from pipelines.workspace import environment, prepare, repro_command

SERVED_WITHIN_SECONDS = 60.0
LOG = Path("var") / "nightly.jsonl"
URL, KEY = "HOLDFAST_URL", "HOLDFAST_KEY"


class Result(StrEnum):
    """How a nightly run ended."""

    FRESH = "fresh"
    REFUSED = "refused"
    FAILED = "failed"
    BUSY = "busy"


CODES = {Result.FRESH: 0, Result.FAILED: 1, Result.REFUSED: 3, Result.BUSY: 4}

Clock = Callable[[], int]


@dataclass(frozen=True)
class Night:
    """What came of a run: a line of var/nightly.jsonl."""

    at: str
    result: Result
    seconds: float
    release: str | None
    as_of: str | None
    why: str


def main() -> None:
    """Run, append the line, and tell on standard error what is not well."""
    clock = _clock
    with locks.alone(locks.NIGHTLY) as holder:
        if holder is not None:
            sys.exit(_tell(Night(iso(clock()), Result.BUSY, 0, None, None, f"process {holder} is at it")))
        began = clock()
        result, why, folder = nightly(Path.cwd(), sys.argv[1:], os.environ)
        served = _served(folder)
        seconds = round((clock() - began) / 1e6, 1)
        night = Night(iso(began), result, seconds, served.get("release_id"), served.get("as_of"), why)
        with LOG.open("a", encoding="utf-8") as log:
            log.write(json.dumps(asdict(night)) + "\n")
    sys.exit(_tell(night))


def nightly(project: Path, words: list[str], given: Mapping[str, str]) -> tuple[Result, str, Path]:
    """Run the pipeline, here or in a source's workspace: how it ended, why, and in which folder."""
    try:
        folder = prepare(project, words[0], Path(words[1]).expanduser().resolve()) if any(words) else project
    except (HoldfastError, IndexError) as error:
        return Result.FAILED, str(error), project
    if not exported(project, folder, given):
        return Result.FAILED, "what the server was told could not be exported", project
    done = subprocess.run(repro_command(), cwd=folder, env=environment(given), check=False)  # noqa: S603  # our own interpreter
    refusal = refused(folder)
    if done.returncode:
        return Result.FAILED, refusal or f"the pipeline ended with {done.returncode}", folder
    if URL in given and not answers_from(given[URL], given.get(KEY), _served(folder), SERVED_WITHIN_SECONDS):
        return Result.FAILED, f"the server at {given[URL]} does not answer from what was made", folder
    return (Result.REFUSED, refusal, folder) if refusal else (Result.FRESH, "", folder)


def exported(project: Path, folder: Path, given: Mapping[str, str]) -> bool:
    """Write what the server was told to where the run reads it, if it reads any; whether that went well."""
    settings = yaml.safe_load((folder / paths.PARAMS).read_text())["source"]
    if settings.get("also") is None:
        return True
    command = [sys.executable, "-m", "serving", "export", str((folder / settings["also_path"]).resolve())]
    return not subprocess.run(command, cwd=project, env=environment(given), check=False).returncode  # noqa: S603  # our own interpreter


def refused(folder: Path) -> str:
    """Why the newest candidate did not go live; empty where it did."""
    known = since_last_promotion(history(folder / paths.REGISTRY))
    reasons = [entry.reason for entry in known if not entry.promoted]
    return f"the gate refused the newest candidate: {reasons[-1]}" if reasons else ""


def answers_from(url: str, key: str | None, served: Mapping[str, str], seconds: float) -> bool:
    """Wait until a server says that it is ready with this release and these data."""
    asked = Request(f"{url.rstrip('/')}/readyz", headers={"Authorization": f"Bearer {key}"} if key else {})  # noqa: S310  # the operator's own
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urlopen(asked, timeout=5) as answer:  # noqa: S310  # as above
                ready = json.load(answer)
        except (URLError, OSError, ValueError):
            ready = {}
        if ready.get("release_id") == served.get("release_id") and ready.get("as_of") == served.get("as_of"):
            return True
        time.sleep(0.5)
    return False


def _served(folder: Path) -> Mapping[str, str]:
    file = folder / paths.SERVING / "serving.json"
    served: Mapping[str, str] = read_json(file) if file.is_file() else {}
    return served


def _tell(night: Night) -> int:
    if night.result is Result.FRESH:
        print(f"nightly: fresh; release {night.release}, data until {night.as_of}")
    else:
        sys.stderr.write(f"HOLDFAST NIGHTLY {night.result.upper()}: {night.why}\n")
    return CODES[night.result]


def _clock() -> int:
    return time.time_ns() // 1_000


if __name__ == "__main__":
    run(main)
