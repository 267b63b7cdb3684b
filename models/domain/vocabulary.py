"""The coded words of Holdfast. Every coded column holds a value of one of these enums."""

from enum import StrEnum


class LifecycleStage(StrEnum):
    """Where a customer stands; exhaustive and exclusive."""

    NEW = "new"
    IDEAL = "ideal"
    SILENT = "silent"
    UNHAPPY = "unhappy"
    CONSIDERING = "considering"
    DEFECTING = "defecting"
    LOST = "lost"


class Purpose(StrEnum):
    """Why money is given. `owed` is a refund: recorded, never capped, never learned from."""

    RETENTION = "retention"
    RECOVERY = "recovery"
    WIN_BACK = "win_back"
    OWED = "owed"


class Payment(StrEnum):
    """When the face value falls due: on the next purchase (coupon) or at once (refund, gift)."""

    ON_PURCHASE = "on_purchase"
    IMMEDIATE = "immediate"


class ResponseState(StrEnum):
    """How the effect of an action is known."""

    LEARNED = "learned"
    ASSUMED = "assumed"
    UNIFORM = "uniform"
    NO_EFFECT = "no_effect"


class OfferDesign(StrEnum):
    """How the customers of a past campaign were chosen; only known propensities are learned from."""

    RANDOMISED = "randomised"
    TARGETED = "targeted"
    UNKNOWN = "unknown"


class UnknownConsent(StrEnum):
    """What to do where nobody recorded whether a customer may be contacted."""

    LIST_ONLY = "list_only"
    ALLOW = "allow"
    REFUSE = "refuse"


class DoNotContactReason(StrEnum):
    """Why a customer is left alone; empty in a list when there is no such reason."""

    LOST_CAUSE = "lost_cause"
    OPEN_COMPLAINT = "open_complaint"
    CONTACTED_RECENTLY = "contacted_recently"
    NO_CONSENT = "no_consent"
    CONSENT_UNKNOWN = "consent_unknown"
    CAP_TOO_LOW = "cap_too_low"
    NO_GAIN = "no_gain"
    UNSCORED = "unscored"


class ModelUsed(StrEnum):
    """Which model made a prediction."""

    BLEND = "boosted_and_logistic"
    LOGISTIC = "logistic_rfm"
    COLD_START = "cold_start"


class AmountUnit(StrEnum):
    """The unit of the amounts in a source; never guessed."""

    MAJOR = "major"
    MINOR = "minor"
    RIAL = "rial"
    TOMAN = "toman"
    THOUSAND_TOMAN = "thousand_toman"


class Reject(StrEnum):
    """Why a row was refused; the value stands in `data/rejected/<table>.parquet`."""

    MISSING_KEY = "missing_key"
    MISSING_VALUE = "missing_value"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_TIME = "not_a_time"
    OUT_OF_RANGE = "out_of_range"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    AFTER_AS_OF = "after_as_of"
    KNOWN_BEFORE_IT_HAPPENED = "known_before_it_happened"
