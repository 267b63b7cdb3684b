"""Stage: the gate. Compare the candidate with the champion and put the winner in data/live.

Runs every time. If the candidate is what is live already it writes nothing and imports no mlflow. In an
experiment (DVC sets `DVC_EXP_NAME`) the candidate goes to data/live so that what follows can be compared,
and the registry stays untouched.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from models.contract.storage import read_json
from models.domain.errors import DamagedRelease, GateRefused, MissingRelease
from models.evaluation.promotion import Decision, PromoteSettings, beside_logistic, decide, same_models
from models.release import POLICY, Manifest, copy_release, file_digest, read_manifest, repoliced
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
    pinned = registry.pinned(paths.REGISTRY)
    if pinned is not None:
        put_live(registry.release_folder(paths.REGISTRY, pinned), pinned)
        print(f"release {pinned} is pinned; candidate {candidate.release_id} waits until `make unpin`")
        return
    champion = registry.champion_id(paths.REGISTRY)
    if candidate.release_id == champion:
        put_live(paths.RELEASE, candidate.release_id)
        print(f"release {candidate.release_id} is live already")
        return
    decision = judge(candidate, champion)
    record(paths.RELEASE, candidate, champion, decision)
    if not decision.promoted and champion is not None:
        renew_policy(champion)
    if not decision.promoted and champion is None:
        raise GateRefused(
            "the gate refused the first release, so nothing is live",
            given=decision.reason,
            remedy="Read data/metrics/churn.json; bring more history or widen promote.max_log_loss_increase.",
        )


def in_experiment(environment: Mapping[str, str]) -> bool:
    """Whether DVC runs this as an experiment."""
    return bool(environment.get("DVC_EXP_NAME"))


def judge(candidate: Manifest, champion: str | None) -> Decision:
    """Whether the candidate may go live, and why."""
    settings = section(PromoteSettings, "promote")
    if champion is None:
        metrics = read_json(paths.RELEASE / "metrics" / "churn.json")
        return decide(beside_logistic(metrics, "no champion yet"), settings)
    folder = registry.release_folder(paths.REGISTRY, champion)
    if same_models(candidate.files, read_manifest(folder).files):
        return Decision(
            promoted=True, reason=f"the models of champion {champion} under what else has changed"
        )
    refused = registry.refusal(paths.REGISTRY, candidate.release_id, champion)
    if refused is not None:
        return Decision(promoted=False, reason=refused)
    from pipelines.champion import against_champion  # noqa: PLC0415  # fits models, so imports what fits them

    return decide(against_champion(folder, champion), settings)


def record(release: Path, manifest: Manifest, champion: str | None, decision: Decision) -> None:
    """Act on a decision: registry and MLflow first, data/live next, history last.

    A kill between two of them is mended by the next run: each step does nothing when it was done before,
    and only the line in the history makes a champion.
    """
    release_id = manifest.release_id
    live = release_id if decision.promoted else champion
    entry = registry.Entry(release_id, manifest.as_of, decision.promoted, decision.reason, champion)
    if not registry.decided(paths.REGISTRY, entry):
        from pipelines import tracking  # noqa: PLC0415  # seconds of import, wanted only when something changed

        registry.keep(paths.REGISTRY, release_id, release)
        tracking.log_release(
            paths.MLFLOW_DB, paths.MLFLOW_ARTIFACTS, release, manifest, decision, inputs=input_digests()
        )
    if live is not None:
        put_live(registry.release_folder(paths.REGISTRY, live), live)
    registry.append(paths.REGISTRY, entry)
    print(f"release {release_id}: {'promoted' if decision.promoted else 'REFUSED'} ({decision.reason})")


def input_digests() -> dict[str, str]:
    """SHA-256 of what the candidate was made from, by path: tables, features, labels and settings."""
    files = [*paths.TABLES.glob("*"), *paths.FEATURES.glob("*"), *paths.LABELS.glob("*"), paths.PARAMS]
    return {str(file): file_digest(file) for file in sorted(files) if file.is_file()}


def renew_policy(champion: str) -> None:
    """Put the settings' policy in force with the champion's models, where it is another than theirs."""
    kept = registry.release_folder(paths.REGISTRY, champion)
    policy = paths.RELEASE / POLICY
    if policy.read_bytes() == (kept / POLICY).read_bytes():
        return
    folder = paths.RELEASE.with_name("repoliced.unfinished")
    manifest = repoliced(kept, policy, folder)
    reason = f"the models of {champion} under the policy now set; the candidate's models were refused"
    record(folder, manifest, champion, Decision(promoted=True, reason=reason))
    shutil.rmtree(folder)


def put_live(source: Path, release_id: str) -> None:
    """Make data/live this release; nothing is written when it is already, whole and undamaged."""
    try:
        if read_manifest(paths.LIVE).release_id == release_id:
            return
    except (MissingRelease, DamagedRelease) as found:
        print(f"data/live is written anew: {found.problem}")
    copy_release(source, paths.LIVE)


if __name__ == "__main__":
    run(main)
