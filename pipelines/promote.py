"""Stage: the gate. Compare the candidate with the champion and put the winner in data/live.

Runs every time. If the candidate is what is live already it writes nothing and imports no mlflow. In an
experiment (DVC sets `DVC_EXP_NAME`) the candidate goes to data/live so that what follows can be compared,
and the registry stays untouched.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from models.contract.storage import read_json
from models.domain.errors import GateRefused
from models.evaluation.promotion import Decision, Judged, PromoteSettings, decide, judged
from models.release import MANIFEST, Manifest, copy_release, read_manifest
from pipelines import paths, registry
from pipelines.params import section
from pipelines.stage import run


def main() -> None:
    """Write data/live and, outside experiments, the registry and MLflow."""
    candidate = read_manifest(paths.RELEASE)
    if in_experiment(os.environ):
        put_live(paths.RELEASE, candidate.release_id)
        print(f"experiment: candidate {candidate.release_id} is in data/live; the registry is untouched")
        return
    champion = registry.champion_id(paths.REGISTRY)
    if candidate.release_id == champion:
        put_live(paths.RELEASE, candidate.release_id)
        print(f"release {candidate.release_id} is live already")
        return
    settings = section(PromoteSettings, "promote")
    decision = decide(judgement(paths.RELEASE, candidate), champion_judgement(champion), settings)
    record(candidate, champion, decision)


def in_experiment(environment: Mapping[str, str]) -> bool:
    """Whether DVC runs this as an experiment."""
    return bool(environment.get("DVC_EXP_NAME"))


def judgement(release: Path, manifest: Manifest) -> Judged:
    """What the gate knows of a release folder."""
    return judged(manifest.release_id, manifest.as_of, read_json(release / "metrics" / "churn.json"))


def champion_judgement(champion: str | None) -> Judged | None:
    """The same for the champion in the registry; None when there is none."""
    if champion is None:
        return None
    folder = registry.release_folder(paths.REGISTRY, champion)
    return judgement(folder, read_manifest(folder))


def record(candidate: Manifest, champion: str | None, decision: Decision) -> None:
    """Act on a decision: registry and MLflow first, data/live next, history last.

    A kill between two of them is mended by the next run: each step does nothing when it was done before,
    and only the line in the history makes a champion.
    """
    from pipelines import tracking  # noqa: PLC0415  # five seconds of import, wanted only when something changed

    release_id = candidate.release_id
    registry.keep(paths.REGISTRY, release_id, paths.RELEASE)
    tracking.log_release(paths.MLFLOW_DB, paths.MLFLOW_ARTIFACTS, paths.RELEASE, candidate, decision)
    live = release_id if decision.promoted else champion
    if live is not None:
        put_live(registry.release_folder(paths.REGISTRY, live), live)
    entry = registry.Entry(release_id, candidate.as_of, decision.promoted, decision.reason, champion)
    registry.append(paths.REGISTRY, entry)
    print(f"release {release_id}: {'promoted' if decision.promoted else 'REFUSED'} ({decision.reason})")
    if live is None:
        raise GateRefused(
            "the gate refused the first release, so nothing is live",
            given=decision.reason,
            remedy="Read data/metrics/churn.json; bring more history or widen promote.max_log_loss_increase.",
        )


def put_live(source: Path, release_id: str) -> None:
    """Make data/live this release; nothing is written when it is already."""
    if (paths.LIVE / MANIFEST).exists() and read_manifest(paths.LIVE).release_id == release_id:
        return
    copy_release(source, paths.LIVE)


if __name__ == "__main__":
    run(main)
