"""The churn model: boosted trees and logistic RFM averaged on log-odds, then calibrated.

    log-odds = calibration( w · (offset + mean of boosters) + (1 − w) · logistic ) + step

The offset is a column of the frame that the boosters were trained to correct: log-odds of silence by rhythm.
The step is none, unless labels fall short of what is asked (`further.py`).

p is the probability of no purchase within the horizon. With too few rows the logistic model stands alone,
and with hardly any the cold-start rate; where no window has closed at all there is no model, and p is NaN.
`model_used` and `reason` say so.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.contract.storage import read_json, write_json
from models.domain.vocabulary import ModelUsed
from models.features.frame import FeatureFrame
from models.learned.booster import Booster
from models.learned.calibration import Calibration, logit, probability
from models.learned.further import Further
from models.learned.logistic import LogisticModel
from models.learned.rows import aligned

MODEL_FILE = "churn.json"
BOOSTER_FILES = "booster_{number}.txt"


@dataclass(frozen=True)
class ChurnModel:
    """A fitted churn model.

    feature_names: the order in which the boosters read features. offset_feature: the one of them that they
    start from, None where they start at the mean. boosters: one per seed, none unless `model_used` is BLEND.
    logistic: None only for COLD_START and NONE. boosted_weight: w above.
    cold_start_rate: the share of training rows that churned, told of a customer without features (NONE: NaN).
    further: how the odds come from the labels' days to the horizon; None where labels reach it.
    """

    feature_names: tuple[str, ...]
    boosters: tuple[Booster, ...]
    logistic: LogisticModel | None
    boosted_weight: float
    calibration: Calibration
    cold_start_rate: float
    model_used: ModelUsed
    reason: str
    offset_feature: str | None = None
    further: Further | None = None

    def offset(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """Log-odds that the boosters start from [n]; 0 where there is no offset or it has nothing to say."""
        if self.offset_feature is None:
            return np.zeros(len(frame))
        return np.nan_to_num(frame.column(self.offset_feature).astype(np.float64), nan=0.0)

    def step(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """What carries log-odds from the labels' days to the horizon [n]; 0 where labels reach it."""
        return np.zeros(len(frame)) if self.further is None else self.further.step(frame)

    def raw_log_odds(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """Log-odds before calibration [n].

        Raises `DamagedRelease` when the frame lacks a feature that the model was trained on.
        """
        return blended(*self.halves(frame), self.boosted_weight)

    def halves(self, frame: FeatureFrame) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
        """Log-odds before calibration [n] by boosters, None where there are none, and by the logistic model.

        Raises `DamagedRelease` when the frame lacks a feature that the model was trained on.
        """
        if self.logistic is None:
            return None, np.full(len(frame), self.cold_start_log_odds)
        values = aligned(frame, self.feature_names)
        logistic = self.logistic.log_odds(frame)
        if not self.boosters:
            return None, logistic
        boosted = sum(booster.raw(values) for booster in self.boosters) / len(self.boosters)
        return self.offset(frame) + boosted, logistic

    def log_odds(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """Calibrated log-odds of churn [n]."""
        return self.calibration.apply(self.raw_log_odds(frame)) + self.step(frame)

    def probability(self, frame: FeatureFrame) -> NDArray[np.float64]:
        """Probability of churn within the horizon [n], in [1e-6, 1 - 1e-6]."""
        return probability(self.log_odds(frame))

    @property
    def cold_start_log_odds(self) -> float:
        """Log-odds of the cold-start rate."""
        return float(logit(np.array([self.cold_start_rate]))[0])

    def save(self, folder: Path) -> None:
        """Write `churn.json` and one LightGBM text per booster."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(BOOSTER_FILES.format(number="*")):
            old.unlink()
        for number, booster in enumerate(self.boosters):
            (folder / BOOSTER_FILES.format(number=number)).write_text(booster.text)
        write_json(
            {
                "feature_names": list(self.feature_names),
                "offset_feature": self.offset_feature,
                "further": None if self.further is None else self.further.to_json(),
                "boosters": len(self.boosters),
                "logistic": None if self.logistic is None else self.logistic.to_json(),
                "boosted_weight": self.boosted_weight,
                "calibration": self.calibration.to_json(),
                "cold_start_rate": None if np.isnan(self.cold_start_rate) else self.cold_start_rate,
                "model_used": self.model_used.value,
                "reason": self.reason,
            },
            folder / MODEL_FILE,
        )


def blended(
    boosted: NDArray[np.float64] | None, logistic: NDArray[np.float64], weight: float
) -> NDArray[np.float64]:
    """Both halves' log-odds [n] averaged, `weight` on the boosters; the logistic one's where it is alone."""
    if boosted is None:
        return logistic
    blend: NDArray[np.float64] = weight * boosted + (1.0 - weight) * logistic
    return blend


def load(folder: Path) -> ChurnModel:
    """Read what `ChurnModel.save` wrote. Raises `DamagedRelease` for a booster that is none."""
    values = read_json(folder / MODEL_FILE)
    texts = [
        (folder / BOOSTER_FILES.format(number=number)).read_text() for number in range(values["boosters"])
    ]
    logistic, rate, further = values["logistic"], values["cold_start_rate"], values.get("further")
    return ChurnModel(
        feature_names=tuple(values["feature_names"]),
        boosters=tuple(Booster(text) for text in texts),
        logistic=None if logistic is None else LogisticModel.from_json(logistic),
        boosted_weight=values["boosted_weight"],
        calibration=Calibration.from_json(values["calibration"]),
        cold_start_rate=float("nan") if rate is None else rate,
        model_used=ModelUsed(values["model_used"]),
        reason=values["reason"],
        offset_feature=values.get("offset_feature"),  # releases before there was one do not say
        further=None if further is None else Further.from_json(further),
    )
