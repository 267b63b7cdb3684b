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


class OfferKind(StrEnum):
    """What is given with an action, where anything is."""

    COUPON = "coupon"
    DISCOUNT = "discount"
    BUNDLE = "bundle"
    POINTS = "points"
    GIFT = "gift"


class StageRule(StrEnum):
    """Which rule put a customer into the lifecycle stage; the first that holds."""

    UNSCORED = "unscored"
    LEFT = "left"
    EVIDENCE = "evidence"
    GRIEVANCE = "grievance"
    LONG_SILENCE = "long_silence"
    OPEN_COMPLAINT = "open_complaint"
    FIRST_DAYS = "first_days"
    SILENCE = "silence"
    LIKELY_TO_LEAVE = "likely_to_leave"
    IN_RHYTHM = "in_rhythm"


class MainReason(StrEnum):
    """What the playbook answers: a fact of the books where there is one, else what raises the risk most."""

    COMPLAINT_UNANSWERED = "complaint_unanswered"
    COMPLAINT_OPEN = "complaint_open"
    NOTICE_GIVEN = "notice_given"
    PAYMENT_FAILED = "payment_failed"
    SLOW_ANSWER = "slow_answer"
    DISSATISFIED = "dissatisfied"
    CONTRACT_EXPIRING = "contract_expiring"
    PRICES = "prices"
    ARTICLES = "articles"
    RETURNS = "returns"
    USE_FELL = "use_fell"
    SPENDING = "spending"
    SILENCE = "silence"
    SATISFIED = "satisfied"
    NONE_KNOWN = "none_known"


class Inquiry(StrEnum):
    """How far asking a customer why has come since their last order."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


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
    SLEEPING_DOG = "sleeping_dog"
    CAP_REACHED = "cap_reached"
    OPEN_COMPLAINT = "open_complaint"
    CONTACTED_RECENTLY = "contacted_recently"
    NO_CONSENT = "no_consent"
    CONSENT_UNKNOWN = "consent_unknown"
    VALUE_UNKNOWN = "value_unknown"
    CAP_TOO_LOW = "cap_too_low"
    IN_HOLDOUT = "in_holdout"
    OVER_BUDGET = "over_budget"
    NO_ACTION = "no_action"
    NO_GAIN = "no_gain"
    UNSCORED = "unscored"


class ModelUsed(StrEnum):
    """Which model made a prediction."""

    BLEND = "boosted_and_logistic"
    LOGISTIC = "logistic_rfm"
    LOGISTIC_ATTRIBUTES = "logistic"
    COLD_START = "cold_start"
    NONE = "none"


class ReservationState(StrEnum):
    """Where a reservation of incentive money stands. Only the first two can still change into another."""

    PENDING_APPROVAL = "pending_approval"
    RESERVED = "reserved"
    COMMITTED = "committed"
    RELEASED = "released"
    EXPIRED = "expired"
    REFUSED = "refused"


class EntryKind(StrEnum):
    """What an entry of the ledger did."""

    REQUEST = "request"
    RESERVE = "reserve"
    APPROVE = "approve"
    COMMIT = "commit"
    RELEASE = "release"
    EXPIRE = "expire"
    REVERSE = "reverse"


class Constraint(StrEnum):
    """What kept a reservation from being granted in full and at once."""

    CAP = "cap"
    WINDOW = "window"
    FREQUENCY = "frequency"
    CAMPAIGN_BUDGET = "campaign_budget"
    SEGMENT_BUDGET = "segment_budget"
    TOTAL_BUDGET = "total_budget"
    AUTHORITY = "authority"


class AmountUnit(StrEnum):
    """The unit of the amounts in a source; never guessed."""

    MAJOR = "major"
    MINOR = "minor"
    RIAL = "rial"
    TOMAN = "toman"
    THOUSAND_TOMAN = "thousand_toman"


class Calendar(StrEnum):
    """The calendar in which a source writes its dates; never guessed."""

    GREGORIAN = "gregorian"
    JALALI = "jalali"


class DateOrder(StrEnum):
    """The order in which a source writes year, month and day."""

    YEAR_FIRST = "year_first"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class DurationUnit(StrEnum):
    """The unit of a column that holds a length of time."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"


class IdentityKind(StrEnum):
    """What kind of key another system knows a customer by."""

    PHONE = "phone"
    EMAIL = "email"
    TEXT = "text"


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
    WRONG_LENGTH = "wrong_length"
    UNMAPPED = "unmapped"
    OTHER_CURRENCY = "other_currency"
