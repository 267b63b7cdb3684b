"""Whether a candidate release may replace the champion.

This first rule compares the two on the final cut that each was judged at. It is fair where both were
judged on the same data. Where the data moved on, or there is no champion, the candidate answers to the
logistic RFM of its own table: it is refused only when it is worse by more than the limit and the paired
interval says that this is no accident of a small sample.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.domain.settings import in_range
from models.evaluation.comparison import Verdict


@dataclass(frozen=True)
class PromoteSettings:
    """Limits of the gate.

    max_log_loss_increase: by how much a candidate's log-loss may exceed its rival's and still go live.
    """

    max_log_loss_increase: float

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a negative or meaningless limit."""
        in_range("promote.max_log_loss_increase", self.max_log_loss_increase, 0, 1)


@dataclass(frozen=True)
class Judged:
    """What the gate knows of a release: when its data ended and how it did at its final cut.

    against_logistic: the paired verdict on log-loss beside logistic RFM, at 90 %.
    """

    release_id: str
    as_of: int
    log_loss: float
    logistic_log_loss: float
    against_logistic: Verdict


@dataclass(frozen=True)
class Decision:
    """Whether the candidate goes live, and why, in words."""

    promoted: bool
    reason: str


def judged(release_id: str, as_of: int, churn_metrics: Mapping[str, Any]) -> Judged:
    """Read the figures the gate needs out of `data/metrics/churn.json`."""
    final = churn_metrics["final_cut"]
    return Judged(
        release_id,
        as_of,
        final["model"]["log_loss"],
        final["logistic_rfm"]["log_loss"],
        Verdict(final["against"]["logistic_rfm"]["log_loss"]["verdict"]),
    )


def decide(candidate: Judged, champion: Judged | None, settings: PromoteSettings) -> Decision:
    """Compare a candidate with the champion, or with logistic RFM where there is no fair champion."""
    limit = settings.max_log_loss_increase
    if champion is not None and champion.as_of == candidate.as_of:
        promoted = candidate.log_loss <= champion.log_loss + limit
        beside = f"{champion.log_loss:.4f} of champion {champion.release_id}"
        return Decision(promoted, _reason(candidate, beside, limit, promoted=promoted))
    promoted = (
        candidate.log_loss <= candidate.logistic_log_loss + limit
        or candidate.against_logistic is not Verdict.WORSE
    )
    beside = f"{candidate.logistic_log_loss:.4f} of logistic RFM ({candidate.against_logistic})"
    why = "no champion yet" if champion is None else "the champion was judged on older data"
    return Decision(promoted, f"{why}; {_reason(candidate, beside, limit, promoted=promoted)}")


def _reason(candidate: Judged, beside: str, limit: float, *, promoted: bool) -> str:
    relation = "allowed" if promoted else f"beyond the limit of {limit:g}"
    return f"log-loss {candidate.log_loss:.4f} beside {beside}: {relation}"
