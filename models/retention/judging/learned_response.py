"""What the release has learned of offers, asked about today's customers: for the policy."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import ResponseState
from models.features.frame import FeatureFrame
from models.learned.response import Response, TriedArm
from models.learned.trial import ALIKE
from models.policy.learned_response import LearnedAction, LearnedResponse


def learned_response(
    response: Response, frame: FeatureFrame, known: NDArray[np.bool_], level: float
) -> LearnedResponse | None:
    """Effects for everyone [n], None where they are assumed; who has no features is not moved by anything.

    known [n]: who has a row in `frame`. level: today's prices over those that face values are counted in.
    """
    if response.state is ResponseState.ASSUMED:
        return None
    effects = np.zeros((len(response.arms), len(known)))
    effects[:, known] = response.of(frame)

    def of(places: tuple[int, ...]) -> LearnedAction:
        arms = [response.arms[place] for place in places]
        shares = shares_of_alike(arms)
        return LearnedAction(
            face_values=level * (shares @ [arm.face_value_minor for arm in arms]),
            effects=shares @ effects[list(places)],
            redemption=shares @ [arm.redemption for arm in arms],
            redemption_high=shares @ [arm.redemption_high for arm in arms],
        )

    actions = {action: of(places) for action, places in response.actions.items()}
    return LearnedResponse(response.state, response.low_share, actions)


def shares_of_alike(arms: Sequence[TriedArm]) -> NDArray[np.float64]:
    """How much of what is said at each face value comes from which arm, by how many had it [values, arms].

    arms: face values rising; those within a tenth of the least of them are one value, that was tried under
    several names. The mean of upper bounds is an upper bound of the mean.
    """
    starts: list[float] = []
    for arm in arms:
        if not starts or arm.face_value_minor > starts[-1] * ALIKE:
            starts.append(arm.face_value_minor)
    face = np.array([arm.face_value_minor for arm in arms])
    group = np.searchsorted(starts, face, side="right") - 1
    rows = np.where(group == np.arange(len(starts))[:, None], [float(arm.rows) for arm in arms], 0.0)
    shares: NDArray[np.float64] = rows / rows.sum(axis=1, keepdims=True)
    return shares
