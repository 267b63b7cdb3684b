"""The release as an MLflow model: the script that MLflow keeps with the release's files and runs to load it.

Models from code: what is stored is this text, the package `models` and the release, so nothing is pickled.
`predict` takes a data frame of a customer a row, with `customer_id` and the release's features by name; what
is looked up in its models it looks up itself. It returns churn probability and amounts in minor units, the
same numbers as `score` writes (of a wide table: of customers without a label; who has one is scored there by
a model that never saw them).
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel, PythonModelContext

from models.contract.storage import read_json
from models.features.frame import FeatureFrame
from models.features.looked_up import NAMES as LOOKED_UP
from models.learned import churn, lifetime_value, rhythm
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import floored
from models.release import read_manifest


class ReleaseModel(PythonModel):  # type: ignore[misc]  # mlflow ships no types; it asks for a subclass
    """A release that MLflow loads and asks."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the models. Raises `DamagedRelease` when the files are not what was published."""
        folder = Path(context.artifacts["release"])
        read_manifest(folder)
        names = read_json(folder / "features.json")["names"]
        self.features = tuple(name for name in names if name not in LOOKED_UP)
        self.rhythm = rhythm.load(folder / "btyd", names)
        self.churn = churn.load(folder / "churn")
        self.value = lifetime_value.load(folder / "lifetime_value")
        self.bound = LowerBound.from_json(read_json(folder / "lifetime_value" / "bounds.json"))

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002  # MLflow passes it by this name
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002  # as above
    ) -> pd.DataFrame:
        """Probability, value and stake of each row, in the order given."""
        frame = rhythm.with_rhythm(feature_frame(model_input, self.features), self.rhythm)
        p = self.churn.probability(frame)
        worth = self.value.estimate(frame, p)
        return pd.DataFrame(
            {
                "customer_id": frame.customer_id,
                "churn_probability": p,
                "lifetime_value_minor": floored(worth.lifetime),
                "value_at_stake_minor": floored(worth.stake),
                "value_at_stake_low_minor": floored(self.bound.of_stake(worth.stake)),
            },
            index=model_input.index,
        )


def feature_frame(given: pd.DataFrame, names: tuple[str, ...]) -> FeatureFrame:
    """The named columns as float32, as features are stored; no instant, since the models read none."""
    return FeatureFrame(
        names=names,
        values=given[list(names)].to_numpy(dtype=np.float32),
        customer_id=given["customer_id"].to_numpy(dtype=object),
        snapshot=np.zeros(len(given), dtype=np.int64),
    )


set_model(ReleaseModel())
