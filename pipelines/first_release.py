"""Where nothing is live yet: what may go live first, and what steps in for a candidate that may not."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.contract.storage import read_json, write_json
from models.evaluation.promotion import Decision, PromoteSettings, beside_logistic, decide, decide_unjudged
from models.learned import churn
from models.learned.calibration import Calibration
from models.release import MANIFEST, Manifest, digests, read_manifest, write_manifest

CHURN = "churn"
RECIPE = "recipe.json"


def judge_first(metrics: Mapping[str, Any], settings: PromoteSettings) -> Decision:
    """Whether a candidate may go live where nothing is, by its `metrics/churn.json`."""
    if metrics["final_cut"] is None:
        return decide_unjudged(metrics["unjudged"], None)
    return decide(beside_logistic(metrics, "no champion to compare"), settings)


def plainer(candidate: Path, why: str, folder: Path) -> Manifest | None:
    """Assemble in `folder` the candidate without its boosted trees; its manifest, None if it has none.

    The logistic model that the trees fell behind at the final cut was fitted beside them and is at hand. A
    small shop is better served by it than by nothing.
    """
    model = churn.load(candidate / CHURN)
    if not model.boosters or model.logistic is None:
        return None
    manifest = read_manifest(candidate)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(candidate, folder)
    (folder / MANIFEST).unlink()
    reason = f"the boosted trees were refused: {why}"
    alone = replace(
        model,
        boosters=(),
        boosted_weight=0.0,
        calibration=Calibration(),
        offset_feature=None,
        model_used=model.logistic.name,
        reason=reason,
    )
    alone.save(folder / CHURN)
    recipe = read_json(candidate / CHURN / RECIPE)
    write_json({**recipe, "model_used": alone.model_used.value, "reason": reason}, folder / CHURN / RECIPE)
    sealed = replace(manifest, files=digests(folder))
    write_manifest(folder, sealed)
    return sealed
