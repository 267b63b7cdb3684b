"""Whether a candidate release may replace the champion.

This first rule compares the two on the final cut that each was judged at. It is fair where both were
judged on the same data; where the data moved on, the candidate answers to the logistic RFM of its own
table, and the decision says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.domain.settings import in_range


@dataclass(frozen=True)
class PromoteSettings:
    """Limits of the gate.

    max_log_loss_increase: how much worse than its rival a candidate's log-loss may be and still go live.
    """

    max_log_loss_increase: float

    def __post_init__(self) -> None:
        """Raise `InvalidSetting` for a negative or meaningless limit."""
        in_range("promote.max_log_loss_increase", self.max_log_loss_increase, 0, 1)


@dataclass(frozen=True)
class Judged:
    """What the gate knows of a release: when its data ended and its log-loss at its final cut."""

    release_id: str
    as_of: int
    log_loss: float
    logistic_log_loss: float


@dataclass(frozen=True)
class Decision:
    """Whether the candidate goes live, and why, in words."""

    promoted: bool
    reason: str


def judged(release_id: str, as_of: int, churn_metrics: Mapping[str, Any]) -> Judged:
    """Read the figures the gate needs out of `data/metrics/churn.json`."""
    final = churn_metrics["final_cut"]
    return Judged(release_id, as_of, final["model"]["log_loss"], final["logistic_rfm"]["log_loss"])


def decide(candidate: Judged, champion: Judged | None, settings: PromoteSettings) -> Decision:
    """Compare a candidate with the champion, or with logistic RFM where there is no fair champion."""
    if champion is not None and champion.as_of == candidate.as_of:
        return _compare(candidate, champion.log_loss, f"champion {champion.release_id}", settings)
    why = "no champion yet" if champion is None else "the champion was judged on older data"
    decision = _compare(candidate, candidate.logistic_log_loss, "logistic RFM", settings)
    return Decision(decision.promoted, f"{why}; {decision.reason}")


def _compare(candidate: Judged, rival: float, name: str, settings: PromoteSettings) -> Decision:
    promoted = candidate.log_loss <= rival + settings.max_log_loss_increase
    relation = "within" if promoted else "beyond"
    return Decision(
        promoted,
        f"log-loss {candidate.log_loss:.4f} against {rival:.4f} of {name}, "
        f"{relation} the limit of {settings.max_log_loss_increase:g}",
    )
