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
from models.domain.errors import GateRefused
from models.evaluation.promotion import (
    Decision,
    PromoteSettings,
    beside_logistic,
    decide,
    decide_unjudged,
    same_models,
    within_limits,
)
from models.release import POLICY, Manifest, file_digest, read_manifest, repoliced
from pipelines import paths, registry
from pipelines.first_release import judge_first, plainer
from pipelines.params import section
from pipelines.putting_live import entry_of, input_digests, put_live, record
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
    if decision.promoted:
        return
    if champion is not None:
        renew_policy(champion, entry)
    elif not go_plainer(entry, settings):
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
        own = within_limits(metrics, value, settings, first=champion is None)
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


def go_plainer(refused: registry.Entry, settings: PromoteSettings) -> bool:
    """Where nothing is live, put live the refused candidate's logistic model; False where that is no help.

    It is none for a candidate that breaks a limit of its own, or that has no boosted trees to go without.
    The refusal is written again beside what is live now, as for a renewed policy.
    """
    metrics, value = (read_json(paths.RELEASE / name) for name in (CHURN_METRICS, VALUE_METRICS))
    if not within_limits(metrics, value, settings, first=True).promoted:
        return False
    folder = paths.RELEASE.with_name("plainer.unfinished")
    manifest = plainer(paths.RELEASE, refused.reason, folder)
    if manifest is None:
        return False
    reason = f"{refused.release_id} without its boosted trees, which were refused; nothing else is live"
    instead = replace(refused, release_id=manifest.release_id, promoted=True, reason=reason)
    record(folder, manifest, instead, input_digests())
    shutil.rmtree(folder)
    registry.append(paths.REGISTRY, replace(refused, champion_before=manifest.release_id))
    return True


if __name__ == "__main__":
    run(main)
