"""Whether a candidate release may replace the champion.

Both are judged on the same customers with the same outcomes: the candidate's final cut. The champion's part
is played by its recipe, fitted again on the very folds that the candidate was fitted on, since the model it
has live may have seen those outcomes. Where there is no champion, or its recipe cannot be followed any more,
the candidate answers to the logistic RFM of its own table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.domain.settings import in_range
from models.evaluation.churn_report import logistic_name
from models.evaluation.comparison import Verdict, compare_log_loss
from models.evaluation.limits import GateLimits, broken
from models.evaluation.metrics import log_loss

SEED = 1
MODELS = ("churn/", "lifetime_value/")


@dataclass(frozen=True)
class PromoteSettings:
    """Limits of the gate.

    max_log_loss_increase: by how much a candidate's log-loss may exceed its rival's and still go live.
    limits: on its own figures.
    """

    max_log_loss_increase: float
    limits: GateLimits = field(default_factory=GateLimits)

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a negative or meaningless limit."""
        in_range("promote.max_log_loss_increase", self.max_log_loss_increase, 0, 1)


@dataclass(frozen=True)
class Comparison:
    """A candidate beside its rival on the same customers.

    rival: in words. why: why it is that one. ours, theirs: log-loss at the final cut. verdict: the paired
    verdict on log-loss at 90 %.
    """

    rival: str
    why: str
    ours: float
    theirs: float
    verdict: Verdict


@dataclass(frozen=True)
class Decision:
    """Whether the candidate goes live, and why, in words."""

    promoted: bool
    reason: str


def beside_logistic(churn_metrics: Mapping[str, Any], why: str) -> Comparison:
    """The candidate beside the plain logistic model, out of its own `metrics/churn.json`."""
    final = churn_metrics["final_cut"]
    return Comparison(
        rival=logistic_name(churn_metrics),
        why=why,
        ours=final["model"]["log_loss"],
        theirs=final["logistic_rfm"]["log_loss"],
        verdict=Verdict(final["against"]["logistic_rfm"]["log_loss"]["verdict"]),
    )


def beside_recipe(
    release_id: str,
    ours: NDArray[np.float64],
    theirs: NDArray[np.float64],
    churned: NDArray[np.float64],
) -> Comparison:
    """The candidate beside the champion's recipe: probabilities [n] and what happened, 0 or 1 [n]."""
    difference = compare_log_loss(ours, theirs, churned, customer=np.arange(len(churned)), seed=SEED)
    return Comparison(
        rival=f"the recipe of champion {release_id}",
        why="fitted on the same folds",
        ours=log_loss(ours, churned),
        theirs=log_loss(theirs, churned),
        verdict=difference.verdict,
    )


def decide_unjudged(why: str, champion_metrics: Mapping[str, Any] | None) -> Decision:
    """Whether a candidate may go live that no backtest could judge (`why`): never in place of one that was.

    champion_metrics: the champion's `metrics/churn.json`; None where nothing is live.
    """
    if champion_metrics is None:
        return Decision(promoted=True, reason=f"not validated: {why}; nothing else is live")
    if champion_metrics["final_cut"] is None:
        return Decision(promoted=True, reason=f"not validated: {why}; nor was the champion")
    return Decision(promoted=False, reason=f"not validated: {why}; the champion was")


def within_limits(
    churn_metrics: Mapping[str, Any],
    value_metrics: Mapping[str, Any],
    settings: PromoteSettings,
    *,
    first: bool = False,
) -> Decision:
    """Whether a candidate's own figures allow it to go live, beside whomever; first: nothing is live."""
    sentences = broken(churn_metrics, value_metrics, settings.limits, first=first)
    return Decision(not sentences, "; ".join(sentences) or "within every limit")


def same_models(candidate: Mapping[str, str], champion: Mapping[str, str]) -> bool:
    """Whether two releases (path → SHA-256) hold the same fitted models; the policy may differ."""
    return _models(candidate) == _models(champion)


def decide(comparison: Comparison, settings: PromoteSettings) -> Decision:
    """Refuse a candidate that is worse by more than the limit, unless that may be an accident."""
    limit = settings.max_log_loss_increase
    if not (np.isfinite(comparison.ours) and np.isfinite(comparison.theirs)):
        return Decision(promoted=False, reason=f"no log-loss to compare beside {comparison.rival}")
    within = comparison.ours <= comparison.theirs + limit
    promoted = within or comparison.verdict is not Verdict.WORSE
    relation = "allowed" if promoted else f"beyond the limit of {limit:g}"
    return Decision(
        promoted,
        f"log-loss {comparison.ours:.4f} beside {comparison.theirs:.4f} of {comparison.rival} "
        f"({comparison.why}; {comparison.verdict}): {relation}",
    )


def _models(files: Mapping[str, str]) -> dict[str, str]:
    # A recipe tells how a model came to be, a plot what it did; neither is part of what it predicts.
    fitted = {name: digest for name, digest in files.items() if name.startswith(MODELS)}
    return {name: digest for name, digest in fitted.items() if not name.endswith(("recipe.json", ".csv"))}
