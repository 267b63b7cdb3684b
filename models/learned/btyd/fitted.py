"""What a fit found, and whether it may be relied on."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Protocol, TypeVar


class Model(Protocol):
    """A fitted model that can be written down."""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        ...


M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class FitReport:
    """How a fit went.

    reason: in words, why it may or may not be relied on. parameters: where the search ended, also where that
    is no use; none where there was nothing to search. customers: whom it was fitted on, of `available`.
    distinct: how many histories of theirs differ. log_likelihood: of those customers; log_posterior adds
    prior_weight × log prior. expected_gain: of the log posterior by one more Newton step. least_curvature: of
    the log posterior on the log scale, 0 where some direction is free. optima: distinct ones that were found.
    share_gone: of customers, whom the model expects to have left (0 for a model of amounts).
    """

    converged: bool
    reason: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    available: int = 0
    customers: int = 0
    distinct: int = 0
    prior_weight: float = 0.0
    log_likelihood: float = 0.0
    log_posterior: float = 0.0
    expected_gain: float = 0.0
    least_curvature: float = 0.0
    optima: int = 0
    share_gone: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "parameters": dict(self.parameters)}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "FitReport":
        """The inverse of `to_json`."""
        return FitReport(**values)


@dataclass(frozen=True)
class Fitted(Generic[M]):
    """A model with the report of its fit; no model where the fit did not converge: fall back, and say why."""

    model: M | None
    report: FitReport

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "model": None if self.model is None else self.model.to_json(),
            "report": self.report.to_json(),
        }

    @staticmethod
    def from_json(values: Mapping[str, Any], read: Callable[[Mapping[str, Any]], M]) -> "Fitted[M]":
        """The inverse of `to_json`; `read` is the model's own `from_json`."""
        model = values["model"]
        return Fitted(None if model is None else read(model), FitReport.from_json(values["report"]))
