"""Why a release is not taken up, as an answer that a client understands: there is nothing to answer from."""

import logging

from models.domain.errors import DamagedRelease, HoldfastError, MissingRelease
from serving.manifest import REBUILD

log = logging.getLogger("holdfast")


def unusable(error: Exception) -> HoldfastError:
    """What loading a release met; what nobody foresaw is logged, for another version may write anything."""
    match error:
        case MissingRelease() | DamagedRelease():
            return error
        case HoldfastError():
            given, remedy = error.given, error.remedy
            return DamagedRelease(error.problem, allowed=error.allowed, given=given, remedy=remedy)
    log.error("a new release cannot be read", exc_info=error)
    remedy = f"{REBUILD} The server's log says where."
    return DamagedRelease("this version cannot read the release", given=type(error).__name__, remedy=remedy)
