"""Stage: the gate. Compare the candidate with the champion and put the winner in data/live.

Runs every time. If the candidate is what is live already it writes nothing and imports no mlflow. In an
experiment (DVC sets `DVC_EXP_NAME`) the candidate goes to data/live so that what follows can be compared,
and the registry stays untouched.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.contract.storage import read_json
from models.domain.errors import DamagedRelease, GateRefused, MissingRelease
from models.evaluation.promotion import (
    Decision,
    PromoteSettings,
    beside_logistic,
    decide,
    decide_unjudged,
    same_models,
    within_limits,
)
from models.release import POLICY, Manifest, copy_release, file_digest, read_manifest, repoliced
from pipelines import paths, registry
from pipelines.params import section
from pipelines.readable import require_readable, unreadable
from pipelines.stage import run

CHURN_METRICS = Path("metrics") / "churn.json"
VALUE_METRICS = Path("metrics") / "lifetime_value.json"


def main() -> None:
    """Write data/live and, outside experiments, the registry and MLflow.

    A champion that this version cannot read is as good as none: kept live, nobody could be scored by it.
    """
    candidate = read_manifest(paths.RELEASE)
    if in_experiment(os.environ):
        put_live(paths.RELEASE, candidate.release_id)
        print(f"experiment: candidate {candidate.release_id} is in data/live; the registry is untouched")
        return
    pinned = registry.pinned(paths.REGISTRY)
    if pinned is not None:
        require_readable(pinned)
        put_live(registry.release_folder(paths.REGISTRY, pinned), pinned)
        print(f"release {pinned} is pinned; candidate {candidate.release_id} waits until `make unpin`")
        return
    champion = registry.champion_id(paths.REGISTRY)
    if candidate.release_id == champion:
        put_live(paths.RELEASE, candidate.release_id)
        print(f"release {candidate.release_id} is live already")
        return
    settings = section(PromoteSettings, "promote")
    unread = None if champion is None else unreadable(champion)
    champion = champion if unread is None else None
    decision, limit = judge(candidate, champion, settings)
    if unread is not None:
        decision = replace(decision, reason=f"{decision.reason}; {unread}")
    entry = entry_of(candidate, champion, decision, limit)
    record(paths.RELEASE, candidate, entry, input_digests())
    if not decision.promoted and champion is not None:
        renew_policy(champion, entry)
    if not decision.promoted and champion is None:
        raise GateRefused(
            "the gate refused the only release that could go live",
            given=decision.reason,
            remedy="Read data/metrics; bring more history, or widen what `promote` allows in params.yaml.",
        )


def in_experiment(environment: Mapping[str, str]) -> bool:
    """Whether DVC runs this as an experiment."""
    return bool(environment.get("DVC_EXP_NAME"))


def judge(
    candidate: Manifest, champion: str | None, settings: PromoteSettings
) -> tuple[Decision, float | None]:
    """Whether the candidate may go live, why, and the limit on log-loss if a contest decided it.

    A candidate with the champion's models has been judged. Any other must keep within the limits first.
    """
    metrics, value = (read_json(paths.RELEASE / name) for name in (CHURN_METRICS, VALUE_METRICS))
    if not _has_models_of(champion, candidate):
        own = within_limits(metrics, value, settings)
        if not own.promoted:
            return own, None
    return contest(candidate, champion, metrics, settings), settings.max_log_loss_increase


def _has_models_of(champion: str | None, candidate: Manifest) -> bool:
    if champion is None:
        return False
    folder = registry.release_folder(paths.REGISTRY, champion)
    return same_models(candidate.files, read_manifest(folder).files)


def contest(
    candidate: Manifest, champion: str | None, metrics: Mapping[str, Any], settings: PromoteSettings
) -> Decision:
    """Whether the candidate holds its own beside its rivals, and why.

    The champion's recipe runs on today's code and features, so it cannot see what spoils both: the candidate
    must hold its own beside logistic RFM first.
    """
    if champion is None:
        return judge_first(metrics, settings)
    folder = registry.release_folder(paths.REGISTRY, champion)
    if _has_models_of(champion, candidate):
        return Decision(
            promoted=True, reason=f"the models of champion {champion} under what else has changed"
        )
    if metrics["final_cut"] is None:
        return decide_unjudged(metrics["unjudged"], read_json(folder / CHURN_METRICS))
    limit = settings.max_log_loss_increase
    refused = registry.refusal(paths.REGISTRY, candidate.release_id, champion, limit)
    if refused is not None:
        return Decision(promoted=False, reason=refused)
    alone = decide(beside_logistic(metrics, "whatever the champion does"), settings)
    if not alone.promoted:
        return alone
    from pipelines.champion import against_champion  # noqa: PLC0415  # fits models, so imports what fits them

    return decide(against_champion(folder, champion), settings)


def judge_first(metrics: Mapping[str, Any], settings: PromoteSettings) -> Decision:
    """Whether a candidate may go live where nothing is."""
    if metrics["final_cut"] is None:
        return decide_unjudged(metrics["unjudged"], None)
    return decide(beside_logistic(metrics, "no champion to compare"), settings)


def entry_of(
    manifest: Manifest, champion: str | None, decision: Decision, limit: float | None
) -> registry.Entry:
    """The line that a decision writes into the history."""
    return registry.Entry(
        manifest.release_id,
        manifest.as_of,
        decision.promoted,
        decision.reason,
        champion,
        limit=limit,
    )


def record(release: Path, manifest: Manifest, entry: registry.Entry, inputs: Mapping[str, str]) -> None:
    """Act on a decision: registry and MLflow first, data/live next, history last.

    A kill between two of them is mended by the next run: each step does nothing when it was done before,
    and only the line in the history makes a champion. `inputs`: what the release was made from, by SHA-256.
    """
    live = entry.release_id if entry.promoted else entry.champion_before
    if not registry.decided(paths.REGISTRY, entry):
        from pipelines import tracking  # noqa: PLC0415  # seconds of import, wanted only when something changed

        registry.keep(paths.REGISTRY, entry.release_id, release)
        decision = Decision(entry.promoted, entry.reason)
        tracking.log_release(
            paths.MLFLOW_DB, paths.MLFLOW_ARTIFACTS, release, manifest, decision, inputs=inputs
        )
        if live is not None:
            tracking.set_champion(paths.MLFLOW_DB, live)
    if live is not None:
        put_live(registry.release_folder(paths.REGISTRY, live), live)
    registry.append(paths.REGISTRY, entry)
    print(f"release {entry.release_id}: {'promoted' if entry.promoted else 'REFUSED'} ({entry.reason})")


def input_digests() -> dict[str, str]:
    """SHA-256 of what the candidate was made from, by path: tables, features, labels and settings."""
    files = [*paths.TABLES.glob("*"), *paths.FEATURES.glob("*"), *paths.LABELS.glob("*"), paths.PARAMS]
    return {str(file): file_digest(file) for file in sorted(files) if file.is_file()}


def renew_policy(champion: str, refused: registry.Entry) -> None:
    """Put the settings' policy in force with the champion's models, where it is another than theirs.

    The refusal holds beside the renewed champion too, whose models are the same: it is written again, so that
    the next run need not repeat the contest.
    """
    kept = registry.release_folder(paths.REGISTRY, champion)
    policy = paths.RELEASE / POLICY
    if policy.read_bytes() == (kept / POLICY).read_bytes():
        return
    folder = paths.RELEASE.with_name("repoliced.unfinished")
    manifest = repoliced(kept, policy, folder)
    reason = f"the models of {champion} under the policy now set; the candidate's models were refused"
    renewed = replace(
        refused, release_id=manifest.release_id, as_of=manifest.as_of, promoted=True, reason=reason
    )
    record(folder, manifest, renewed, {str(paths.PARAMS): file_digest(paths.PARAMS)})
    shutil.rmtree(folder)
    registry.append(paths.REGISTRY, replace(refused, champion_before=manifest.release_id))


def put_live(source: Path, release_id: str) -> None:
    """Make data/live this release; nothing is written when it is already, whole and undamaged."""
    try:
        if read_manifest(paths.LIVE).release_id == release_id:
            return
    except (MissingRelease, DamagedRelease) as found:
        print(f"data/live is written anew: {found.problem}")
    read_manifest(source)
    copy_release(source, paths.LIVE)


if __name__ == "__main__":
    run(main)
