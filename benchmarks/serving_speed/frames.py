"""What people write by hand: FastAPI around a DataFrame, a row of it for each request."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.serving_speed import rows
from models.features.frame import FeatureFrame
from models.learned import churn, lifetime_value
from models.learned.bounds import LowerBound
from models.learned.lifetime_value import floored

FOLDER = Path(os.environ["PEER_ROWS"])
RELEASE = Path(os.environ["PEER_RELEASE"])

_KEPT = rows.read(FOLDER)
KNOWN = pd.DataFrame(np.array(_KEPT.values), columns=list(_KEPT.names), index=list(_KEPT.places))
CHURN, VALUE = churn.load(RELEASE / "churn"), lifetime_value.load(RELEASE / "lifetime_value")
BOUND = LowerBound.from_json(json.loads((RELEASE / "lifetime_value" / "bounds.json").read_text()))

app = FastAPI()


class Answer(BaseModel):
    """What is said of one customer."""

    customer_id: str
    churn_probability: float
    lifetime_value_minor: int
    value_at_stake_minor: int
    value_at_stake_low_minor: int


def predicted(found: pd.DataFrame) -> pd.DataFrame:
    """Predictions for rows of features."""
    ids = found.index.to_numpy(dtype=object)
    frame = FeatureFrame(
        tuple(found.columns), found.to_numpy(dtype=np.float32), ids, np.zeros(len(found), np.int64)
    )
    p = CHURN.probability(frame)
    worth = VALUE.estimate(frame, p)
    return pd.DataFrame(
        {
            "customer_id": ids,
            "churn_probability": p,
            "lifetime_value_minor": floored(worth.lifetime),
            "value_at_stake_minor": floored(worth.stake),
            "value_at_stake_low_minor": floored(BOUND.of_stake(worth.stake)),
        }
    )


@app.get("/customers/{customer_id}")
def customer(customer_id: str) -> Answer:
    """One customer."""
    return Answer(**predicted(KNOWN.loc[[customer_id]]).iloc[0].to_dict())


@app.post("/customers")
def customers(ids: list[str]) -> list[dict[str, Any]]:
    """Many."""
    return predicted(KNOWN.loc[ids]).to_dict(orient="records")
