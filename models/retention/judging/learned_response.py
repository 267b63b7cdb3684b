"""What the release has learned of offers, asked about today's customers: for the policy."""

import numpy as np
from numpy.typing import NDArray

from models.domain.vocabulary import ResponseState
from models.features.frame import FeatureFrame
from models.learned.response import Response
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
        return LearnedAction(
            face_values=np.array([level * arm.face_value_minor for arm in arms]),
            effects=effects[list(places)],
            redemption=np.array([arm.redemption for arm in arms]),
            redemption_high=np.array([arm.redemption_high for arm in arms]),
        )

    actions = {action: of(places) for action, places in response.actions.items()}
    return LearnedResponse(response.state, response.low_share, actions)
