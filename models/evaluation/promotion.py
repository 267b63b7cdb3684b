"""Whether a candidate release may replace the champion.

This first rule compares the two on the final cut that each was judged at. It is fair where both were
judged at the same cut of the same data over the same horizon. Elsewhere, or where there is no champion,
the candidate answers to the logistic RFM of its own table: it is refused only when it is worse by more
than the limit and the paired interval says that this is no accident of a small sample.
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
class JudgedRelease:
    """What the gate knows of a release: the question it was asked and how it did at its final cut.

    outcomes: the digest of who was judged at the final cut and what they did. against_logistic: the paired
    verdict on log-loss beside logistic RFM, at 90 %.
    """

    release_id: str
    horizon_days: int
    outcomes: str
    log_loss: float
    logistic_log_loss: float
    against_logistic: Verdict

    def same_question(self, other: "JudgedRelease") -> bool:
        """Whether two log-losses can be compared: the same customers with the same outcomes."""
        return (self.outcomes, self.horizon_days) == (other.outcomes, other.horizon_days)


@dataclass(frozen=True)
class Decision:
    """Whether the candidate goes live, and why, in words."""

    promoted: bool
    reason: str


def judged(release_id: str, horizon_days: int, churn_metrics: Mapping[str, Any]) -> JudgedRelease:
    """Read the figures the gate needs out of a release's `metrics/churn.json`."""
    final = churn_metrics["final_cut"]
    return JudgedRelease(
        release_id=release_id,
        horizon_days=horizon_days,
        outcomes=final["outcomes"],
        log_loss=final["model"]["log_loss"],
        logistic_log_loss=final["logistic_rfm"]["log_loss"],
        against_logistic=Verdict(final["against"]["logistic_rfm"]["log_loss"]["verdict"]),
    )


def decide(candidate: JudgedRelease, champion: JudgedRelease | None, settings: PromoteSettings) -> Decision:
    """Compare a candidate with the champion, or with logistic RFM where there is no fair champion."""
    limit = settings.max_log_loss_increase
    if champion is not None and candidate.same_question(champion):
        promoted = candidate.log_loss <= champion.log_loss + limit
        beside = f"{champion.log_loss:.4f} of champion {champion.release_id}"
        return Decision(promoted, _reason(candidate, beside, limit, promoted=promoted))
    promoted = (
        candidate.log_loss <= candidate.logistic_log_loss + limit
        or candidate.against_logistic is not Verdict.WORSE
    )
    beside = f"{candidate.logistic_log_loss:.4f} of logistic RFM ({candidate.against_logistic})"
    why = (
        "no champion yet" if champion is None else "the champion was judged on other data or another horizon"
    )
    return Decision(promoted, f"{why}; {_reason(candidate, beside, limit, promoted=promoted)}")


def _reason(candidate: JudgedRelease, beside: str, limit: float, *, promoted: bool) -> str:
    relation = "allowed" if promoted else f"beyond the limit of {limit:g}"
    return f"log-loss {candidate.log_loss:.4f} beside {beside}: {relation}"
